//! One module for each thing that can be typed. They parse and print; the rooms below do the work.

pub mod audit;
pub mod backup;
pub mod chat;
pub mod config;
pub mod devices;
pub mod docs;
pub mod doctor;
pub mod encryption;
pub mod graph;
pub mod hear;
pub mod keys;
pub mod listen;
pub mod mcp;
pub mod memory;
pub mod models;
pub mod openapi;
pub mod serve;
pub mod speech;
pub mod tools;
pub mod wake;
