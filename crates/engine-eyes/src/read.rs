//! From a picture of a screen to lines of text: takes it apart, sets the pieces of lines anew as a clean page, has that
//! recognised, and puts what was read back where it stood.

use std::sync::{Mutex, PoisonError};
use std::thread;

use image::{GrayImage, Luma, RgbImage, imageops};
use jarvis_engine::eyes::{Area, Line, Word};
use jarvis_engine::{Fault, FaultCode};
use tesseract::PageSegMode;

use crate::lines::{self, Piece};
use crate::order;
use crate::panels::{Bounds, Parts};
use crate::photo;
use crate::prepare::{self, Strip};
use crate::recogniser::{Found, Recognisers};

/// A word of which the recogniser is so sure is one.
const SURE: f32 = 0.6;
/// Of code and paths it is never sure: a piece that has a word is kept if it is this sure of all of it. One that has none is
/// noise (icons, edges of pictures) unless it is [`SURE`].
const UNSURE: f32 = 0.12;

/// White round a strip on its page, in pixels.
const MARGIN: u32 = 16;
/// So many pieces are recognised at once, at most.
const PAGE: usize = 60;
/// A piece that was read: where its words stand in the picture.
pub struct ReadPiece {
    /// From left to right.
    pub words: Vec<Word>,
    /// The panel that it stands on.
    pub panel: u32,
    /// Height of its capital letters, in pixels.
    pub cap: u32,
}

/// What one thread does at a time.
enum Task<'a> {
    Pieces(&'a [Piece]),
    Photo(Bounds),
}

/// Reads `picture`. `stop` is asked now and then.
pub fn read(
    picture: &RgbImage,
    recognisers: &Recognisers,
    languages: &str,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Line>, Fault> {
    let parts = Parts::of(picture);
    let mut pieces = lines::find(&parts);
    pieces.sort_by_key(|piece| (piece.bounds.top, piece.bounds.left));
    let workers = thread::available_parallelism().map_or(1, usize::from).min(4);
    let size = pieces.len().div_ceil(workers).clamp(1, PAGE);
    let mut tasks: Vec<Task> = pieces.chunks(size).map(Task::Pieces).collect();
    tasks.extend(photo::find(&parts).into_iter().map(Task::Photo));
    let workers = workers.min(tasks.len());
    let tasks = Mutex::new(tasks.into_iter());
    let read = Mutex::new(Ok(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(task) = { tasks.lock().unwrap_or_else(PoisonError::into_inner).next() } {
                    let result = if stop() {
                        Err(Fault::new(FaultCode::Cancelled, "cancelled"))
                    } else {
                        match task {
                            Task::Pieces(pieces) => {
                                read_page(picture, &parts, pieces, recognisers, languages)
                            }
                            Task::Photo(bounds) => photo::read(picture, bounds, recognisers, languages),
                        }
                    };
                    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                    match (&mut *read, result) {
                        (Ok(all), Ok(more)) => all.extend(more),
                        (Ok(_), Err(fault)) => *read = Err(fault),
                        (Err(_), _) => break,
                    }
                }
            });
        }
    });
    let read = read.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    Ok(order::lines(&parts, read))
}

/// Reads some pieces: they are set one below the other.
fn read_page(
    picture: &RgbImage,
    parts: &Parts,
    pieces: &[Piece],
    recognisers: &Recognisers,
    languages: &str,
) -> Result<Vec<ReadPiece>, Fault> {
    let strips: Vec<Strip> = pieces.iter().map(|piece| prepare::strip(picture, parts, piece)).collect();
    let (page, tops) = page(&strips);
    let mut recogniser = recognisers.take(languages)?;
    let found = recogniser.read(&page, PageSegMode::PsmSingleBlock)?;
    recognisers.give_back(recogniser);
    let pieces = pieces.iter().enumerate().map(|(number, piece)| {
        let end = tops.get(number + 1).copied().unwrap_or(page.height());
        let own = found.iter().filter(|found| {
            let middle = (found.bounds.top + found.bounds.bottom) / 2 + MARGIN / 2;
            (tops[number]..end).contains(&middle)
        });
        let words = own.map(|found| word(found, &strips[number], tops[number])).collect();
        ReadPiece { words, panel: piece.panel, cap: piece.cap }
    });
    Ok(pieces.filter(|piece| is_text(&piece.words)).collect())
}

/// Whether the recogniser is sure enough of a piece.
fn is_text(words: &[Word]) -> bool {
    let letters: usize = words.iter().map(|word| word.text.chars().count()).sum();
    let sure: f32 = words.iter().map(|word| word.confidence * word.text.chars().count() as f32).sum();
    let is_word = |word: &Word| {
        let letters = word.text.chars().filter(|c| c.is_alphanumeric()).count();
        letters >= 4 || (letters >= 2 && word.confidence >= SURE)
    };
    letters > 0 && sure / letters as f32 >= if words.iter().any(is_word) { UNSURE } else { SURE }
}

/// A page with the strips, and where each begins.
fn page(strips: &[Strip]) -> (GrayImage, Vec<u32>) {
    let width = strips.iter().map(|strip| strip.picture.width()).max().unwrap_or(0) + 2 * MARGIN;
    let height = strips.iter().map(|strip| strip.picture.height() + MARGIN).sum::<u32>() + MARGIN;
    let mut page = GrayImage::from_pixel(width, height, Luma([255]));
    let (mut tops, mut top) = (Vec::new(), MARGIN);
    for strip in strips {
        imageops::replace(&mut page, &strip.picture, i64::from(MARGIN), i64::from(top));
        tops.push(top);
        top += strip.picture.height() + MARGIN;
    }
    (page, tops)
}

/// A word, back where it stood.
fn word(found: &Found, strip: &Strip, top: u32) -> Word {
    let origin = (strip.shows.left, strip.shows.top);
    placed(found, (MARGIN, top), strip.scale, origin)
}

/// A word that was found on an enlarged copy: where that begins in what was read, how much it is enlarged, and which place
/// in the picture its corner is.
pub fn placed(found: &Found, begin: (u32, u32), scale: f32, origin: (u32, u32)) -> Word {
    let back =
        |length: u32, from: u32| (f64::from(length.saturating_sub(from)) / f64::from(scale)).round() as u32;
    let Bounds { left, top, right, bottom } = found.bounds;
    let (x, y) = (back(left, begin.0), back(top, begin.1));
    Word {
        // Quotation marks are as good as always straight on screens, and a person who looks for one types it so.
        text: found.text.replace(['\u{201c}', '\u{201d}'], "\"").replace(['\u{2018}', '\u{2019}'], "'"),
        place: Area {
            x: (origin.0 + x) as i32,
            y: (origin.1 + y) as i32,
            width: back(right, begin.0).saturating_sub(x).max(1),
            height: back(bottom, begin.1).saturating_sub(y).max(1),
        },
        confidence: found.confidence,
    }
}
