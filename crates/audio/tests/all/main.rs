//! Real files and real devices.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

mod devices;
mod files;
mod tone;
