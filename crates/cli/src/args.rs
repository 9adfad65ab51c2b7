//! What can be typed.

mod guard;
mod memory;
mod wake;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use jarvis_assistant::KeyName;

pub use guard::*;
pub use memory::*;
pub use wake::*;

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
    /// Where there is no microphone, wait for one instead of answering a recorded question.
    #[arg(long)]
    pub wait: bool,
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
    #[arg(required_unless_present = "attach", allow_negative_numbers = true)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_flags_wherever_they_stand_in_a_question() {
        for typed in ["ask what is -5 plus 3 --json", "ask --json what is -5 plus 3"] {
            let Ok(Args { command: Command::Ask(ask) }) =
                Args::try_parse_from(["jarvis"].into_iter().chain(typed.split(' ')))
            else {
                panic!("{typed}")
            };
            assert_eq!((ask.text.join(" ").as_str(), ask.json), ("what is -5 plus 3", true), "{typed}");
        }
        for typed in ["graph ask who works at Siemens --json", "graph ask --json who works at Siemens"] {
            let Ok(Args { command: Command::Graph { command: GraphCommand::Ask { question, json } } }) =
                Args::try_parse_from(["jarvis"].into_iter().chain(typed.split(' ')))
            else {
                panic!("{typed}")
            };
            assert_eq!((question.join(" ").as_str(), json), ("who works at Siemens", true), "{typed}");
        }
    }
}
