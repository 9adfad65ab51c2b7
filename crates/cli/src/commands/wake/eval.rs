//! `jarvis wake eval`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jarvis_assistant::Setup;
use jarvis_core::{Code, Failure};
use jarvis_voice::wake::{Candidate, Features, HeadFile, SecondLook};
use jarvis_wake_training::TrainingError;
use jarvis_wake_training::evaluate::{
    HeardSet, Hours, Interval, Measured, Programs, PublicSet, Report, det_curve, measure, measure_looked_at,
    negatives, positives,
};
use serde::Serialize;

use crate::args::WakeEval;
use crate::output::{self, Output};
use crate::progress;

/// The test set's own seed: its rooms and noises are never those of training.
const SEED: u64 = 20_260;

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a Report,
    set: &'a About,
}

/// What the heads were measured on.
#[derive(Serialize)]
struct About {
    phrases: usize,
    hours_without: f64,
    hours_of_people: f64,
}

pub fn run(args: &WakeEval) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let mut features = setup.wake_features()?.open().map_err(|e| e.failure())?;
    let set = set(args, &setup, &mut features).map_err(|e| e.failure())?;
    let about = About {
        phrases: set.all.iter().filter(|h| h.about.phrase.is_some()).count(),
        hours_without: set.hours(|about| about.phrase.is_none()),
        hours_of_people: set.hours(|about| about.phrase.is_none() && about.human),
    };
    let out = Output::new(args.json);
    let threshold = args.threshold.unwrap_or(0.5);
    let runtime = tokio::runtime::Handle::current();
    let second_look = (!args.alone).then(|| second_look(args, &setup, threshold)).transpose()?;
    let mut all = Vec::new();
    for (name, file) in heads(args, &setup)? {
        let mut head = HeardSet::head(&file, &features).map_err(|e| e.failure())?;
        let mut tell = |measured: Measured, threshold: f32| {
            let report = measured.report(threshold);
            out.record(&Told { report: &report, set: &about }, |told| table(told.report, told.set));
            all.push((measured, threshold));
        };
        tell(measure(&name, &mut head, &set).map_err(|e| e.failure())?, threshold);
        if let Some(second_look) = &second_look {
            let (mut looks, mut looking) = (0u32, Duration::ZERO);
            let mut look = |candidate: &Candidate| {
                let began = Instant::now();
                let sure = runtime.block_on(second_look.certainty(candidate))?;
                (looks, looking) = (looks + 1, looking + began.elapsed());
                Ok(sure)
            };
            let name = format!("{name}, looked at again");
            let mut bar = progress::told("what is looked at again");
            let looked = measure_looked_at(&name, &mut head, &set, threshold, &mut look, &mut bar);
            tell(looked.map_err(|e| e.failure())?, SecondLook::CONFIRMED);
            let took = looking.as_secs_f64() / f64::from(looks.max(1));
            output::note(format!("{looks} looks, {took:.2} s each."));
        }
    }
    if let Some(path) = &args.curve {
        write(path, &det_curve(&format!("\"{}\"", args.phrase), &all))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The recogniser, ready.
fn second_look(args: &WakeEval, setup: &Setup, threshold: f32) -> anyhow::Result<SecondLook> {
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    let second_look =
        setup.second_look_for(transcriber, &args.phrase, setup.is_taught(&args.phrase), threshold);
    tokio::runtime::Handle::current().block_on(second_look.warm()).map_err(|e| e.failure())?;
    Ok(second_look)
}

fn heads(args: &WakeEval, setup: &Setup) -> Result<Vec<(String, HeadFile)>, Failure> {
    if args.head.is_empty() {
        let there = setup.heads_there(&args.phrase);
        if there.is_empty() {
            let message = format!("There is no head for {:?} yet.", args.phrase);
            return Err(Failure::new(
                Code::BadRequest,
                message,
                "Name one with `--head`, or `jarvis wake train` it.",
            ));
        }
        return Ok(there);
    }
    let one = |name: &String| -> Result<(String, HeadFile), Failure> {
        let path = Path::new(name);
        let file = if path.is_file() { HeadFile::File(path.into()) } else { setup.head(name)? };
        Ok((name.clone(), file))
    };
    args.head.iter().map(one).collect()
}

/// The person's folders, or the public set, which is made once and kept.
fn set(args: &WakeEval, setup: &Setup, features: &mut Features) -> Result<HeardSet, TrainingError> {
    let mut set = HeardSet::default();
    if let Some(folder) = &args.positives {
        set.all = positives(folder, args.snr, features, SEED)?;
    } else {
        // Whatever it is written in, another phrase has another name.
        let plain =
            |c: char| if c.is_ascii_alphanumeric() { c.into() } else { format!("_{:x}", u32::from(c)) };
        let name: String = args.phrase.to_lowercase().chars().map(plain).collect();
        let programs = Programs::find();
        // What is made without some of the programs is not taken for the whole set once they are there.
        let without = programs.missing().into_iter().filter_map(|package| package.split(' ').next());
        let without: String = without.map(|package| format!("-without-{package}")).collect();
        let kept = setup
            .paths
            .training_cache()
            .join(format!("public-{name}-{SEED}-{}{without}.heard", PublicSet::VERSION));
        set = match HeardSet::load(&kept) {
            Some(set) => set,
            None => {
                let set = public(args, programs, features)?;
                set.save(&kept)?;
                set
            }
        };
    }
    for folder in &args.negatives {
        set.all.extend(negatives(folder, &folder.display().to_string(), true, features)?);
    }
    Ok(set)
}

fn public(args: &WakeEval, programs: Programs, features: &mut Features) -> Result<HeardSet, TrainingError> {
    let missing = programs.missing();
    if programs.none() {
        return Err(TrainingError::Unsuitable {
            message: "None of the programs that speak the public test set is installed.".into(),
            remedy: format!(
                "Install {}, or name folders with --positives and --negatives.",
                missing.join(" ")
            ),
        });
    }
    if !missing.is_empty() {
        output::note(format!("The set is smaller without {}.", missing.join(", ")));
    }
    let public = PublicSet::new(programs, &args.phrase, SEED)?;
    let bar = Mutex::new(progress::told("the phrase, by every voice"));
    let told = |done, of| (*bar.lock().unwrap_or_else(PoisonError::into_inner))(done, of);
    let mut all = public.positives(features, &told)?;
    let bar = Mutex::new(progress::told("seconds without it"));
    let told = |done, of| (*bar.lock().unwrap_or_else(PoisonError::into_inner))(done, of);
    all.extend(public.negatives(Hours::default(), features, &told)?);
    Ok(HeardSet { all })
}

fn table(report: &Report, set: &About) -> String {
    let mut lines = vec![
        format!("{} at {}", report.head, report.threshold),
        format!(
            "  {} times the phrase; {:.2} hours without it, {:.2} of them people",
            set.phrases, set.hours_without, set.hours_of_people
        ),
    ];
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    for row in report.missed.iter().chain(&report.missed_by_group) {
        let rate = row.value;
        let latency = report.latency.iter().find(|l| l.name == row.name);
        let latency = latency.map_or(String::new(), |l| {
            format!("; sure {:.0} ms after its end (p50), {:.0} ms (p95)", l.value.p50_ms, l.value.p95_ms)
        });
        lines.push(format!(
            "  {:<16} missed {:>4} of {:<5} {:>7} ({} to {}){latency}",
            row.name,
            rate.count,
            rate.of,
            percent(rate.rate),
            percent(rate.interval.low),
            percent(rate.interval.high)
        ));
    }
    let voices: Vec<_> = report
        .missed_by_voice
        .iter()
        .map(|v| format!("{} {}/{}", v.name, v.value.count, v.value.of))
        .collect();
    if !voices.is_empty() {
        lines.push(format!("  missed close and clean: {}", voices.join(", ")));
    }
    let alarms = std::iter::once(("all", &report.alarms)).chain([("people", &report.alarms_by_people)]);
    for (name, a) in alarms.chain(report.alarms_by_group.iter().map(|row| (row.name.as_str(), &row.value))) {
        lines.push(match (a.per_hour, a.interval) {
            (Some(per_hour), Some(Interval { low, high })) => format!(
                "  {name:<24} {:>3} false accepts in {:>6.2} h: {per_hour:.2} an hour ({low:.2} to {high:.2}){}",
                a.count,
                a.hours,
                a.looks.map_or(String::new(), |looks| format!("; {:.0} looks an hour", looks as f64 / a.hours))
            ),
            _ => format!("  {name:<24} nothing was heard without the phrase"),
        });
    }
    lines.join("\n")
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|e| {
        let remedy = "Choose a folder that you may write to.";
        Failure::new(Code::BadRequest, format!("{} cannot be written ({e}).", path.display()), remedy)
    })
}
