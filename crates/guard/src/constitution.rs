//! The constitution: what no setting can loosen. It is signed; one that is not the signed one is not used, and then nothing acts.
//!
//! Both the text and the signature are built into the program. The signature is Ed25519 (RFC 8032) over the file's bytes;
//! `scripts/sign-constitution` makes it.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::policy::PolicyError;

const TEXT: &str = include_str!("../policy/constitution.cedar");
const SIGNATURE: &[u8; 64] = include_bytes!("../policy/constitution.sig");
const KEY: &[u8; 32] = include_bytes!("../policy/constitution.pub");

/// The constitution, when it is the signed one.
pub fn text() -> Result<&'static str, PolicyError> {
    signed(TEXT, SIGNATURE, KEY)
}

/// The number in its first line.
pub fn version() -> u32 {
    let first = TEXT.lines().next().unwrap_or_default();
    first.rsplit(' ').next().and_then(|last| last.trim_end_matches('.').parse().ok()).unwrap_or_default()
}

fn signed<'t>(text: &'t str, signature: &[u8; 64], key: &[u8; 32]) -> Result<&'t str, PolicyError> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| PolicyError::Constitution)?;
    key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature))
        .map_err(|_| PolicyError::Constitution)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signed_one_is_used() {
        assert!(text().is_ok());
        assert_eq!(version(), 1);
        let loosened = TEXT.replace("forbid", "permit");
        assert!(signed(&loosened, SIGNATURE, KEY).is_err());
        assert!(signed(&format!("{TEXT} "), SIGNATURE, KEY).is_err());
        let mut forged = *SIGNATURE;
        forged[0] ^= 1;
        assert!(signed(TEXT, &forged, KEY).is_err());
    }
}
