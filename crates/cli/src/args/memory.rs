//! What can be typed of what is kept: memory, documents, graph, encryption.

use std::path::PathBuf;

use clap::Subcommand;
use jarvis_core::{DocumentId, FactId};
use jarvis_memory::EntityKind;

#[derive(Subcommand)]
pub enum MemoryCommand {
    /// Remember something, in your own words.
    Remember {
        /// What, such as "my car is parked in row seven".
        text: String,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// All that is remembered, the latest first.
    Show {
        /// Also what no longer holds.
        #[arg(long)]
        past: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Find what was told, said or read, by its words and by its meaning, the best first.
    Search {
        /// A question, or some words.
        query: String,
        /// How to look for it.
        #[arg(long, value_enum, default_value_t)]
        by: SearchBy,
        /// Only what is of this kind; may be given more than once.
        #[arg(long, value_enum)]
        kind: Vec<SearchKind>,
        /// So much at most.
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// Also what no longer holds.
        #[arg(long)]
        past: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Something has changed: what held until now is kept as the past.
    Supersede {
        /// Its id, as `show` and `search` tell it.
        id: FactId,
        /// What holds from now on.
        text: String,
    },
    /// Other words for the same, as one corrects a slip of the pen.
    Edit {
        /// Its id, as `show` and `search` tell it.
        id: FactId,
        /// The words.
        text: String,
    },
    /// Forget for good all that has all of these words in it, and the conversations' turns that tell of it.
    Forget {
        /// The words.
        query: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// One JSON object: what was forgotten.
        #[arg(long)]
        json: bool,
    },
    /// Write all that is remembered, was said and was read to a file that other programs can read. Pictures and texts that were
    /// attached are only named in it: `jarvis backup` keeps them.
    Export {
        /// The new file.
        file: PathBuf,
        /// As lines of JSON, which can be imported again, or as a text to read.
        #[arg(long, value_enum, default_value_t)]
        format: ExportFormat,
        /// One JSON object: how much was written.
        #[arg(long)]
        json: bool,
    },
    /// Take in what `export` has written as lines of JSON: all of it or nothing. What is there already is left as it is. Jarvis must
    /// not be running.
    Import {
        /// The file.
        file: PathBuf,
        /// Only say what would come of it.
        #[arg(long)]
        dry_run: bool,
        /// One JSON object: what was taken in, and what was there.
        #[arg(long)]
        json: bool,
    },
    /// Make what finds by meaning anew from what is kept.
    Reindex,
    /// How much is kept, and where.
    Stats {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub enum EncryptionCommand {
    /// Whether the memory is encrypted.
    Status {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Encrypt the memory: conversations and what is attached to them, facts, documents that were read, copies. Settings, timers and
    /// earlier backups are left as they are. Jarvis must not be running.
    On,
    /// Make it readable for whoever can read its file. Jarvis must not be running.
    Off,
    /// Show the key, to be written down: with it the memory and its backups can be read elsewhere, without it nowhere.
    Key,
    /// Read the memory with a key that was written down, from standard input, and keep that in the keyring.
    Unlock,
}

/// How `jarvis memory export` writes.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum ExportFormat {
    /// Lines of JSON.
    #[default]
    Json,
    /// A text to read.
    Markdown,
}

/// How `jarvis memory search` looks for something.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum SearchBy {
    /// By words and by meaning.
    #[default]
    Both,
    /// By words alone.
    Words,
    /// By meaning alone.
    Meaning,
}

/// What `jarvis memory search` finds.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum SearchKind {
    /// What Jarvis was told to remember.
    Fact,
    /// What was said.
    Message,
    /// What it has read.
    Document,
}

#[derive(Subcommand)]
pub enum DocsCommand {
    /// Read documents: PDF, DOCX, XLSX, ODS, CSV, HTML, Markdown, text. What was read before, and is the same, is not read again.
    Add {
        /// Files, or folders with files in them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// One JSON object a line: each document.
        #[arg(long)]
        json: bool,
    },
    /// What was read, the latest first.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Find passages by their words and by their meaning, the best first.
    Search {
        /// A question, or some words.
        query: String,
        /// So many at most.
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Read the documents of a folder while Jarvis runs, as they come and change; a document whose file goes is forgotten.
    Watch {
        /// The folder.
        folder: PathBuf,
    },
    /// Watch a folder no longer. What was read of it is kept.
    Unwatch {
        /// The folder.
        folder: PathBuf,
    },
    /// Forget documents for good. Their files stay as they are.
    Remove {
        /// Ids, as `list` tells them.
        #[arg(required = true)]
        ids: Vec<DocumentId>,
    },
}

#[derive(Subcommand)]
pub enum GraphCommand {
    /// Somebody or something, and all their relations: those that were told, and those that follow.
    Show {
        /// The name; `me` for yourself.
        name: String,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Ask in plain words: who works at Siemens?
    Ask {
        /// The question.
        #[arg(required = true, allow_negative_numbers = true)]
        question: Vec<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// How two are connected: the shortest way from one to the other.
    Path {
        /// The name of one.
        from: String,
        /// The name of the other.
        to: String,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Those who are closer to one another than to the rest, a community a line.
    Communities {
        /// One JSON list a line.
        #[arg(long)]
        json: bool,
    },
    /// Two were one all along.
    Merge {
        /// The name of the one that stays.
        keep: String,
        /// The name of the one that it is.
        merge: String,
    },
    /// Another name, or that it is something else than was thought.
    Edit {
        /// Its name.
        name: String,
        /// Another name.
        #[arg(long, required_unless_present = "kind")]
        rename: Option<String>,
        /// What it is.
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
    /// Write the graph to a file for other programs, such as Gephi or NetworkX.
    Export {
        /// The file.
        file: PathBuf,
        /// How; when not given, by the ending of the file.
        #[arg(long, value_enum)]
        format: Option<GraphFormat>,
    },
    /// The graph in numbers.
    Stats {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// What an entity can be.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Kind {
    Person,
    Organisation,
    Place,
    Thing,
    Time,
}

impl From<Kind> for EntityKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Person => Self::Person,
            Kind::Organisation => Self::Organisation,
            Kind::Place => Self::Place,
            Kind::Thing => Self::Thing,
            Kind::Time => Self::Time,
        }
    }
}

/// How `jarvis graph export` writes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum GraphFormat {
    Graphml,
    Json,
}

impl From<GraphFormat> for jarvis_memory::GraphFormat {
    fn from(format: GraphFormat) -> Self {
        match format {
            GraphFormat::Graphml => Self::Graphml,
            GraphFormat::Json => Self::Json,
        }
    }
}
