//! Tesseract, kept loaded: one for each thread that reads.

use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use image::GrayImage;
use jarvis_engine::{Fault, FaultCode};
use tesseract::PageSegMode;
use tesseract::plumbing::TessBaseApi;
use tesseract::plumbing::tesseract_sys::TessOcrEngineMode_OEM_LSTM_ONLY;

use crate::panels::Bounds;

/// Names of languages: ours (ISO 639-1), and that of Tesseract's data.
const LANGUAGES: &[(&str, &str)] = &[
    ("en", "eng"),
    ("de", "deu"),
    ("fr", "fra"),
    ("es", "spa"),
    ("it", "ita"),
    ("pt", "por"),
    ("nl", "nld"),
    ("da", "dan"),
    ("sv", "swe"),
    ("nb", "nor"),
    ("no", "nor"),
    ("fi", "fin"),
    ("pl", "pol"),
    ("cs", "ces"),
    ("hu", "hun"),
    ("ro", "ron"),
    ("tr", "tur"),
    ("el", "ell"),
    ("ru", "rus"),
    ("uk", "ukr"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("zh", "chi_sim"),
];

/// A word as Tesseract found it.
#[derive(Clone, Debug)]
pub struct Found {
    /// As it was read.
    pub text: String,
    /// In pixels of what was read.
    pub bounds: Bounds,
    /// 0..=1.
    pub confidence: f32,
    /// Number of its line.
    pub line: u32,
}

/// Tesseract with its data loaded.
pub struct Recogniser {
    api: TessBaseApi,
    languages: String,
}

impl Recogniser {
    /// Loads the data of `languages`, as Tesseract names them ("eng+deu"). None when they are not installed.
    fn load(languages: &str) -> Option<Self> {
        let mut api = TessBaseApi::create();
        let name = CString::new(languages).ok()?;
        api.init_4(None, Some(&name), TessOcrEngineMode_OEM_LSTM_ONLY).ok()?;
        Some(Self { api, languages: languages.to_owned() })
    }

    /// Reads dark text on white.
    pub fn read(&mut self, page: &GrayImage, mode: PageSegMode) -> Result<Vec<Found>, Fault> {
        let failed = |e: &dyn std::fmt::Display| {
            Fault::new(FaultCode::Internal, format!("the text cannot be recognised ({e})"))
        };
        let (width, height) = (page.width() as i32, page.height() as i32);
        self.api.set_page_seg_mode(mode.as_tess_page_seg_mode());
        self.api.set_image(page.as_raw(), width, height, 1, width).map_err(|e| failed(&e))?;
        // Of letters of this height, print has so many dots to the inch.
        self.api.set_source_resolution(300);
        self.api.recognize().map_err(|e| failed(&e))?;
        let table = self.api.get_tsv_text(0).map_err(|e| failed(&e))?;
        Ok(words(&table.as_ref().to_string_lossy()))
    }
}

/// The words of Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
fn words(table: &str) -> Vec<Found> {
    let (mut found, mut line) = (Vec::new(), 0);
    for row in table.lines() {
        let cells: Vec<&str> = row.splitn(12, '\t').collect();
        let number = |n: usize| cells.get(n).and_then(|cell| cell.parse::<u32>().ok());
        if cells.first() != Some(&"5") {
            line += u32::from(cells.first() == Some(&"4"));
            continue;
        }
        let (Some(left), Some(top), Some(width), Some(height)) = (number(6), number(7), number(8), number(9))
        else {
            continue;
        };
        let confidence: f32 = cells.get(10).and_then(|cell| cell.parse().ok()).unwrap_or(0.0);
        let text = cells.get(11).unwrap_or(&"").trim();
        if !text.is_empty() {
            found.push(Found {
                text: text.to_owned(),
                bounds: Bounds { left, top, right: left + width, bottom: top + height },
                confidence: (confidence / 100.0).clamp(0.0, 1.0),
                line,
            });
        }
    }
    found
}

/// The recognisers that are loaded and not in use.
#[derive(Default)]
pub struct Recognisers {
    idle: Mutex<Vec<Recogniser>>,
    /// Which languages are installed, as far as it was tried.
    known: Mutex<Vec<(&'static str, bool)>>,
}

impl Recognisers {
    /// Of these languages (ISO 639-1) and English, those that are installed, as Tesseract names them. None for none.
    pub fn installed(&self, languages: &[String]) -> Option<String> {
        let mut names: Vec<&'static str> = Vec::new();
        for language in languages.iter().map(String::as_str).chain(["en"]) {
            let language = language.split(['-', '_']).next().unwrap_or_default();
            if let Some((_, name)) = LANGUAGES.iter().find(|(code, _)| *code == language)
                && !names.contains(name)
                && self.is_installed(name)
            {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join("+"))
    }

    fn is_installed(&self, name: &'static str) -> bool {
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|(n, _)| *n == name)
            .copied();
        if let Some((_, is)) = known {
            return is;
        }
        let loaded = Recogniser::load(name);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push((name, loaded.is_some()));
        let is = loaded.is_some();
        if let Some(loaded) = loaded {
            self.give_back(loaded);
        }
        is
    }

    /// One that knows these languages.
    pub fn take(&self, languages: &str) -> Result<Recogniser, Fault> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = idle.iter().position(|recogniser| recogniser.languages == languages) {
            return Ok(idle.swap_remove(at));
        }
        drop(idle);
        Recogniser::load(languages).ok_or_else(|| {
            Fault::new(FaultCode::ModelDamaged, format!("the data of {languages} cannot be loaded"))
        })
    }

    /// It is of use later.
    pub fn give_back(&self, recogniser: Recogniser) {
        const KEPT: usize = 4;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= KEPT {
            idle.remove(0);
        }
        idle.push(recogniser);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let table = "4\t1\t1\t1\t1\t0\t5\t5\t90\t20\t-1\t\n5\t1\t1\t1\t1\t1\t5\t6\t40\t18\t96.5\tHello\n\
                     5\t1\t1\t1\t1\t2\t50\t6\t40\t18\t0.0\t \n4\t1\t1\t1\t2\t0\t5\t35\t90\t20\t-1\t\nbroken\n\
                     5\t1\t1\t1\t2\t1\t5\t36\t40\t18\t80\t\"quoted\"\n";
        let found = words(table);
        assert_eq!(
            found.iter().map(|w| (w.line, w.text.as_str())).collect::<Vec<_>>(),
            [(1, "Hello"), (2, "\"quoted\"")]
        );
        assert_eq!(found[0].bounds, Bounds { left: 5, top: 6, right: 45, bottom: 24 });
        assert!((found[0].confidence - 0.965).abs() < 1e-6);
    }
}
