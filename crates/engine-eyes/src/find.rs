//! Finds a small picture within a large one: by normalised cross-correlation of their shades of grey, first on small
//! copies of both, and then more closely where that looked good.
//!
//! Brightness and contrast may differ; size and turn may not.

use std::cmp::Ordering;

use image::{GrayImage, imageops};
use jarvis_engine::eyes::{Area, Match};
use jarvis_engine::{Fault, FaultCode};

/// The small copies are halved until the small picture's shorter side would be below this.
const SMALLEST: u32 = 8;
/// And no more often than so.
const HALVINGS: u32 = 4;
/// So many places are looked at more closely.
const CANDIDATES: usize = 64;
/// So many are told.
const TOLD: usize = 16;
/// On small copies a place may look so much worse than it is, by brightness and neighbours.
const SLACK: f32 = 0.25;
/// What falls between the pixels of the small copies looks less like itself still. What would be less alike than so is not made
/// smaller: everything else would look like it too.
const LEAST: f32 = 0.5;

/// All places where `needle` is, the best first. `stop` is asked now and then.
pub fn find(
    haystack: &GrayImage,
    needle: &GrayImage,
    at_least: f32,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Match>, Fault> {
    let bad = |reason: &str| Fault::new(FaultCode::BadRequest, reason);
    if needle.width() > haystack.width() || needle.height() > haystack.height() {
        return Err(bad("the picture that is looked for is larger than the one that it is looked for in"));
    }
    if Template::of(needle).is_none() {
        return Err(bad("the picture that is looked for is of one colour"));
    }
    let mut levels = vec![(haystack.clone(), needle.clone(), at_least)];
    while let Some((hay, small, _)) = levels.last()
        && small.width().min(small.height()) >= 2 * SMALLEST
        && levels.len() <= HALVINGS as usize
    {
        let worst = between(needle, levels.len() as u32);
        // What is nothing but fine detail is gone on a small copy.
        if worst < LEAST {
            break;
        }
        let limit = (at_least - SLACK).min(worst - SLACK / 2.0);
        levels.push((halved(hay), halved(small), limit));
    }

    let mut places: Vec<(u32, u32, f32)> = Vec::new();
    for (level, (hay, small, limit)) in levels.iter().enumerate().rev() {
        let Some(template) = Template::of(small) else { continue };
        let sums = Sums::of(hay);
        let (right, lower) = (hay.width() - small.width(), hay.height() - small.height());
        let candidates = if level == levels.len() - 1 {
            (0..=lower).flat_map(|y| (0..=right).map(move |x| (x, y))).collect()
        } else {
            closer(&places, right, lower)
        };
        let candidates = candidates.into_iter().take_while(|_| !stop());
        let likeness = candidates.map(|(x, y)| (x, y, template.likeness(hay, &sums, x, y)));
        places = likeness.filter(|(_, _, likeness)| likeness >= limit).collect();
        if stop() {
            return Err(Fault::new(FaultCode::Cancelled, "cancelled"));
        }
        places.sort_by(|a, b| b.2.partial_cmp(&a.2).unwrap_or(Ordering::Equal));
        places = apart(&places, small, if level == 0 { TOLD } else { CANDIDATES });
    }
    Ok(places
        .into_iter()
        .map(|(x, y, likeness)| Match {
            place: Area { x: x as i32, y: y as i32, width: needle.width(), height: needle.height() },
            likeness: likeness.clamp(0.0, 1.0),
        })
        .collect())
}

/// Each pixel is the mean of four; an odd last row or column is left out, or all the others would be shifted.
fn halved(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    imageops::thumbnail(&*imageops::crop_imm(picture, 0, 0, width * 2, height * 2), width, height)
}

/// How alike a picture and itself are at worst, halved so often, when one of them falls between the pixels of the other. None at
/// all is nothing.
fn between(needle: &GrayImage, halvings: u32) -> f32 {
    let small = |picture: GrayImage| (0..halvings).fold(picture, |picture, _| halved(&picture));
    let shift = 1 << (halvings - 1);
    let (width, height) = (needle.width() - shift, needle.height() - shift);
    let part = |x, y| small(imageops::crop_imm(needle, x, y, width, height).to_image());
    let Some(template) = Template::of(&part(0, 0)) else { return 0.0 };
    let moved = [(shift, 0), (0, shift), (shift, shift)].map(|(x, y)| part(x, y));
    moved.iter().map(|moved| template.likeness(moved, &Sums::of(moved), 0, 0)).fold(1.0, f32::min)
}

/// The places round those that were found on a copy of half the size.
fn closer(places: &[(u32, u32, f32)], right: u32, lower: u32) -> Vec<(u32, u32)> {
    const ROUND: u32 = 3;
    let mut closer: Vec<(u32, u32)> = places
        .iter()
        .flat_map(|(x, y, _)| {
            let (x, y) = (x * 2, y * 2);
            (y.saturating_sub(ROUND)..=(y + ROUND).min(lower))
                .flat_map(move |y| (x.saturating_sub(ROUND)..=(x + ROUND).min(right)).map(move |x| (x, y)))
        })
        .collect();
    closer.sort_unstable();
    closer.dedup();
    closer
}

/// The best places, none of which is a part of a better one.
fn apart(places: &[(u32, u32, f32)], needle: &GrayImage, most: usize) -> Vec<(u32, u32, f32)> {
    let (wide, high) = ((needle.width() / 2).max(1), (needle.height() / 2).max(1));
    let mut kept: Vec<(u32, u32, f32)> = Vec::new();
    for place in places {
        if kept.iter().all(|k| k.0.abs_diff(place.0) >= wide || k.1.abs_diff(place.1) >= high) {
            kept.push(*place);
            if kept.len() == most {
                break;
            }
        }
    }
    kept
}

/// The small picture, less its mean.
struct Template {
    values: Vec<f32>,
    width: u32,
    height: u32,
    /// Root of the sum of squares.
    norm: f32,
}

impl Template {
    /// None for a picture of one colour.
    fn of(picture: &GrayImage) -> Option<Self> {
        let count = picture.as_raw().len() as f32;
        let mean = picture.as_raw().iter().map(|v| f32::from(*v)).sum::<f32>() / count;
        let values: Vec<f32> = picture.as_raw().iter().map(|v| f32::from(*v) - mean).collect();
        let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        // Less than two shades of difference is noise.
        (norm > 2.0 * count.sqrt()).then(|| Self {
            values,
            width: picture.width(),
            height: picture.height(),
            norm,
        })
    }

    /// How alike the place at `x`, `y` is, -1..=1.
    fn likeness(&self, hay: &GrayImage, sums: &Sums, x: u32, y: u32) -> f32 {
        let (sum, squares) = sums.within(x, y, self.width, self.height);
        let count = f64::from(self.width) * f64::from(self.height);
        let norm = (squares - sum * sum / count).max(0.0).sqrt() as f32;
        if norm <= count.sqrt() as f32 {
            return 0.0;
        }
        let (width, stride) = (self.width as usize, hay.width() as usize);
        // The mean of the template is none, so that of the place need not be taken away.
        let product: f32 = self
            .values
            .chunks_exact(width)
            .enumerate()
            .map(|(row, values)| {
                let from = (y as usize + row) * stride + x as usize;
                let pixels = &hay.as_raw()[from..from + width];
                values.iter().zip(pixels).map(|(v, p)| v * f32::from(*p)).sum::<f32>()
            })
            .sum();
        product / (self.norm * norm)
    }
}

/// Sums of all that is above and to the left, by which those of any rectangle are had at once.
struct Sums {
    width: usize,
    values: Vec<(u64, u64)>,
}

impl Sums {
    fn of(picture: &GrayImage) -> Self {
        let width = picture.width() as usize + 1;
        let mut values = vec![(0, 0); width * (picture.height() as usize + 1)];
        for (y, row) in picture.as_raw().chunks_exact(width - 1).enumerate() {
            let (mut sum, mut squares) = (0, 0);
            for (x, value) in row.iter().enumerate() {
                let value = u64::from(*value);
                (sum, squares) = (sum + value, squares + value * value);
                let above = values[y * width + x + 1];
                values[(y + 1) * width + x + 1] = (above.0 + sum, above.1 + squares);
            }
        }
        Self { width, values }
    }

    fn within(&self, x: u32, y: u32, width: u32, height: u32) -> (f64, f64) {
        let at = |x: u32, y: u32| self.values[y as usize * self.width + x as usize];
        let (a, b, c, d) = (at(x, y), at(x + width, y), at(x, y + height), at(x + width, y + height));
        // Together first: a difference of two of them may be below nothing.
        ((a.0 + d.0 - b.0 - c.0) as f64, (a.1 + d.1 - b.1 - c.1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A picture that is nowhere like itself: the same numbers each time.
    fn noise(width: u32, height: u32) -> GrayImage {
        let mut state = 0x2545_f491_u32;
        GrayImage::from_fn(width, height, |_, _| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            Luma([(state >> 24) as u8])
        })
    }

    fn never() -> bool {
        false
    }

    #[test]
    fn it_ends_in_the_midst_when_nobody_waits_any_more() {
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) >= 10;
        let found = find(&noise(200, 150), &noise(20, 20), 0.8, &stop);
        assert_eq!(found, Err(Fault::new(FaultCode::Cancelled, "cancelled")));
        assert_eq!(asked.get(), 12, "once more behind the last place");
    }

    #[test]
    fn finds_every_place() {
        let blurred = imageops::blur(&noise(64, 48), 2.0);
        let needle = imageops::resize(&blurred, 40, 30, imageops::FilterType::Triangle);
        let mut haystack = GrayImage::from_pixel(500, 400, Luma([90]));
        imageops::replace(&mut haystack, &imageops::blur(&noise(300, 100), 3.0), 100, 200);
        for (x, y) in [(13, 7), (401, 333)] {
            imageops::replace(&mut haystack, &needle, x, y);
        }
        // Darker, and with less contrast.
        let faint = GrayImage::from_fn(40, 30, |x, y| Luma([needle.get_pixel(x, y).0[0] / 2 + 20]));
        imageops::replace(&mut haystack, &faint, 220, 100);
        let mut found: Vec<_> = find(&haystack, &needle, 0.9, &never)
            .expect("finds")
            .iter()
            .map(|m| (m.place.x, m.place.y))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [(13, 7), (220, 100), (401, 333)]);
    }

    /// As thin as letters are, which fall between the pixels of any smaller copy.
    #[test]
    fn fine_detail_is_found_wherever_it_is() {
        let strokes =
            GrayImage::from_fn(61, 19, |x, y| Luma([if (x * x + 3 * y) % 7 < 2 { 240 } else { 20 }]));
        for (x, y) in [(10, 40), (11, 40), (10, 41), (11, 41), (138, 80)] {
            let mut haystack = imageops::blur(&noise(201, 101), 1.0);
            imageops::replace(&mut haystack, &strokes, x, y);
            let found = find(&haystack, &strokes, 0.95, &never).expect("finds");
            let found: Vec<_> = found.iter().map(|m| (i64::from(m.place.x), i64::from(m.place.y))).collect();
            assert_eq!(found, [(x, y)]);
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let found = find(&noise(200, 150), &imageops::blur(&noise(20, 20), 1.5), 0.8, &never);
        assert_eq!(found, Ok(Vec::new()));
        for (needle, why) in [(noise(300, 10), "larger"), (GrayImage::new(8, 8), "one colour")] {
            let fault = find(&noise(200, 150), &needle, 0.8, &never).expect_err("cannot be looked for");
            assert!(fault.message.contains(why), "{fault}");
        }
    }
}
