//! `jarvis bench`: what a person waits for and what it costs, beside comparable programs in the same run.
//!
//! Machines are shared and noisy, so the figures that count are ratios: the rival runs on the same files, moments
//! apart. The rivals are Python programs in an environment that `scripts/bench-rivals` makes and `JARVIS_RIVALS` names;
//! without it Jarvis's own figures stand alone, and that is said.

mod barge_in;
mod clips;
mod end_of_turn;
mod guard;
mod history;
mod idle;
mod memory;
mod noise;
mod recall;
mod stt;
mod suppression;
mod tts;
mod turns;
mod wake;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;
use jarvis_assistant::Setup;
use serde::Serialize;
use serde_json::Value;

use crate::args::Bench;
use crate::output::{self, Output};

/// One figure.
#[derive(Serialize)]
struct Figure {
    /// What was measured.
    what: String,
    /// Jarvis's own figure.
    ours: f64,
    /// The rival's, where there is one.
    rival: Option<f64>,
    /// Unit of both.
    unit: &'static str,
    /// The goal: the ratio where there is a rival, else the figure, should be at most this.
    goal: Option<f64>,
}

impl Figure {
    fn new(what: impl Into<String>, ours: f64, unit: &'static str) -> Self {
        Self { what: what.into(), ours, rival: None, unit, goal: None }
    }

    fn beside(self, rival: Option<f64>) -> Self {
        Self { rival, ..self }
    }

    fn goal(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }
    }

    fn measured(&self) -> f64 {
        self.rival.map_or(self.ours, |rival| self.ours / rival)
    }

    fn line(&self) -> String {
        let unit = self.unit;
        let beside = match self.rival {
            Some(rival) => format!(" beside {rival:.3} {unit}: ratio {:.3}", self.measured()),
            None => String::new(),
        };
        let goal = match self.goal {
            Some(goal) if self.measured() <= goal => format!("  (goal <= {goal}: met)"),
            Some(goal) => format!("  (goal <= {goal}: MISSED)"),
            None => String::new(),
        };
        format!("{:<58} {:.3} {unit}{beside}{goal}", self.what, self.ours)
    }
}

/// The rivals' environment, where there is one.
struct Rivals {
    python: Option<PathBuf>,
    scripts: PathBuf,
}

impl Rivals {
    fn from_env() -> Self {
        let python = std::env::var_os("JARVIS_RIVALS").filter(|v| !v.is_empty());
        let python = python.map(|dir| Path::new(&dir).join("bin/python")).filter(|p| p.is_file());
        Self { python, scripts: clips::root().join("scripts/rivals") }
    }

    /// Runs a rival and reads the JSON in its last line; none where there are no rivals.
    fn run(&self, script: &str, args: &[&Path]) -> anyhow::Result<Option<Value>> {
        let Some(python) = &self.python else { return Ok(None) };
        let ran = Command::new(python).arg(self.scripts.join(script)).args(args).output()?;
        let out = String::from_utf8_lossy(&ran.stdout);
        let line = out.lines().last().unwrap_or_default();
        let value = serde_json::from_str(line)
            .with_context(|| format!("{script} failed: {}", String::from_utf8_lossy(&ran.stderr)))?;
        Ok(Some(value))
    }
}

pub async fn run(args: Bench) -> anyhow::Result<ExitCode> {
    let out = Output::new(args.json);
    let setup = Setup::load()?;
    let rivals = Rivals::from_env();
    if rivals.python.is_none() {
        output::note(
            "There are no comparable programs here; `make bench` installs them. These are Jarvis's own figures.",
        );
    }
    let wanted = |part: &str| args.parts.is_empty() || args.parts.iter().any(|p| p == part);
    let show = |figures: Vec<Figure>| {
        for figure in figures {
            out.record(&figure, Figure::line);
        }
    };
    // Memory comes first: what the others load would count.
    if wanted("memory") {
        show(memory::run(&setup).await?);
    }
    if wanted("guard") {
        show(guard::run().await?);
    }
    if wanted("recall") {
        show(recall::run(&setup, &rivals).await?);
    }
    if wanted("history") {
        show(history::run()?);
    }
    if wanted("wake") {
        show(wake::run(&setup, &rivals)?);
    }
    if wanted("idle") {
        show(idle::run(&setup).await?);
    }
    if wanted("stt") {
        show(stt::run(&setup, &rivals).await?);
    }
    if wanted("suppression") {
        show(suppression::run(&setup).await?);
    }
    if wanted("barge-in") {
        show(barge_in::run(&setup).await?);
    }
    if wanted("tts") {
        show(tts::run(&setup, &rivals).await?);
    }
    if wanted("end-of-turn") {
        show(end_of_turn::run(&setup).await?);
    }
    if wanted("turns") {
        show(turns::run(&setup).await?);
    }
    Ok(ExitCode::SUCCESS)
}
