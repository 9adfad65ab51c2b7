//! The teaching of a wake word: one at a time, recorded, trained in the background, told over the bus.
//!
//! What the person records stays in memory, and is forgotten when it has been learned or the teaching ends. The training has a
//! thread, an engine and a low priority of its own, so that nobody who is heard or answered meanwhile waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jarvis_core::{Code, EventKind, Failure, Measured, Teaching, TeachingStep, TrainingStage};
use jarvis_wake_training::train::{HeldOut, Trained};
use jarvis_wake_training::{OnProgress, Stage};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;
use crate::setup::Setup;
use crate::wake_words::teach::{Unsuitable, WANTED, good_enough, phrase_in, teachable};

/// Good recordings that there may be.
const MOST: usize = 20;
/// Progress is told at most this often: a training takes minutes.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// It is being recorded, and nothing has failed.
const RECORDING: TeachingStep = TeachingStep::Recording { failure: None };

/// What came of a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recorded {
    /// How far the teaching is now.
    pub teaching: Teaching,
    /// Why the recording is not used; none where it is.
    pub unsuitable: Option<Unsuitable>,
}

/// A wake word that is being taught.
struct Lesson {
    phrase: String,
    recordings: Vec<Vec<f32>>,
    step: TeachingStep,
    /// Ends the training under way. One that was cancelled has nothing to say any more.
    cancel: CancellationToken,
    told: Instant,
}

impl Lesson {
    fn teaching(&self) -> Teaching {
        Teaching {
            phrase: self.phrase.clone(),
            recordings: self.recordings.len() as u32,
            wanted: WANTED as u32,
            step: self.step.clone(),
        }
    }
}

/// See the module. Cheap to clone; every clone is the same teacher.
#[derive(Clone)]
pub struct Teacher {
    bus: EventBus,
    lesson: Arc<Mutex<Option<Lesson>>>,
}

impl Teacher {
    /// Nothing is taught yet.
    pub fn new(bus: EventBus) -> Self {
        Self { bus, lesson: Arc::default() }
    }

    /// How far the teaching is; none when no wake word is being taught.
    pub fn teaching(&self) -> Option<Teaching> {
        self.lesson().as_ref().map(Lesson::teaching)
    }

    /// Begins to teach a phrase. One that has been measured gives way.
    ///
    /// # Errors
    /// When the phrase will not do, or another one is being taught.
    pub(crate) fn begin(&self, phrase: &str) -> Result<Teaching, Failure> {
        let phrase = teachable(phrase)?;
        let mut lesson = self.lesson();
        if lesson.as_ref().is_some_and(|now| !matches!(now.step, TeachingStep::Measured { .. })) {
            return Err(busy("Another wake word is being taught."));
        }
        let now = lesson.insert(Lesson {
            phrase,
            recordings: Vec::new(),
            step: RECORDING,
            cancel: CancellationToken::new(),
            told: Instant::now(),
        });
        Ok(self.tell(now))
    }

    /// Whether a recording can be taken now.
    ///
    /// # Errors
    /// When nothing is being recorded, or there are enough.
    pub(crate) fn may_record(&self) -> Result<(), Failure> {
        may_record(recording(&mut self.lesson())?)
    }

    /// Takes a recording (16 kHz), if it can be learned from.
    pub(crate) fn take(&self, said: &[f32]) -> Result<Recorded, Failure> {
        let found = phrase_in(said);
        let mut lesson = self.lesson();
        let now = recording(&mut lesson)?;
        may_record(now)?;
        let unsuitable = found.map(|phrase| now.recordings.push(phrase)).err();
        Ok(Recorded { teaching: self.tell(now), unsuitable })
    }

    /// Forgets a recording, counting from 1.
    ///
    /// # Errors
    /// When there is none of that number.
    pub fn take_back(&self, number: usize) -> Result<Teaching, Failure> {
        let mut lesson = self.lesson();
        let now = recording(&mut lesson)?;
        if !(1..=now.recordings.len()).contains(&number) {
            let message = format!("There is no recording {number}.");
            return Err(Failure::new(Code::NotFound, message, "Look at how many there are."));
        }
        now.recordings.remove(number - 1);
        Ok(self.tell(now))
    }

    /// Begins the training; events tell how far it is. Where it fails, that is told, and it can be begun again with the same
    /// recordings.
    ///
    /// # Errors
    /// When there are too few recordings.
    pub fn train(&self) -> Result<(), Failure> {
        let mut lesson = self.lesson();
        let now = recording(&mut lesson)?;
        if now.recordings.len() < WANTED {
            let message = format!("There are only {} good recordings.", now.recordings.len());
            return Err(Failure::new(Code::BadRequest, message, format!("Record it {WANTED} times.")));
        }
        let cancel = CancellationToken::new();
        let (teacher, token) = (self.clone(), cancel.clone());
        let (phrase, recordings) = (now.phrase.clone(), now.recordings.clone());
        thread::Builder::new()
            .name("teaching".into())
            .spawn(move || teacher.work(&phrase, recordings, &token))
            .map_err(|e| Failure::sentence(Code::Internal, &e, "Restart Jarvis."))?;
        now.cancel = cancel;
        now.step = TeachingStep::Training { stage: TrainingStage::Speaking, done: 0, of: 0 };
        self.tell(now);
        Ok(())
    }

    /// Stops the training, if there is one; the recordings are kept, and so is what was said by voices.
    pub fn stop_training(&self) {
        let mut lesson = self.lesson();
        if let Some(now) = lesson.as_mut().filter(|now| matches!(now.step, TeachingStep::Training { .. })) {
            now.cancel.cancel();
            now.step = RECORDING;
            self.tell(now);
        }
    }

    /// Ends the teaching, if there is one, and forgets the recordings. A wake word that was kept stays.
    pub fn end(&self) {
        let mut lesson = self.lesson();
        if let Some(now) = lesson.take() {
            now.cancel.cancel();
            self.bus.publish(None, EventKind::TeachingChanged { teaching: None });
        }
    }

    /// The training's thread.
    fn work(&self, phrase: &str, recordings: Vec<Vec<f32>>, cancel: &CancellationToken) {
        // Of this thread alone; the threads and the engine that it starts inherit it.
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::nice(10) {
            tracing::warn!(%error, "a wake word is trained at the ordinary priority");
        }
        let trained = catch_unwind(AssertUnwindSafe(|| self.trained(phrase, recordings, cancel)));
        let trained = trained.unwrap_or_else(|_| {
            let remedy = "Try it again; if it fails again, please report it.";
            Err(Failure::new(Code::Internal, "The training broke off.", remedy))
        });
        self.finish(phrase, trained, cancel);
    }

    /// What came of a training.
    fn finish(&self, phrase: &str, trained: Result<(Setup, Trained), Failure>, cancel: &CancellationToken) {
        let mut lesson = self.lesson();
        // Whoever cancelled it has told so.
        let Some(now) = lesson.as_mut().filter(|_| !cancel.is_cancelled()) else { return };
        // Kept while the lesson is held: what was stopped before changes nothing.
        let kept = trained.and_then(|(setup, trained)| {
            let good = good_enough(&trained.held_out);
            let word = good.then(|| setup.keep_taught(phrase, &trained)).transpose()?;
            Ok((measured(&trained.held_out), word))
        });
        match kept {
            Ok((measured, word)) => {
                now.recordings.clear();
                now.step = TeachingStep::Measured { measured, word };
            }
            Err(failure) => {
                self.bus.fail(None, failure.clone());
                now.step = TeachingStep::Recording { failure: Some(failure) };
            }
        }
        self.tell(now);
    }

    /// The head, and what it was trained with.
    fn trained(
        &self,
        phrase: &str,
        recordings: Vec<Vec<f32>>,
        cancel: &CancellationToken,
    ) -> Result<(Setup, Trained), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::sentence(Code::Internal, &e, "Restart Jarvis."))?;
        let on: Arc<OnProgress<'static>> = Arc::new({
            let (teacher, cancel) = (self.clone(), cancel.clone());
            move |stage, done, of| teacher.progress(stage, done, of, &cancel)
        });
        runtime.block_on(async {
            // With engines of its own: the other one answers.
            let setup = Setup::load()?;
            let training = setup.teaching(phrase, recordings)?;
            let trained =
                training.run(setup.lend_voices(), on, cancel.clone()).await.map_err(|e| e.failure())?;
            Ok((setup, trained))
        })
    }

    fn progress(&self, stage: Stage, done: u64, of: u64, cancel: &CancellationToken) {
        let stage = match stage {
            Stage::Speaking => TrainingStage::Speaking,
            Stage::Hearing => TrainingStage::Hearing,
            Stage::Learning => TrainingStage::Learning,
            // It takes a moment, behind a bar that is full.
            Stage::Measuring => return,
        };
        let mut lesson = self.lesson();
        let Some(now) = lesson.as_mut().filter(|_| !cancel.is_cancelled()) else { return };
        let TeachingStep::Training { stage: last, done: before, .. } = now.step else { return };
        // Several threads hear at once, and the later one may be the first to tell.
        let done = if stage == last { done.max(before) } else { done };
        now.step = TeachingStep::Training { stage, done, of };
        if stage != last || now.told.elapsed() >= TELL_EVERY {
            self.tell(now);
        }
    }

    /// Told while the lesson is held, so that everybody hears of its steps in their order.
    fn tell(&self, now: &mut Lesson) -> Teaching {
        now.told = Instant::now();
        let teaching = now.teaching();
        self.bus.publish(None, EventKind::TeachingChanged { teaching: Some(teaching.clone()) });
        teaching
    }

    fn lesson(&self) -> MutexGuard<'_, Option<Lesson>> {
        self.lesson.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lesson, while it is recorded.
fn recording(lesson: &mut Option<Lesson>) -> Result<&mut Lesson, Failure> {
    let Some(now) = lesson else {
        let message = "No wake word is being taught.";
        return Err(Failure::new(Code::NotFound, message, "Begin with its phrase."));
    };
    match now.step {
        TeachingStep::Recording { .. } => Ok(now),
        TeachingStep::Training { .. } => Err(busy("The wake word is being trained.")),
        TeachingStep::Measured { .. } => {
            let message = "The wake word has been trained, and its recordings are forgotten.";
            Err(Failure::new(Code::BadRequest, message, "Begin anew with its phrase."))
        }
    }
}

fn may_record(now: &Lesson) -> Result<(), Failure> {
    if now.recordings.len() < MOST {
        return Ok(());
    }
    let message = format!("There are {MOST} recordings; more do not help.");
    Err(Failure::new(Code::BadRequest, message, "Train it, or take one back."))
}

fn busy(message: &str) -> Failure {
    Failure::new(Code::Busy, message, "Wait until that is over, or end it.")
}

fn measured(held_out: &HeldOut) -> Measured {
    Measured {
        phrases: held_out.phrases as u64,
        missed: held_out.missed as u64,
        hours: held_out.hours,
        false_accepts: held_out.alarms as u64,
    }
}

#[cfg(test)]
mod tests {
    use jarvis_core::audio::SAMPLE_RATE;

    use super::*;

    /// 2.5 seconds with a tone in the middle, as if somebody had spoken.
    fn said() -> Vec<f32> {
        let rate = SAMPLE_RATE as usize;
        let sample =
            |i: usize| if (rate..2 * rate).contains(&i) { (i as f32 * 0.3).sin() * 0.3 } else { 0.0 };
        (0..rate * 5 / 2).map(sample).collect()
    }

    fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> Code {
        result.expect_err("it is refused").code
    }

    #[test]
    fn one_is_taught_at_a_time_from_good_recordings_alone() {
        let bus = EventBus::default();
        let mut events = bus.subscribe();
        let teacher = Teacher::new(bus);
        assert_eq!(code(teacher.may_record()), Code::NotFound);
        assert_eq!(code(teacher.begin("x")), Code::BadRequest);
        assert_eq!(teacher.begin(" Computer ").unwrap().phrase, "computer");
        assert_eq!(code(teacher.begin("okay house")), Code::Busy);

        assert_eq!(teacher.take(&[0.0; 40_000]).unwrap().unsuitable, Some(Unsuitable::Silent));
        for number in 1..=WANTED {
            assert_eq!(code(teacher.train()), Code::BadRequest);
            let recorded = teacher.take(&said()).unwrap();
            assert_eq!((recorded.teaching.recordings, recorded.unsuitable), (number as u32, None));
        }
        assert_eq!(teacher.take_back(2).unwrap().recordings, 4);
        for number in [0, 5] {
            assert_eq!(code(teacher.take_back(number)), Code::NotFound);
        }
        for _ in 4..MOST {
            teacher.take(&said()).unwrap();
        }
        assert_eq!(code(teacher.take(&said())), Code::BadRequest);

        teacher.stop_training();
        assert_eq!(teacher.teaching().unwrap().step, RECORDING);
        teacher.end();
        teacher.end();
        assert_eq!(teacher.teaching(), None);
        let told = std::iter::from_fn(|| events.try_recv().ok());
        let told: Vec<_> = told
            .map(|event| match event.kind {
                EventKind::TeachingChanged { teaching } => teaching.map(|t| t.recordings),
                kind => panic!("{kind:?}"),
            })
            .collect();
        assert_eq!(told[..4], [Some(0), Some(0), Some(1), Some(2)]);
        assert_eq!(told[told.len() - 2..], [Some(20), None], "an end that is none is not told");
    }

    #[test]
    fn a_training_that_was_stopped_changes_nothing_any_more() {
        let teacher = Teacher::new(EventBus::default());
        teacher.begin("computer").unwrap();
        let cancel = CancellationToken::new();
        let training = |done| TeachingStep::Training { stage: TrainingStage::Hearing, done, of: 9 };
        {
            let mut lesson = teacher.lesson();
            let now = lesson.as_mut().unwrap();
            (now.step, now.cancel) = (training(0), cancel.clone());
        }
        teacher.progress(Stage::Hearing, 5, 9, &cancel);
        teacher.progress(Stage::Hearing, 4, 9, &cancel);
        assert_eq!(teacher.teaching().unwrap().step, training(5), "it does not go back");
        assert_eq!(code(teacher.may_record()), Code::Busy);
        teacher.stop_training();
        assert!(cancel.is_cancelled());
        teacher.progress(Stage::Learning, 1, 9, &cancel);
        let failure = Failure::new(Code::DiskFull, "The disk is full.", "Make room.");
        teacher.finish("computer", Err(failure), &cancel);
        assert_eq!(teacher.teaching().unwrap().step, RECORDING);
    }

    #[test]
    fn why_a_training_failed_is_known_until_the_next_one_begins() {
        let teacher = Teacher::new(EventBus::default());
        teacher.begin("computer").unwrap();
        for _ in 0..WANTED {
            teacher.take(&said()).unwrap();
        }
        let failure = Failure::new(Code::DiskFull, "The disk is full.", "Make room.");
        teacher.finish("computer", Err(failure.clone()), &CancellationToken::new());
        assert_eq!(
            teacher.teaching().unwrap().step,
            TeachingStep::Recording { failure: Some(failure.clone()) }
        );
        let recorded = teacher.take(&said()).unwrap();
        assert_eq!(recorded.teaching.step, TeachingStep::Recording { failure: Some(failure) });
        assert_eq!(recorded.teaching.recordings as usize, WANTED + 1, "they are kept");
    }
}
