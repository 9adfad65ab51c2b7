//! Makes of a piece of a line what the recogniser reads best: dark letters on white, of one height, sharply enlarged.

use image::{GrayImage, Luma, RgbImage, imageops};

use crate::lines::Piece;
use crate::panels::{Bounds, NONE, Parts};

/// Height of capital letters that the recogniser likes, in pixels.
pub const CAP: f32 = 30.0;
/// Small text is enlarged by no more: what is not there cannot be made.
const LARGEST: f32 = 5.0;

/// A piece of a line, made ready.
pub struct Strip {
    /// Dark on white.
    pub picture: GrayImage,
    /// What of the screen it shows.
    pub shows: Bounds,
    /// How many of its pixels make one of the screen's.
    pub scale: f32,
}

/// Makes a piece ready.
pub fn strip(picture: &RgbImage, parts: &Parts, piece: &Piece) -> Strip {
    let shows = piece.bounds.padded(piece.cap / 2 + 1, piece.cap / 4 + 1, picture.dimensions());
    let grey = dark_on_white(picture, parts, piece, shows);
    let scale = (CAP / piece.cap.max(1) as f32).clamp(0.5, LARGEST);
    let scaled = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    let filter = imageops::FilterType::Lanczos3;
    let picture = imageops::resize(&grey, scaled(shows.width()), scaled(shows.height()), filter);
    Strip { picture, shows, scale }
}

/// How far each pixel is from its background, in relation to how far letters hereabouts are: 0 for as far, 255 for not at
/// all. Only the marks of the piece are seen.
fn dark_on_white(picture: &RgbImage, parts: &Parts, piece: &Piece, shows: Bounds) -> GrayImage {
    let ground = ground(picture, parts, piece.panel, shows);
    let far = |x: u32, y: u32| {
        let pixel = picture.get_pixel(x, y).0;
        (0..3).map(|c| (f32::from(pixel[c]) - ground[c]).powi(2)).sum::<f32>().sqrt()
    };
    let mut own: Vec<u32> = piece.marks.clone();
    own.sort_unstable();
    let is_own = |x, y| {
        let mark = parts.mark_at(x, y);
        mark != NONE && own.binary_search(&mark).is_ok()
    };
    // The farthest in each column, and then in its neighbourhood: words of different colours in one row are each made black.
    let mut peaks: Vec<f32> = (shows.left..shows.right)
        .map(|x| (shows.top..shows.bottom).filter(|y| is_own(x, *y)).map(|y| far(x, y)).fold(0.0, f32::max))
        .collect();
    let reach = piece.cap as usize * 3 / 2;
    peaks = (0..peaks.len())
        .map(|x| {
            peaks[x.saturating_sub(reach)..(x + reach + 1).min(peaks.len())]
                .iter()
                .copied()
                .fold(1.0, f32::max)
        })
        .collect();
    GrayImage::from_fn(shows.width(), shows.height(), |x, y| {
        let (at_x, at_y) = (shows.left + x, shows.top + y);
        if !is_own(at_x, at_y) {
            return Luma([255]);
        }
        Luma([(255.0 * (1.0 - far(at_x, at_y) / peaks[x as usize])).clamp(0.0, 255.0) as u8])
    })
}

/// Mean colour of the panel round the piece.
fn ground(picture: &RgbImage, parts: &Parts, panel: u32, shows: Bounds) -> [f32; 3] {
    let (mut sum, mut count) = ([0.0; 3], 0.0_f32);
    for y in shows.top..shows.bottom {
        for x in (shows.left..shows.right).filter(|x| parts.panel_at(*x, y) == panel) {
            let pixel = picture.get_pixel(x, y).0;
            (0..3).for_each(|c| sum[c] += f32::from(pixel[c]));
            count += 1.0;
        }
    }
    sum.map(|channel| channel / count.max(1.0))
}
