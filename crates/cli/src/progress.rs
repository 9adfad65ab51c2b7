//! One line a file while models are fetched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jarvis_models::{OnProgress, Phase, Progress};

/// The lines. On a pipe, where nothing can be redrawn, one plain line when a file begins and one when it is there.
#[derive(Clone, Default)]
pub struct Bars {
    all: MultiProgress,
    files: Arc<Mutex<HashMap<String, ProgressBar>>>,
}

impl Bars {
    /// What the catalogue calls.
    pub fn callback(&self) -> OnProgress {
        let bars = self.clone();
        Arc::new(move |progress| bars.show(progress))
    }

    /// No more will come.
    pub fn finish(&self) {
        for bar in self.files.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bar.finish();
        }
    }

    fn show(&self, progress: &Progress) {
        let key = format!("{}/{}", progress.id, progress.file);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = files.entry(key.clone()).or_insert_with(|| {
            if !console_is_drawable() {
                crate::output::note(format!("{key}: fetching"));
            }
            let style = ProgressStyle::with_template(
                "{prefix:<48} {bar:24} {bytes:>10}/{total_bytes:<10} {bytes_per_sec:>12} {eta:>4} {msg}",
            )
            .expect("the template is well-formed");
            self.all.add(ProgressBar::new(0).with_style(style).with_prefix(key.clone()))
        });
        if let Some(total) = progress.total_bytes {
            bar.set_length(total);
        }
        bar.set_position(progress.done_bytes);
        bar.set_message(match progress.phase {
            Phase::Waiting => "waiting for another download".to_string(),
            Phase::Downloading => format!("from {}", progress.source),
            Phase::Converting => "converting".into(),
            Phase::Verifying => "checking".into(),
            Phase::Done => String::new(),
        });
        if progress.phase == Phase::Done && !bar.is_finished() {
            bar.finish();
            if !console_is_drawable() {
                crate::output::note(format!("{key}: done"));
            }
        }
    }
}

/// One line that counts, for work whose parts are all alike. On a pipe nothing is drawn.
pub fn counting(what: &str) -> ProgressBar {
    if !console_is_drawable() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{prefix:<48} {bar:24} {pos:>7}/{len:<7} {eta:>4}")
        .expect("the template is well-formed");
    ProgressBar::new(0).with_style(style).with_prefix(what.to_string())
}

/// A line of [`counting`] that is told how much of how much is done.
pub fn told(what: &str) -> impl FnMut(u64, u64) + use<> {
    let bar = counting(what);
    move |done, of| {
        if bar.length() != Some(of) {
            bar.set_length(of);
        }
        bar.set_position(done);
        if done >= of {
            bar.finish_and_clear();
        }
    }
}

/// What training calls: a line for each of its stages, one after the other.
pub fn of_training() -> Arc<jarvis_wake_training::OnProgress<'static>> {
    let now: Mutex<Option<(jarvis_wake_training::Stage, ProgressBar)>> = Mutex::new(None);
    Arc::new(move |stage, done, of| {
        let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref().is_none_or(|(last, _)| *last != stage) {
            if !console_is_drawable() {
                crate::output::note(format!("{}: {of}", stage.name()));
            }
            if let Some((_, bar)) = now.take() {
                bar.finish_and_clear();
            }
            *now = Some((stage, counting(stage.name())));
        }
        if let Some((_, bar)) = &*now {
            bar.set_length(of);
            bar.set_position(done.max(bar.position()));
        }
    })
}

fn console_is_drawable() -> bool {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal()
}
