//! What can be typed of acting: tools, guard, MCP, audit.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum ToolsCommand {
    /// Every tool, with what it is for.
    List {
        /// One JSON object a line, with the schema of its arguments.
        #[arg(long)]
        json: bool,
    },
    /// Call one, as your own wish. It may ask.
    Call {
        /// Its name.
        name: String,
        /// Its arguments, a JSON object.
        #[arg(default_value = "{}")]
        arguments: String,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub enum GuardCommand {
    /// What would be decided of a call, and by which rule. Runs nothing.
    Explain {
        /// The tool.
        tool: String,
        /// Its arguments, a JSON object.
        #[arg(default_value = "{}")]
        arguments: String,
        /// On whose wish: person, model or program.
        #[arg(long = "as")]
        origin: Option<String>,
        /// As if the turn had read a stranger's text.
        #[arg(long)]
        tainted: bool,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The rules in force.
    Rules {
        /// Put those that ship where you can change them.
        #[arg(long)]
        write: bool,
    },
    /// Whether the constitution and the rules can be used.
    Check,
    /// What is allowed for always.
    Grants {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Take back what is allowed for always.
    Revoke {
        /// Its id, as `grants` tells it.
        id: uuid::Uuid,
    },
}

#[derive(Subcommand)]
pub enum McpCommand {
    /// Offer Jarvis's tools over standard input and output, under the same guard.
    Serve {
        /// Offer running commands as well. They are asked about like everything else.
        #[arg(long)]
        commands: bool,
    },
    /// The servers that are configured, their tools, and what is held back because it has changed.
    Servers,
    /// Accept a tool that has changed, as it is now.
    Accept {
        /// The server, as the configuration calls it.
        server: String,
        /// The tool, as the server calls it.
        tool: String,
    },
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// The latest first.
    Show {
        /// So many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only of this tool.
        #[arg(long)]
        tool: Option<String>,
        /// Only what has this in its words.
        #[arg(long)]
        text: Option<String>,
        /// Only calls that began and never ended.
        #[arg(long)]
        unfinished: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Check the whole chain: what was changed, removed or cut off. Exit status 1 when something was.
    Verify {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Write all of it to a new file.
    Export {
        /// The new file.
        file: PathBuf,
        /// Lines of JSON, or the Common Event Format.
        #[arg(long, value_enum, default_value_t)]
        format: AuditFormat,
    },
    /// Forget words: the words and arguments of every record that holds them go for good; that there was a record stays.
    Forget {
        /// The words.
        words: String,
    },
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum AuditFormat {
    #[default]
    Jsonl,
    Cef,
}
