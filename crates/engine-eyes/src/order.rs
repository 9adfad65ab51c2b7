//! Reading order: panel by panel, and on each from above to below and from left to right.

use jarvis_engine::eyes::{Area, Line, Word};

use crate::panels::{Bounds, NONE, Parts};
use crate::read::ReadPiece;

/// Puts pieces in the order in which a person reads them, and those of one row together.
pub fn lines(parts: &Parts, pieces: Vec<ReadPiece>) -> Vec<Line> {
    let mut panels: Vec<(u32, Vec<(Bounds, Vec<Word>)>)> = Vec::new();
    for piece in pieces {
        let panel = outer(parts, &piece);
        let bounds = bounds(&piece.words);
        match panels.iter_mut().find(|(known, _)| *known == panel) {
            Some((_, pieces)) => pieces.push((bounds, piece.words)),
            None => panels.push((panel, vec![(bounds, piece.words)])),
        }
    }
    // Panels come in the order in which their text begins.
    panels.sort_by_key(|(_, pieces)| {
        let top = pieces.iter().map(|(bounds, _)| bounds.top).min();
        (top, pieces.iter().map(|(bounds, _)| bounds.left).min())
    });
    panels.into_iter().flat_map(|(_, pieces)| rows(pieces)).collect()
}

/// The panel that a piece counts for: a button, or a row that is selected, is a part of what it stands on.
fn outer(parts: &Parts, piece: &ReadPiece) -> u32 {
    let Some(panel) = parts.panels.get(piece.panel as usize) else { return NONE };
    if panel.bounds.height() > piece.cap * 5 {
        return piece.panel;
    }
    let around = (0..parts.panels.len() as u32).filter(|n| {
        let bounds = parts.panels[*n as usize].bounds;
        *n != piece.panel && bounds.height() > piece.cap * 5 && bounds.holds(panel.bounds)
    });
    around
        .min_by_key(|n| {
            let bounds = parts.panels[*n as usize].bounds;
            u64::from(bounds.width()) * u64::from(bounds.height())
        })
        .unwrap_or(piece.panel)
}

fn bounds(words: &[Word]) -> Bounds {
    let all = words
        .iter()
        .skip(1)
        .fold(words.first().map(|w| w.place).unwrap_or_default(), |all: Area, w| all.with(&w.place));
    // Places within a picture are not negative.
    let (left, top) = (all.x.max(0) as u32, all.y.max(0) as u32);
    Bounds { left, top, right: left + all.width, bottom: top + all.height }
}

/// Joins what stands in one row.
fn rows(mut pieces: Vec<(Bounds, Vec<Word>)>) -> Vec<Line> {
    pieces.sort_by_key(|(bounds, _)| bounds.top + bounds.bottom);
    let mut rows: Vec<Vec<(Bounds, Vec<Word>)>> = Vec::new();
    for piece in pieces {
        let level = |row: &Vec<(Bounds, Vec<Word>)>| {
            row.last().is_some_and(|(last, _)| {
                let overlap = last.bottom.min(piece.0.bottom).saturating_sub(last.top.max(piece.0.top));
                overlap * 2 > last.height().min(piece.0.height())
            })
        };
        match rows.last_mut().filter(|row| level(row)) {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    rows.into_iter()
        .map(|mut row| {
            row.sort_by_key(|(bounds, _)| bounds.left);
            Line { words: row.into_iter().flat_map(|(_, words)| words).collect() }
        })
        .collect()
}
