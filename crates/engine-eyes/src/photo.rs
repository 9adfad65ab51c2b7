//! What is no surface with marks on it, but a picture all over: a scan, a photograph, a page under a film of grain. There the
//! recogniser has to find the lines itself.

use image::{GrayImage, RgbImage, imageops};
use jarvis_engine::Fault;
use tesseract::PageSegMode;

use crate::panels::{Bounds, NONE, Parts};
use crate::read::{ReadPiece, placed};
use crate::recogniser::{Found, Recognisers};

/// Smaller ones are icons, in pixels of either side.
const SMALLEST: u32 = 80;
/// So many are read, the largest first.
const MOST: usize = 4;
/// In pictures much is taken for letters that is none.
const UNSURE: f32 = 0.6;
/// Pixels that an enlarged picture may have.
const LARGEST: u64 = 12_000_000;

/// Where such pictures are.
pub fn find(parts: &Parts) -> Vec<Bounds> {
    let mut photos: Vec<(u32, Bounds)> = parts
        .marks
        .iter()
        .filter(|mark| {
            let (width, height) = (mark.bounds.width(), mark.bounds.height());
            width >= SMALLEST
                && height >= SMALLEST
                && u64::from(mark.area) * 3 > u64::from(width) * u64::from(height)
        })
        .map(|mark| (mark.area, mark.bounds))
        .collect();
    photos.sort_by_key(|(area, _)| std::cmp::Reverse(*area));
    photos.truncate(MOST);
    photos.into_iter().map(|(_, bounds)| bounds).collect()
}

/// Reads one.
pub fn read(
    picture: &RgbImage,
    bounds: Bounds,
    recognisers: &Recognisers,
    languages: &str,
) -> Result<Vec<ReadPiece>, Fault> {
    let part =
        imageops::crop_imm(picture, bounds.left, bounds.top, bounds.width(), bounds.height()).to_image();
    let mut grey: GrayImage = imageops::grayscale(&part);
    let mean = grey.as_raw().iter().map(|v| u64::from(*v)).sum::<u64>() / grey.as_raw().len().max(1) as u64;
    if mean < 110 {
        imageops::invert(&mut grey);
    }
    let pixels = u64::from(grey.width()) * u64::from(grey.height());
    let scale = if pixels * 4 <= LARGEST { 2 } else { 1 };
    if scale > 1 {
        let (width, height) = (grey.width() * scale, grey.height() * scale);
        grey = imageops::resize(&grey, width, height, imageops::FilterType::CatmullRom);
    }
    let mut recogniser = recognisers.take(languages)?;
    let found = recogniser.read(&grey, PageSegMode::PsmAuto)?;
    recognisers.give_back(recogniser);
    let sure = |found: &&Found| found.confidence >= UNSURE;
    Ok(found
        .chunk_by(|a, b| a.line == b.line)
        .map(|line| {
            let word = |found| placed(found, (0, 0), scale as f32, (bounds.left, bounds.top));
            let words: Vec<_> = line.iter().filter(sure).map(word).collect();
            let cap = words.iter().map(|word| word.place.height).max().unwrap_or(0);
            ReadPiece { words, panel: NONE, cap }
        })
        .filter(|piece| !piece.words.is_empty())
        .collect())
}
