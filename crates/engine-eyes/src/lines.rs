//! Finds lines of text among the marks of a screen: marks of like height that stand side by side on one panel.
//!
//! Text on screens is level, so rows need no fitting. What is no text (frames, rules, icons, pictures) is told by its
//! shape as far as it goes; what is left of it the recogniser is unsure of.

use std::cmp::Reverse;

use crate::panels::{Blob, Bounds, NONE, Parts};

/// A mark that is higher is no letter, in pixels.
const HIGHEST: u32 = 72;
/// Lower ones (dots, hyphens, accents) belong to a line, but make none.
const LOWEST: u32 = 4;
/// Marks that are further apart than so many times their height belong to different pieces.
const GAP: f32 = 1.7;

/// There is an end to what is read of one picture: what has the most marks is read first.
const MOST: usize = 4000;
/// And to its dots.
const MOST_SMALL: usize = 50_000;

/// A piece of a line: marks, and what they have in common.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Numbers of the marks.
    pub marks: Vec<u32>,
    /// Where they are, all together.
    pub bounds: Bounds,
    /// The panel that they stand on.
    pub panel: u32,
    /// Height of its higher letters, in pixels.
    pub cap: u32,
}

/// All pieces of lines, in no order.
pub fn find(parts: &Parts) -> Vec<Piece> {
    let letters: Vec<u32> =
        (0..parts.marks.len() as u32).filter(|n| is_letter(parts, &parts.marks[*n as usize])).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    for marks in groups(parts, &letters) {
        let piece = piece(parts, marks);
        // A letter that touches one of the row below makes one piece of two rows: those are found without it.
        if f64::from(piece.bounds.height()) > 2.2 * f64::from(typical(parts, &piece.marks))
            && piece.marks.len() > 2
        {
            let limit = typical(parts, &piece.marks) * 8 / 5;
            let (low, high): (Vec<u32>, Vec<u32>) =
                piece.marks.iter().partition(|n| height(parts, **n) <= limit);
            let first = pieces.len();
            pieces.extend(groups(parts, &low).into_iter().map(|marks| self::piece(parts, marks)));
            for mark in high {
                adopt(parts, &mut pieces[first..], mark, true);
            }
        } else {
            pieces.push(piece);
        }
    }
    if pieces.len() > MOST {
        pieces.sort_by_key(|piece| Reverse(piece.marks.len()));
        pieces.truncate(MOST);
    }
    attach_small(parts, &mut pieces);
    let mut pieces = rejoined(pieces);
    // What stands all alone and is as thin as that is an edge of something.
    pieces.retain(|piece| piece.bounds.width() > 2);
    even_out(&mut pieces);
    pieces
}

fn height(parts: &Parts, mark: u32) -> u32 {
    parts.marks[mark as usize].bounds.height()
}

/// Whether a mark may be a letter, or some that touch, by its shape.
fn is_letter(parts: &Parts, mark: &Blob) -> bool {
    let (width, height) = (mark.bounds.width(), mark.bounds.height());
    let filled = mark.area as f32 / (width * height) as f32;
    let frame = filled < 0.25 && width > 40 && height > 12;
    // Nothing but a frame has a panel inside.
    let holds_panel = || {
        width > 24
            && (mark.bounds.left..mark.bounds.right).step_by(3).any(|x| {
                let panel = parts.panel_at(x, (mark.bounds.top + mark.bounds.bottom) / 2);
                panel != NONE && mark.bounds.holds(parts.panels[panel as usize].bounds)
            })
    };
    let rule = width <= 2 && height > 28;
    (LOWEST..=HIGHEST).contains(&height) && mark.panel != NONE && !frame && !rule && !holds_panel()
}

/// Joins letters that stand side by side.
fn groups(parts: &Parts, letters: &[u32]) -> Vec<Vec<u32>> {
    let mut letters = letters.to_vec();
    letters.sort_by_key(|n| parts.marks[*n as usize].bounds.left);
    let mut group_of: Vec<usize> = (0..letters.len()).collect();
    fn root(group_of: &mut [usize], mut at: usize) -> usize {
        while group_of[at] != at {
            group_of[at] = group_of[group_of[at]];
            at = group_of[at];
        }
        at
    }
    // Who is met on the way to the right, by bands of rows.
    const BAND: u32 = 8;
    let bands = letters.iter().map(|n| parts.marks[*n as usize].bounds.bottom / BAND).max().unwrap_or(0);
    let mut met: Vec<Vec<usize>> = vec![Vec::new(); bands as usize + 1];
    for right in 0..letters.len() {
        let mark = &parts.marks[letters[right] as usize];
        for band in mark.bounds.top / BAND..=mark.bounds.bottom / BAND {
            let reach = mark.bounds.left.saturating_sub((GAP * HIGHEST as f32) as u32);
            let band = &mut met[band as usize];
            band.retain(|left| parts.marks[letters[*left] as usize].bounds.right >= reach);
            for left in band.iter() {
                if side_by_side(&parts.marks[letters[*left] as usize], mark) {
                    let (a, b) = (root(&mut group_of, *left), root(&mut group_of, right));
                    group_of[a.max(b)] = a.min(b);
                }
            }
            band.push(right);
        }
    }
    let mut groups: Vec<Vec<u32>> = vec![Vec::new(); letters.len()];
    for at in 0..letters.len() {
        groups[root(&mut group_of, at)].push(letters[at]);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn side_by_side(left: &Blob, right: &Blob) -> bool {
    let (a, b) = (left.bounds, right.bounds);
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    let overlap = a.bottom.min(b.bottom).saturating_sub(a.top.max(b.top));
    let gap = b.left.saturating_sub(a.right);
    left.panel == right.panel && high <= low * 3 && overlap * 2 >= low && gap as f32 <= GAP * high as f32
}

fn piece(parts: &Parts, marks: Vec<u32>) -> Piece {
    let first = &parts.marks[marks[0] as usize];
    let bounds = marks.iter().fold(first.bounds, |all, n| all.with(parts.marks[*n as usize].bounds));
    let mut heights: Vec<u32> = marks.iter().map(|n| height(parts, *n)).collect();
    heights.sort_unstable();
    Piece { bounds, panel: first.panel, cap: heights[(heights.len() - 1) * 7 / 10], marks }
}

/// Height of the middle one by height.
fn typical(parts: &Parts, marks: &[u32]) -> u32 {
    let mut heights: Vec<u32> = marks.iter().map(|n| height(parts, *n)).collect();
    heights.sort_unstable();
    heights[heights.len() / 2]
}

/// Dots, hyphens, accents: each goes to the nearest piece.
fn attach_small(parts: &Parts, pieces: &mut [Piece]) {
    let is_small = |n: &u32| {
        let Bounds { left, right, .. } = parts.marks[*n as usize].bounds;
        height(parts, *n) < LOWEST && right - left <= 40
    };
    let mut small: Vec<u32> = (0..parts.marks.len() as u32).filter(is_small).take(MOST_SMALL).collect();
    // One may lead to the next, as in "--help": first to the right, and then to the left.
    small.sort_by_key(|n| parts.marks[*n as usize].bounds.left);
    small.retain(|mark| !adopt(parts, pieces, *mark, false));
    small.iter().rev().for_each(|mark| {
        adopt(parts, pieces, *mark, false);
    });
}

/// Joins pieces of one row that have grown towards one another.
fn rejoined(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| piece.bounds.left);
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        let near = joined.iter_mut().find(|left| {
            let (a, b) = (left.bounds, piece.bounds);
            let (low, high) = (left.cap.min(piece.cap), left.cap.max(piece.cap));
            let overlap = a.bottom.min(b.bottom).saturating_sub(a.top.max(b.top));
            left.panel == piece.panel
                && high * 2 <= low * 3
                && overlap * 2 >= a.height().min(b.height())
                && b.left.saturating_sub(a.right) as f32 <= GAP * high as f32
                && b.left >= a.left + a.width() / 2
        });
        match near {
            Some(left) => {
                left.bounds = left.bounds.with(piece.bounds);
                left.cap = left.cap.max(piece.cap);
                left.marks.extend(piece.marks);
            }
            None => joined.push(piece),
        }
    }
    joined
}

/// Text of one size is on one panel mostly: what a short piece says of its height is corrected by its neighbours.
fn even_out(pieces: &mut [Piece]) {
    let known: Vec<(u32, u32, usize)> =
        pieces.iter().map(|piece| (piece.panel, piece.cap, piece.marks.len())).collect();
    for piece in pieces {
        let alike = |cap: u32| cap * 10 >= piece.cap * 7 && cap * 7 <= piece.cap * 10;
        let mut caps: Vec<(u32, usize)> = known
            .iter()
            .filter(|(panel, cap, _)| *panel == piece.panel && alike(*cap))
            .map(|(_, cap, marks)| (*cap, *marks))
            .collect();
        caps.sort_unstable();
        let half = caps.iter().map(|(_, marks)| marks).sum::<usize>() / 2;
        let mut seen = 0;
        let middle = caps.iter().find(|(_, marks)| {
            seen += marks;
            seen > half
        });
        piece.cap = middle.map_or(piece.cap, |(cap, _)| *cap);
    }
}

/// Gives a mark to the piece in whose row it stands, if any. `tall`: it may reach beyond the row. Whether there was one.
fn adopt(parts: &Parts, pieces: &mut [Piece], mark: u32, tall: bool) -> bool {
    let blob = &parts.marks[mark as usize];
    let bounds = blob.bounds;
    let distance = |piece: &Piece| {
        let row = piece.bounds;
        let (reach, above, below) =
            ((piece.cap as f32 * GAP) as u32, (piece.cap * 2 / 5).max(2), (piece.cap * 2 / 5).max(3));
        let beside = bounds.left <= row.right + reach && bounds.right + reach >= row.left;
        let level = tall || (bounds.top + above >= row.top && bounds.bottom <= row.bottom + below);
        // Twice the distance of the middles, so that nothing is rounded away.
        (beside && level && blob.panel == piece.panel)
            .then(|| (bounds.top + bounds.bottom).abs_diff(row.top + row.bottom))
    };
    let nearest = pieces
        .iter_mut()
        .filter_map(|piece| distance(piece).map(|distance| (distance, piece)))
        .min_by_key(|(distance, _)| *distance);
    let Some((_, piece)) = nearest else { return false };
    piece.marks.push(mark);
    if !tall {
        piece.bounds = piece.bounds.with(bounds);
    }
    true
}
