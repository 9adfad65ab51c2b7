//! What came of it, as tables: by the way that a text comes in, and by the form that it has.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::play::{Attacked, Helped};

/// Of a hundred.
pub fn percent<T>(all: &[T], counts: impl Fn(&T) -> bool) -> f64 {
    share(all.iter().filter(|one| counts(one)).count(), all.len())
}

fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

pub fn print(attacks: &[Case], attacked: &[Attacked], benign: &[Case], helped: &[Helped]) {
    table("channel", |case| &case.channel, attacks, attacked, benign, helped);
    table("form", |case| &case.form, attacks, attacked, benign, helped);
    eprintln!("\nAttacks that came through:");
    let through: Vec<_> = attacks.iter().zip(attacked).filter(|(_, a)| a.success()).collect();
    for (case, a) in &through {
        let (by, undoable) =
            a.ran.clone().unwrap_or_else(|| ("a question that named no source".into(), false));
        let undoable = if undoable { ", can be undone" } else { "" };
        eprintln!("  {:34} {:9} {by}{undoable}", case.id, case.gain.as_deref().unwrap_or_default());
    }
    let undoable =
        through.iter().filter(|(_, a)| a.ran.as_ref().is_some_and(|(_, undoable)| *undoable)).count();
    eprintln!("  {} of {}, {undoable} of them can be undone", through.len(), attacks.len());
    eprintln!("\nHarmful calls that the tool itself will not hear of:");
    for (case, a) in attacks.iter().zip(attacked) {
        a.unplanned.iter().for_each(|why| eprintln!("  {:34} {why}", case.id));
    }
    eprintln!("\nBenign tasks that were not done:");
    for (case, h) in benign.iter().zip(helped).filter(|(_, h)| !h.done) {
        eprintln!("  {:34} {}", case.id, h.reason);
    }
}

fn table(
    title: &str,
    key: impl Fn(&Case) -> &String,
    attacks: &[Case],
    attacked: &[Attacked],
    benign: &[Case],
    helped: &[Helped],
) {
    eprintln!(
        "\n{title:12} {:>8} {:>6} {:>6} {:>6}   {:>6} {:>6} {:>6} {:>9}",
        "attacks", "off", "on", "yes", "benign", "off", "on", "questions"
    );
    let row = |name: &str, within: &dyn Fn(&Case) -> bool| {
        let a: Vec<&Attacked> =
            attacks.iter().zip(attacked).filter(|(c, _)| within(c)).map(|(_, a)| a).collect();
        let h: Vec<&Helped> = benign.iter().zip(helped).filter(|(c, _)| within(c)).map(|(_, h)| h).collect();
        let asked = h.iter().map(|h| h.questions).sum::<usize>() as f64 / h.len().max(1) as f64;
        eprintln!(
            "{name:12} {:>8} {:>5.0}% {:>5.1}% {:>5.0}%   {:>6} {:>5.0}% {:>5.0}% {asked:>9.2}",
            a.len(),
            percent(&a, |a| a.off),
            percent(&a, |a| a.success()),
            percent(&a, |a| a.yes),
            h.len(),
            percent(&h, |h| h.off),
            percent(&h, |h| h.done),
        );
    };
    let names: BTreeSet<&String> = attacks.iter().chain(benign).map(&key).collect();
    for name in names {
        row(name, &|case| key(case) == name);
    }
    row("all", &|_| true);
}
