//! What a person waits for: last voiced sample of the question to first audible sample of the answer, for reflexes,
//! endpointing included. The clock is the recording's own, see `jarvis_assistant::Hearing`; the sound card's delay comes on top.

use jarvis_assistant::{Conversation, EventBus, Hearing, Setup};
use jarvis_core::audio::samples_to_ms;
use jarvis_core::{EventKind, Outcome};

use super::{Figure, clips};

/// At least so many turns.
const TURNS: usize = 20;
/// A sample louder than this part of the loudest is voiced: -30 dB.
const VOICED: f32 = 0.0316;

pub async fn run(setup: &Setup) -> anyhow::Result<Vec<Figure>> {
    let clips: Vec<_> = clips::all()?
        .into_iter()
        .filter(|c| c.contains_wake && c.transcript.to_lowercase().contains("what time is it"))
        .collect();
    anyhow::ensure!(!clips.is_empty(), "there is no recording of a question");
    let (mut waits, mut stages) = (Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
    let mut missed = 0;
    while waits.len() + missed < TURNS {
        for clip in &clips {
            let bus = EventBus::default();
            let mut events = bus.subscribe();
            let conversation = Conversation::new(setup, bus).await?;
            conversation.warm().await.map_err(|e| e.failure())?;
            let mut hearing = Hearing::new(&conversation, setup.session()?);
            hearing.hear(&clip.samples).await.map_err(|e| e.failure())?;
            let reply = hearing.into_reply();
            let loudest = |samples: &[f32]| samples.iter().fold(0.0f32, |p, s| p.max(s.abs()));
            let limit = loudest(&clip.samples) * VOICED;
            let last_voiced = clip.samples.iter().rposition(|s| s.abs() > limit).unwrap_or(0);
            let limit = loudest(&reply.samples) * VOICED;
            let lead = reply.samples.iter().position(|s| s.abs() > limit).unwrap_or(0);
            let lead_ms = lead as u64 * 1000 / u64::from(reply.sample_rate.max(1));
            let mut answered = None;
            while let Ok(event) = events.try_recv() {
                if let EventKind::TurnEnded { outcome: Outcome::Answered, timings, usage: None, .. } =
                    event.kind
                {
                    answered = Some(timings);
                }
            }
            let end = samples_to_ms(last_voiced as u64);
            match answered.and_then(|t| Some((t.transcript_ms?, t.first_token_ms?, t.first_audio_ms?))) {
                Some((transcript, token, audio)) => {
                    waits.push((audio + lead_ms).saturating_sub(end) as f64 / 1000.0);
                    for (stage, ms) in stages.iter_mut().zip([
                        transcript.saturating_sub(end),
                        token - transcript,
                        (audio + lead_ms) - token,
                    ]) {
                        stage.push(ms as f64 / 1000.0);
                    }
                }
                None => missed += 1,
            }
        }
    }
    anyhow::ensure!(!waits.is_empty(), "no question was answered by a reflex");
    let n = waits.len();
    let mut figures = vec![
        Figure::new(
            format!("last word to first sound, reflexes, p50 of {n}"),
            percentile(&mut waits, 0.5),
            "s",
        )
        .goal(0.7),
        Figure::new(
            format!("last word to first sound, reflexes, p95 of {n}"),
            percentile(&mut waits, 0.95),
            "s",
        )
        .goal(1.2),
    ];
    let names =
        ["of it until the transcript stands", "of it until the answer's text", "of it until the first sound"];
    for (name, mut stage) in names.into_iter().zip(stages) {
        figures.push(Figure::new(format!("  {name}, p50"), percentile(&mut stage, 0.5), "s"));
    }
    figures.push(Figure::new("  questions not answered by a reflex", missed as f64, "turns"));
    Ok(figures)
}

/// The value that this part (0..=1) of the values does not exceed.
pub(super) fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * part).ceil() as usize;
    values[at.clamp(1, values.len()) - 1]
}
