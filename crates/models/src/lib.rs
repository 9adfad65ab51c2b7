//! The model catalogue: which files, from where, checked and kept.
