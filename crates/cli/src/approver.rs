//! Asking at the terminal whether something may be done. Where nobody sits at one, the answer is no.

use std::io::IsTerminal;
use std::sync::Arc;

use async_trait::async_trait;
use jarvis_core::{Consent, Question};
use jarvis_guard::{Act, Approver, Nobody};

use crate::{keyboard, output};

/// Whoever sits at the terminal, or nobody.
pub fn approver() -> Arc<dyn Approver> {
    let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if somebody { Arc::new(Terminal) } else { Arc::new(Nobody) }
}

struct Terminal;

#[async_trait]
impl Approver for Terminal {
    async fn ask(&self, question: &Question, _: &Act) -> Consent {
        output::note(format!("\nJarvis asks ({} risk): {}", question.risk.as_str(), question.words));
        for taint in &question.tainted_by {
            output::note(format!("  It has read this, and the wish may come from there: {}", taint.source));
        }
        let always = if let Some(always) = &question.always {
            output::note(format!("  \"always\" would allow: {always}"));
            "/always"
        } else {
            ""
        };
        output::prompt(&format!("  yes{always}/no, within {} s: ", question.seconds));
        match keyboard::answer().await.unwrap_or_default().trim().to_lowercase().as_str() {
            "y" | "yes" => Consent::Once,
            "always" if question.always.is_some() => Consent::Always,
            _ => Consent::No,
        }
    }
}
