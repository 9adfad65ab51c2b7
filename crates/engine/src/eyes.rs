//! What is asked of the eyes: pictures of the screen, and what stands in pictures.
//!
//! What they look at was made by anybody, and the code that looks is native: it lives in a process of its own. A picture
//! travels as PNG, beside the request or the reply as its payload. Nothing is kept there from one request to the next but
//! what the recogniser has loaded.

use serde::{Deserialize, Serialize};

/// Largest picture that is looked at, in pixels: eight screens of 4K.
pub const MAX_PIXELS: u64 = 64 << 20;

/// Longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 32_000;

/// A request to the eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Which windows there are: any number of [`Reply::Window`], the foremost first.
    Windows,
    /// Take a picture: one [`Reply::Picture`] with the PNG as payload.
    Capture {
        /// Of what.
        view: View,
    },
    /// Read the picture in the payload: any number of [`Reply::Line`] in reading order.
    Read {
        /// Languages that it may be in, ISO 639-1 codes. English always counts as one; those that are not installed are
        /// left out.
        languages: Vec<String>,
    },
    /// Find a small picture within a large one: any number of [`Reply::Match`], the best first. The payload is the large
    /// one, and after it the small one.
    Find {
        /// Length of the large one, in bytes.
        haystack_bytes: u64,
        /// Likeness that counts as found, 0..=1.
        at_least: f32,
    },
}

/// What is looked at. Positions are pixels of the screen, from its left upper corner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum View {
    /// The main screen.
    Screen,
    /// One window.
    Window {
        /// A part of its title, in any case; none for the window that has the focus.
        title: Option<String>,
    },
    /// A part of the screen.
    Region {
        /// Left edge.
        x: i32,
        /// Upper edge.
        y: i32,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
}

/// A piece of a reply of the eyes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// A window.
    Window(WindowInfo),
    /// A picture; the PNG is the payload.
    Picture(PictureInfo),
    /// A line of text.
    Line(Line),
    /// A place where the small picture is.
    Match(Match),
    /// It cannot be done, for want of something.
    Lack {
        /// Of what.
        lack: Lack,
        /// More about it, for people.
        detail: String,
    },
}

/// What there is none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// A screen that can be looked at.
    Screen,
    /// A window of that title.
    Window,
    /// Data of any language, by which text is recognised.
    Language,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowInfo {
    /// Its title.
    pub title: String,
    /// Where it is on the screen.
    pub place: Area,
    /// Whether it has the focus.
    pub focused: bool,
}

/// What is known of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureInfo {
    /// Which part of the screen it shows.
    pub place: Area,
    /// Title of the window, when it is of one.
    pub title: Option<String>,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Area {
    /// Its middle: where one would click.
    pub fn middle(&self) -> (i32, i32) {
        // Half of what fits into 32 bits fits.
        let half = |n: u32| (n / 2) as i32;
        (self.x.saturating_add(half(self.width)), self.y.saturating_add(half(self.height)))
    }

    /// The smallest rectangle that holds both.
    pub fn with(&self, other: &Self) -> Self {
        let right = |a: &Self| i64::from(a.x) + i64::from(a.width);
        let lower = |a: &Self| i64::from(a.y) + i64::from(a.height);
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let length = |end: i64, from: i32| u32::try_from(end - i64::from(from)).unwrap_or(u32::MAX);
        Self {
            x,
            y,
            width: length(right(self).max(right(other)), x),
            height: length(lower(self).max(lower(other)), y),
        }
    }
}

/// A line of text in a picture, or a part of one that stands by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// From left to right.
    pub words: Vec<Word>,
}

/// A word in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As it was read.
    pub text: String,
    /// Where it stands, in pixels of the picture.
    pub place: Area,
    /// How sure the recogniser is, 0..=1.
    pub confidence: f32,
}

/// A place where a small picture is within a large one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Where, in pixels of the large one.
    pub place: Area,
    /// How alike they are, 0..=1: the correlation of their shades of grey.
    pub likeness: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_join_and_have_a_middle() {
        let area = |x, y, width, height| Area { x, y, width, height };
        assert_eq!(area(10, 20, 5, 6).with(&area(0, 24, 4, 10)), area(0, 20, 15, 14));
        assert_eq!(area(-10, 4, 20, 3).middle(), (0, 5));
    }
}
