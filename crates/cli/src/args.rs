//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use jarvis_assistant::KeyName;
use jarvis_core::{DocumentId, FactId};
use jarvis_memory::EntityKind;

/// Jarvis, a private voice assistant that lives on this machine.
///
/// Say "Hey Jarvis", ask, and hear the answer. No account, no cloud, no server.
#[derive(Parser)]
#[command(name = "jarvis", version, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Listen for "Hey Jarvis" and answer aloud, until Ctrl-C.
    Listen(Listen),
    /// Run the whole loop on recordings instead of the microphone.
    Hear(Hear),
    /// Look for the wake word in recordings: every detection, and the best score of each file. Also: train, measure and teach wake
    /// words.
    Wake(Wake),
    /// Write down what is said in a recording.
    Transcribe(Transcribe),
    /// Say something.
    Say(Say),
    /// Open the window's pages and the API to this machine's browsers and programs, and listen, until Ctrl-C.
    Serve(Serve),
    /// Ask one question in writing.
    Ask(Ask),
    /// Talk in writing; an empty line or Ctrl-D ends it.
    Chat,
    /// Model files: what is there, fetch, check, remove.
    Models(Models),
    /// Keys of services, in the keyring of the operating system: which there are, set, remove.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// What Jarvis was told to remember: add, find, correct, forget.
    Memory {
        #[command(subcommand)]
        command: MemoryCommand,
    },
    /// Documents that Jarvis has read: add, list, search, remove.
    Docs {
        #[command(subcommand)]
        command: DocsCommand,
    },
    /// Who and what is known, and how it is related: as facts and documents tell it.
    Graph {
        #[command(subcommand)]
        command: GraphCommand,
    },
    /// The memory encrypted where it lies, with a key that is in the keyring of the operating system.
    Encryption {
        #[command(subcommand)]
        command: EncryptionCommand,
    },
    /// Write all that is kept (memory, settings, timers) to one file, checked. Jarvis may be running.
    Backup {
        /// The new file.
        file: PathBuf,
        /// One JSON object: what is in it.
        #[arg(long)]
        json: bool,
    },
    /// Bring back what is in a backup, in the place of what is there, which is kept beside it. Jarvis must not be running.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// What Jarvis can do on this machine: list, call.
    Tools {
        #[command(subcommand)]
        command: ToolsCommand,
    },
    /// What may be done: what would be decided, the rules, what is allowed for always.
    Guard {
        #[command(subcommand)]
        command: GuardCommand,
    },
    /// What was done, asked and refused: show, verify, export, forget.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// The Model Context Protocol: offer Jarvis's tools to other programs, and use those of others.
    Mcp {
        #[command(subcommand)]
        command: McpCommand,
    },
    /// Microphones and speakers.
    Devices {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Check everything that Jarvis needs and say how to mend what is missing.
    Doctor {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Settings: show, change, and where they are kept.
    Config(Config),
    /// Print the description of the API, OpenAPI 3.1: what the window's types are generated from.
    #[command(hide = true)]
    Openapi,
    /// Measure speed and memory on this machine, beside comparable programs where they are installed.
    Bench(Bench),
}

#[derive(clap::Args)]
pub struct Listen {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// Where the spoken reply goes when there is no speaker.
    #[arg(long, value_name = "WAV", default_value = "jarvis-reply.wav")]
    pub reply: PathBuf,
}

#[derive(clap::Args)]
pub struct Serve {
    /// Port on the loopback address; 0 takes any that is free.
    #[arg(long, default_value_t = 4860)]
    pub port: u16,
    /// File with the token that opens it, made when it is not there. Without it, each run has a new token.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Do not listen: answer what is typed. Timers ring all the same.
    #[arg(long)]
    pub no_voice: bool,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Hear {
    /// Sound files (WAV or FLAC, any rate), heard one after the other as one conversation.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// Write what would have been heard from the speaker.
    #[arg(long, value_name = "WAV")]
    pub reply: Option<PathBuf>,
}

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Wake {
    #[command(subcommand)]
    pub command: Option<WakeCommand>,
    #[command(flatten)]
    pub files: Files,
}

#[derive(Subcommand)]
pub enum WakeCommand {
    /// Train a head from nothing: its data is said by Kokoro's and Piper's voices, heard in rooms and over noise, and learned. Ctrl-C
    /// stops it; what was said is kept.
    Train {
        /// What it is to listen for.
        #[arg(long, default_value = "hey jarvis")]
        phrase: String,
        /// The new head.
        #[arg(long, value_name = "FILE", default_value = "head.safetensors")]
        out: PathBuf,
        /// What all chance follows from: the same seed makes the same head.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// One JSON object: what was seen on voices that were held out.
        #[arg(long)]
        json: bool,
    },
    /// Measure heads: what they miss, what they mistake, how soon they are sure, with confidence intervals.
    Eval(WakeEval),
    /// Teach a wake word of your own, from a few recordings of yours and synthetic ones; it is measured before it is used.
    Teach {
        /// The phrase, in words.
        phrase: String,
        /// Recordings of you saying it once (WAV or FLAC), best five or more.
        #[arg(long, value_name = "FILE", num_args = 1..)]
        recordings: Vec<PathBuf>,
        /// Record it so many times from the microphone.
        #[arg(long, value_name = "TIMES", default_value_t = 0)]
        record: u32,
        /// Listen for it from now on, where it has been measured to be good enough.
        #[arg(long)]
        r#use: bool,
    },
}

#[derive(clap::Args)]
pub struct WakeEval {
    /// A head (`.safetensors` or `.onnx`), or the name of one that Jarvis knows; several by giving it again. Without it, those for
    /// "Hey Jarvis" that are there.
    #[arg(long, value_name = "FILE")]
    pub head: Vec<String>,
    /// The phrase of the public test set.
    #[arg(long, default_value = "Hey Jarvis")]
    pub phrase: String,
    /// A folder of recordings in which the phrase is said once, instead of the public set.
    #[arg(long, value_name = "DIR")]
    pub positives: Option<PathBuf>,
    /// A folder of recordings of people who do not say it; beside the public set where no positives are named, else instead of it.
    #[arg(long, value_name = "DIR")]
    pub negatives: Vec<PathBuf>,
    /// Put noise over your positives, at so many dB.
    #[arg(long, value_name = "DB")]
    pub snr: Option<i32>,
    /// Write the curve of misses against false accepts, an SVG picture.
    #[arg(long, value_name = "SVG")]
    pub curve: Option<PathBuf>,
    /// The score from which on it is a detection.
    #[arg(long)]
    pub threshold: Option<f32>,
    /// One JSON object a head.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Files {
    /// Sound files (WAV or FLAC, any rate).
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Transcribe {
    /// A sound file (WAV or FLAC, any rate).
    pub file: PathBuf,
    /// Two-letter code of the language; of several, with commas between them, the likeliest. When not given, those
    /// of the setting stt.languages.
    #[arg(long, value_delimiter = ',')]
    pub language: Vec<String>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Say {
    /// The text; `-` reads standard input.
    pub text: String,
    /// Who says it: a voice of the catalogue, such as bm_george; the configured one when not given.
    #[arg(long, value_name = "ID")]
    pub voice: Option<String>,
    /// 0.5 (half) to 2.0 (double); the configured speed when not given.
    #[arg(long)]
    pub speed: Option<f32>,
    /// Write a WAV file instead of speaking.
    #[arg(short, long, value_name = "WAV")]
    pub output: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Ask {
    /// The question.
    #[arg(required_unless_present = "attach", trailing_var_arg = true)]
    pub text: Vec<String>,
    /// A picture or a text to ask about, before the question; several by giving it again.
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Models {
    #[command(subcommand)]
    pub command: ModelsCommand,
}

#[derive(Subcommand)]
pub enum ModelsCommand {
    /// Every model of the catalogue, and whether it is here.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Fetch models; without a name, those recommended for this machine.
    Pull {
        /// Ids as `jarvis models list` shows them, or `ollama:NAME` for a model of your Ollama server.
        ids: Vec<String>,
    },
    /// Check every byte of what is here.
    Verify {
        /// Ids; all that are here when none is given.
        ids: Vec<String>,
        /// Fetch damaged files again.
        #[arg(long)]
        repair: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Delete models.
    Remove {
        /// Ids as `jarvis models list` shows them.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

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
        #[arg(required = true, trailing_var_arg = true)]
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

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Where each key comes from. The keys themselves are never shown.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Keep a key, read from standard input or typed unseen.
    Set {
        /// openai, anthropic or porcupine.
        name: KeyName,
    },
    /// Take a key out of the keyring.
    Remove {
        /// openai, anthropic or porcupine.
        name: KeyName,
    },
}

#[derive(clap::Args)]
pub struct Config {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Every setting with its meaning and its present value.
    Show {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Change a setting: `jarvis config set tts.speed 1.2`.
    Set {
        /// The setting, such as `tts.speed`.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Where the settings are kept.
    Path,
}

#[derive(clap::Args)]
pub struct Bench {
    /// Only these parts: memory, guard, recall, history, idle, wake, stt, suppression, barge-in, tts, end-of-turn, turns.
    pub parts: Vec<String>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}
