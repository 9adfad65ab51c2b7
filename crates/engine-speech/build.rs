//! espeak-rs-sys calls sonic, which changes the tempo of speech, but leaves linking it to the program.

fn main() {
    println!("cargo:rustc-link-lib=sonic");
    println!("cargo:rerun-if-changed=build.rs");
}
