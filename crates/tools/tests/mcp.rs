//! MCP against real parts: the protocol's own SDK as a client, servers that people use, and one that misbehaves.

#[path = "mcp/bench.rs"]
mod bench;
#[path = "mcp/client.rs"]
mod client;
#[path = "mcp/server.rs"]
mod server;
