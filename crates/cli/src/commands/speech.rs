//! `jarvis transcribe` and `jarvis say`.

use std::io::Read;
use std::process::ExitCode;

use jarvis_assistant::{EventBus, Setup, Sink};
use jarvis_audio::file::{read_16k, write_wav};
use jarvis_audio::{Player, PlayerEvent};
use jarvis_core::audio::{Pcm, SAMPLE_RATE};
use jarvis_core::{Code, Failure};
use jarvis_engine::wire::MAX_PAYLOAD;
use jarvis_models::Stage;
use jarvis_voice::stt::TranscribeOptions;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::args::{Say, Transcribe};
use crate::output::Output;

/// Most samples that are recognised as one: 15 minutes.
const LONGEST: usize = 15 * 60 * SAMPLE_RATE as usize;
const _: () = assert!(LONGEST * size_of::<f32>() <= MAX_PAYLOAD as usize, "the speech engine takes so many");
/// Samples before that end among which a pause is looked for: 30 s.
const PAUSE_WITHIN: usize = 30 * SAMPLE_RATE as usize;
/// Samples of a pause: 200 ms.
const PAUSE: usize = SAMPLE_RATE as usize / 5;

/// A long sound is recognised in pieces, each of which is told when it is done.
pub async fn transcribe(args: Transcribe) -> anyhow::Result<ExitCode> {
    let out = Output::new(args.json);
    let setup = Setup::load()?;
    let samples = read_16k(&args.file).map_err(|e| e.failure())?;
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    let options = TranscribeOptions {
        languages: if args.language.is_empty() { setup.languages() } else { args.language },
        vocabulary: setup.config.stt.vocabulary.clone(),
        draft: false,
    };
    for piece in pieces(&samples, LONGEST, PAUSE_WITHIN) {
        let transcript = transcriber.transcribe(piece, &options).await.map_err(|e| e.failure())?;
        out.record(&transcript, |t| t.text.clone());
    }
    Ok(ExitCode::SUCCESS)
}

/// The sound in pieces of at most so many samples, cut where it is quietest among the last `pause_within` of them.
fn pieces(mut sound: &[f32], longest: usize, pause_within: usize) -> Vec<&[f32]> {
    let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
    let mut pieces = Vec::new();
    while sound.len() > longest {
        let end = &sound[longest - pause_within..longest];
        let energies = end.chunks_exact(PAUSE).map(energy).enumerate();
        let quietest = energies.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i);
        let (piece, rest) = sound.split_at(longest - pause_within + quietest * PAUSE + PAUSE / 2);
        pieces.push(piece);
        sound = rest;
    }
    pieces.push(sound);
    pieces
}

pub async fn say(args: Say) -> anyhow::Result<ExitCode> {
    let text = if args.text == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        args.text
    };
    let setup = Setup::load()?;
    let speed = args.speed.unwrap_or(setup.config.tts.speed);
    if !(0.5..=2.0).contains(&speed) {
        let message = format!("The speed must be between 0.5 and 2, not {speed}.");
        return Err(Failure::new(Code::BadRequest, message, "Choose one in between.").into());
    }
    let voice = setup.model(Stage::Tts, args.voice.as_ref().unwrap_or(&setup.config.tts.voice))?;
    let mouth = setup.mouth_of(&voice, speed, EventBus::default())?;
    let (pieces, to_say) = mpsc::channel(1);
    pieces.send(text).await?;
    drop(pieces);
    let cancel = CancellationToken::new();
    let Some(file) = args.output else {
        let audio = &setup.config.audio;
        let player = Player::open(&audio.output, audio.volume).map_err(|e| e.failure())?;
        let events = player.events();
        mouth.say(None, 1, to_say, &player, &cancel).await.map_err(|e| e.failure())?;
        return tokio::task::spawn_blocking(move || until_ended(&events)).await?;
    };
    let recording = Recording::default();
    mouth.say(None, 1, to_say, &recording, &cancel).await.map_err(|e| e.failure())?;
    let pcm = recording.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if pcm.samples.is_empty() {
        let remedy = "Give it words to say.";
        return Err(Failure::new(Code::BadRequest, "There is nothing in it that can be said.", remedy).into());
    }
    write_wav(&file, &pcm).map_err(|e| e.failure())?;
    Ok(ExitCode::SUCCESS)
}

fn until_ended(events: &std::sync::mpsc::Receiver<PlayerEvent>) -> anyhow::Result<ExitCode> {
    for event in events {
        match event {
            PlayerEvent::Ended { .. } => return Ok(ExitCode::SUCCESS),
            PlayerEvent::Interrupted { .. } => break,
            _ => {}
        }
    }
    let remedy = "Plug it in again and repeat the command.";
    Err(Failure::new(Code::DeviceLost, "The speaker went away.", remedy).into())
}

/// One utterance as one piece of sound.
#[derive(Default)]
struct Recording(std::sync::Mutex<Pcm>);

impl Sink for Recording {
    fn play(&self, _utterance: u64, pcm: Pcm) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.sample_rate = pcm.sample_rate;
        all.samples.extend(pcm.samples);
    }

    fn finish(&self, _utterance: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sound_is_cut_in_its_pauses() {
        let second = SAMPLE_RATE as usize;
        let mut sound = vec![0.5; 25 * second];
        // Within the last four of the first ten seconds, and again of the ten that follow.
        for pause in [7 * second, 16 * second] {
            sound[pause..pause + second].fill(0.0);
        }
        let pieces = pieces(&sound, 10 * second, 4 * second);
        assert_eq!(pieces.concat(), sound, "nothing is lost");
        assert!(pieces.iter().all(|piece| piece.len() <= 10 * second));
        let cuts = [pieces[0].len(), pieces[0].len() + pieces[1].len()];
        for (cut, pause) in cuts.into_iter().zip([7, 16]) {
            assert!((pause * second..(pause + 1) * second).contains(&cut), "{cut}");
        }
        assert_eq!(super::pieces(&sound[..10 * second], 10 * second, 4 * second).len(), 1);
    }
}
