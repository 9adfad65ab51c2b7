//! The heads that ship inside the program: ours, under the project's licence. `jarvis wake train` makes them, and
//! `docs/wake-word.md` tells how well they hear.

/// A head that is built in.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInHead {
    /// Its name in the setting `wake.model`.
    pub name: &'static str,
    /// Its file.
    pub file: &'static [u8],
}

/// All of them.
pub const BUILT_IN_HEADS: &[BuiltInHead] = &[
    BuiltInHead { name: "hey-jarvis", file: include_bytes!("../../heads/hey-jarvis.safetensors") },
    BuiltInHead { name: "jarvis", file: include_bytes!("../../heads/jarvis.safetensors") },
];
