//! What can be typed of wake words.

use std::path::PathBuf;

use clap::Subcommand;

use super::Files;

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
    /// Train a head from nothing: its data is said by Kokoro's, Piper's and Pico's voices, heard in rooms and over noise, and learned.
    /// Ctrl-C stops it; what was said is kept.
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
        /// Recordings of you saying it once (WAV or FLAC); with those that are recorded, five or more.
        #[arg(long, value_name = "FILE", num_args = 1..)]
        recordings: Vec<PathBuf>,
        /// Record it so many times from the microphone.
        #[arg(long, value_name = "TIMES", default_value_t = 0)]
        record: usize,
        /// Listen for it from now on, where it has been measured to be good enough.
        #[arg(long)]
        r#use: bool,
    },
}

#[derive(clap::Args)]
pub struct WakeEval {
    /// A head (`.safetensors` or `.onnx`), or the name of one that Jarvis knows; several by giving it again. Without it, all that are
    /// there for the phrase.
    #[arg(long, value_name = "FILE")]
    pub head: Vec<String>,
    /// The phrase that is said, and that is looked for again.
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
    /// Measure the heads alone, in seconds; else also with the second look that Jarvis takes before it wakes, which takes minutes.
    #[arg(long)]
    pub alone: bool,
    /// One JSON object a head.
    #[arg(long)]
    pub json: bool,
}
