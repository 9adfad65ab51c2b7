//! The frontend is built into the program: when it was built anew, so must be this.

fn main() {
    println!("cargo:rerun-if-changed=../../ui/dist");
}
