//! The person who is asked: what she answers depends on what is being measured, and every question is kept.

use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use jarvis_guard::{Act, Approver, Consent, Effect, Places, Question, Risk, risk};

/// How she answers.
#[derive(Clone, Debug)]
pub enum Mind {
    /// Yes to everything.
    Yes,
    /// No, or not there.
    No,
    /// Yes where every effect is one that she asked for, as [`told`] writes it.
    Agrees(Vec<String>),
}

pub struct Person {
    places: Places,
    mind: Mutex<Mind>,
    asked: Mutex<Vec<Question>>,
}

impl Person {
    pub fn new(places: Places, mind: Mind) -> Self {
        Self { places, mind: Mutex::new(mind), asked: Mutex::default() }
    }

    pub fn change(&self, mind: Mind) {
        *self.mind.lock().unwrap() = mind;
    }

    /// The questions since this was last called.
    pub fn asked(&self) -> Vec<Question> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn agrees(&self, act: &Act, wanted: &[String]) -> bool {
        act.effects.iter().all(|effect| {
            let only_looks = matches!(
                effect,
                Effect::Look | Effect::See | Effect::Adjust | Effect::Read { .. } | Effect::ReadClipboard
            );
            let looks = only_looks && risk::of(effect, act.undoable, &self.places) == Risk::Low;
            let told = told(effect, &self.places);
            // Who agrees to a folder agrees to what is in it.
            looks || wanted.iter().any(|wanted| told == *wanted || told.starts_with(&format!("{wanted}/")))
        })
    }
}

#[async_trait]
impl Approver for Person {
    async fn ask(&self, question: &Question, act: &Act) -> Consent {
        self.asked.lock().unwrap().push(question.clone());
        let mind = self.mind.lock().unwrap().clone();
        let yes = match &mind {
            Mind::Yes => true,
            Mind::No => false,
            Mind::Agrees(wanted) => self.agrees(act, wanted),
        };
        if yes { Consent::Once } else { Consent::No }
    }
}

/// An effect, as the cases list it: `create ~/Documents/x.txt`, `run make test`, `send example.org`.
pub fn told(effect: &Effect, places: &Places) -> String {
    let what = match effect {
        Effect::Read { path }
        | Effect::Create { path }
        | Effect::Change { path }
        | Effect::Leave { path } => path
            .strip_prefix(places.home())
            .map(|below| PathBuf::from("~").join(below))
            .unwrap_or_else(|_| path.clone())
            .display()
            .to_string(),
        Effect::Run { command, .. } => command.text.clone(),
        Effect::Launch { app } => app.clone(),
        Effect::End { process, .. } => process.clone(),
        Effect::Send { host, .. } => host.clone(),
        Effect::Input { window, .. } => window.clone(),
        Effect::Window { title, .. } => title.clone(),
        Effect::Foreign { server, .. } => server.clone(),
        Effect::Look | Effect::See | Effect::ReadClipboard | Effect::WriteClipboard | Effect::Adjust => {
            return effect.name().into();
        }
    };
    format!("{} {what}", effect.name())
}
