//! Takes a screen apart into panels and marks. A panel is a surface of one colour that other things stand on: a window, a
//! selected row, a button. A mark is what stands on one: a letter, a part of one, an icon.
//!
//! Screens are drawn and not photographed: a surface is the same colour from one pixel to the next. So no threshold for
//! the whole picture is needed, and a dark terminal beside a light page is no special case.

use image::RgbImage;

/// Neighbours that differ by no more in any channel belong to one surface; gradients do.
const SAME: u8 = 3;

/// A surface of fewer pixels is a part of a mark, such as the inside of an `o`.
const SMALLEST_PANEL: u32 = 400;

/// No panel.
pub const NONE: u32 = u32::MAX;

/// A rectangle; the right and lower edges are outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Left edge.
    pub left: u32,
    /// Upper edge.
    pub top: u32,
    /// Behind the right edge.
    pub right: u32,
    /// Below the lower edge.
    pub bottom: u32,
}

impl Bounds {
    fn of_pixel(x: u32, y: u32) -> Self {
        Self { left: x, top: y, right: x + 1, bottom: y + 1 }
    }

    /// The smallest that holds both.
    pub fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Width.
    pub fn width(self) -> u32 {
        self.right - self.left
    }

    /// Height.
    pub fn height(self) -> u32 {
        self.bottom - self.top
    }

    /// Whether all of `other` is in it.
    pub fn holds(self, other: Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }

    /// Widened on every side, within a picture of that size.
    pub fn padded(self, x: u32, y: u32, (width, height): (u32, u32)) -> Self {
        Self {
            left: self.left.saturating_sub(x),
            top: self.top.saturating_sub(y),
            right: (self.right + x).min(width),
            bottom: (self.bottom + y).min(height),
        }
    }
}

/// A connected set of pixels.
#[derive(Clone, Copy, Debug)]
pub struct Blob {
    /// Where.
    pub bounds: Bounds,
    /// How many pixels.
    pub area: u32,
    /// For a mark: the panel that it stands on. [`NONE`] for what stands on none, and for panels.
    pub panel: u32,
}

/// A picture, taken apart.
pub struct Parts {
    width: u32,
    /// Number of the panel that a pixel belongs to, or [`NONE`].
    panel_of: Vec<u32>,
    /// Number of the mark that a pixel belongs to, or [`NONE`].
    mark_of: Vec<u32>,
    /// All panels, by number.
    pub panels: Vec<Blob>,
    /// All marks, by number.
    pub marks: Vec<Blob>,
}

impl Parts {
    /// Takes `picture` apart.
    pub fn of(picture: &RgbImage) -> Self {
        let (width, height) = picture.dimensions();
        let pixels: &[[u8; 3]] = picture.as_raw().as_chunks().0;
        let at = |x: u32, y: u32| (y * width + x) as usize;
        let same = |a: usize, b: usize| {
            let (a, b) = (pixels[a], pixels[b]);
            (0..3).all(|channel| a[channel].abs_diff(b[channel]) <= SAME)
        };
        let mut surfaces = Sets::new(pixels.len());
        for y in 0..height {
            for x in 0..width {
                let here = at(x, y);
                if x > 0 && same(here, here - 1) {
                    surfaces.join(here, here - 1);
                }
                if y > 0 && same(here, at(x, y - 1)) {
                    surfaces.join(here, at(x, y - 1));
                }
            }
        }
        let (panel_of, panels) = surfaces.blobs(width, |_| true, SMALLEST_PANEL);

        let is_ink = |i: usize| panel_of[i] == NONE;
        let mut inks = Sets::new(pixels.len());
        for y in 0..height {
            for x in (0..width).filter(|x| is_ink(at(*x, y))) {
                let here = at(x, y);
                if x > 0 && is_ink(here - 1) {
                    inks.join(here, here - 1);
                }
                // Strokes of letters meet at their corners, too.
                for above in (x.saturating_sub(1)..=(x + 1).min(width - 1)).filter(|_| y > 0) {
                    if is_ink(at(above, y - 1)) {
                        inks.join(here, at(above, y - 1));
                    }
                }
            }
        }
        let (mark_of, marks) = inks.blobs(width, is_ink, 1);
        let mut parts = Self { width, panel_of, mark_of, panels, marks };
        for number in 0..parts.marks.len() {
            parts.marks[number].panel = parts.panel_round(parts.marks[number].bounds, height);
        }
        parts
    }

    /// Number of the panel at a pixel, or [`NONE`].
    pub fn panel_at(&self, x: u32, y: u32) -> u32 {
        self.panel_of[(y * self.width + x) as usize]
    }

    /// Number of the mark at a pixel, or [`NONE`].
    pub fn mark_at(&self, x: u32, y: u32) -> u32 {
        self.mark_of[(y * self.width + x) as usize]
    }

    /// The panel that most pixels round `bounds` belong to.
    fn panel_round(&self, bounds: Bounds, height: u32) -> u32 {
        let wide = bounds.padded(1, 1, (self.width, height));
        let rows = [wide.top, wide.bottom - 1].into_iter();
        let columns = [wide.left, wide.right - 1].into_iter();
        let round = rows
            .flat_map(|y| (wide.left..wide.right).map(move |x| (x, y)))
            .chain(columns.flat_map(|x| (wide.top..wide.bottom).map(move |y| (x, y))));
        let mut counts: Vec<(u32, u32)> = Vec::new();
        for panel in round.map(|(x, y)| self.panel_at(x, y)).filter(|panel| *panel != NONE) {
            match counts.iter_mut().find(|(known, _)| *known == panel) {
                Some((_, count)) => *count += 1,
                None => counts.push((panel, 1)),
            }
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map_or(NONE, |(panel, _)| panel)
    }
}

/// Disjoint sets of pixels (union by the smaller number, paths halved on the way).
struct Sets(Vec<u32>);

impl Sets {
    fn new(size: usize) -> Self {
        // A picture has no more pixels than the protocol allows, which fits.
        Self((0..size as u32).collect())
    }

    fn root(&mut self, of: usize) -> u32 {
        let mut at = of as u32;
        while self.0[at as usize] != at {
            let above = self.0[self.0[at as usize] as usize];
            self.0[at as usize] = above;
            at = above;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// Numbers the sets that count, and have at least so many pixels.
    fn blobs(mut self, width: u32, counts: impl Fn(usize) -> bool, smallest: u32) -> (Vec<u32>, Vec<Blob>) {
        let mut areas = vec![0_u32; self.0.len()];
        for pixel in 0..self.0.len() {
            let root = self.root(pixel);
            areas[root as usize] += 1;
        }
        let mut blobs: Vec<Blob> = Vec::new();
        // A root is the first pixel of its set: it is numbered before any other of them is met.
        let mut numbers = vec![NONE; self.0.len()];
        for pixel in 0..self.0.len() {
            let root = self.root(pixel) as usize;
            if areas[root] < smallest || !counts(pixel) {
                continue;
            }
            let here = Bounds::of_pixel(pixel as u32 % width, pixel as u32 / width);
            if root == pixel {
                numbers[pixel] = blobs.len() as u32;
                blobs.push(Blob { bounds: here, area: areas[root], panel: NONE });
            } else {
                numbers[pixel] = numbers[root];
                let blob = &mut blobs[numbers[root] as usize];
                blob.bounds = blob.bounds.with(here);
            }
        }
        (numbers, blobs)
    }
}
