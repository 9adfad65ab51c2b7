//! The eyes: pictures of the screen and what stands in them, by an engine process of its own, within bounds of time.
//!
//! It writes no file and decides nothing. The tools (`read_screen` and the like) are its users, and whoever looks for the
//! place to click.

mod finding;
mod reading;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use jarvis_core::{Code, Failure};
use jarvis_engine::eyes::{Area, Lack, Match, Reply, Request, View, WindowInfo};
use jarvis_engine::{Engine, EngineError, FaultCode};
use tokio::time::{Instant, timeout_at};

pub use finding::FindOnScreen;
pub use reading::{Found, Reading, find_text};
pub use tools::{ReadScreen, TakeScreenshot};

/// The engine that looks.
pub type EyesEngine = Engine<Request, Reply>;

/// Under Wayland the person may be asked first whether the screen may be looked at.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pictures larger than this do not fit into a request, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// Why nothing was seen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EyesError {
    /// There is no screen.
    #[error("there is no screen to look at ({reason})")]
    NoScreen {
        /// What is missing.
        reason: String,
    },
    /// There is no such window.
    #[error("{reason}")]
    NoWindow {
        /// Which.
        reason: String,
    },
    /// No text can be recognised.
    #[error("{reason}")]
    NoLanguage {
        /// What is missing, and the remedy.
        reason: String,
    },
    /// The picture is broken, or too large.
    #[error("{reason}")]
    BadPicture {
        /// What is the matter.
        reason: String,
    },
    /// It took too long.
    #[error("looking took more than {} seconds and was given up", PATIENCE.as_secs())]
    TooLong,
    /// The engine failed.
    #[error(transparent)]
    Engine(EngineError),
}

impl EyesError {
    /// What is to be done about it, one plain sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoScreen { .. } => "Start Jarvis within a desktop session.".into(),
            Self::NoWindow { .. } => "Ask for the list of windows, or name another.".into(),
            Self::NoLanguage { .. } => "Install Tesseract's data: apt install tesseract-ocr-eng.".into(),
            Self::BadPicture { .. } => {
                "Pictures of up to 64 megapixels are looked at; choose another.".into()
            }
            Self::TooLong => "Ask again, for a part of the screen.".into(),
            Self::Engine(error) => error.failure().remedy,
        }
    }

    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let code = match self {
            Self::Engine(error) => return error.failure(),
            Self::NoScreen { .. } => Code::Unavailable,
            Self::NoWindow { .. } => Code::NotFound,
            Self::NoLanguage { .. } => Code::ModelMissing,
            Self::BadPicture { .. } => Code::BadRequest,
            Self::TooLong => Code::TimedOut,
        };
        Failure::sentence(code, self, self.remedy())
    }
}

/// A picture of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// As PNG.
    pub png: Vec<u8>,
    /// Which part of the screen it shows; its width and height are the picture's.
    pub place: Area,
    /// Title of the window, when it is of one.
    pub title: Option<String>,
}

/// See the module.
#[derive(Clone)]
pub struct Eyes {
    engine: Arc<EyesEngine>,
    languages: Vec<String>,
}

impl Eyes {
    /// Eyes for a person who reads `languages` (ISO 639-1 codes). English is always read.
    pub fn new(engine: Arc<EyesEngine>, languages: Vec<String>) -> Self {
        Self { engine, languages }
    }

    /// Which windows there are, the foremost first. None where the desktop does not tell (Wayland).
    pub async fn windows(&self) -> Result<Vec<WindowInfo>, EyesError> {
        let replies = self.ask(Request::Windows, Vec::new()).await?;
        Ok(replies
            .into_iter()
            .filter_map(|(reply, _)| if let Reply::Window(window) = reply { Some(window) } else { None })
            .collect())
    }

    /// Takes a picture.
    pub async fn capture(&self, what: &View) -> Result<Picture, EyesError> {
        let replies = self.ask(Request::Capture { view: what.clone() }, Vec::new()).await?;
        let picture = replies.into_iter().find_map(|(reply, png)| match reply {
            Reply::Picture(info) => Some(Picture { png, place: info.place, title: info.title }),
            _ => None,
        });
        picture.ok_or_else(|| EyesError::BadPicture { reason: "no picture came of it".into() })
    }

    /// Reads what stands in a picture.
    pub async fn read(&self, png: Vec<u8>) -> Result<Reading, EyesError> {
        let replies = self.ask(Request::Read { languages: self.languages.clone() }, png).await?;
        let lines = replies.into_iter().filter_map(|(reply, _)| match reply {
            Reply::Line(line) => Some(line),
            _ => None,
        });
        Ok(Reading { lines: lines.collect() })
    }

    /// Finds the places in a picture where a smaller one is, the best first. Brightness may differ, size may not.
    pub async fn find_picture(
        &self,
        haystack_png: &[u8],
        needle_png: &[u8],
    ) -> Result<Vec<Match>, EyesError> {
        /// Correlation from which two pictures are the same to the eye.
        const AT_LEAST: f32 = 0.9;
        let request = Request::Find { haystack_bytes: haystack_png.len() as u64, at_least: AT_LEAST };
        let replies = self.ask(request, [haystack_png, needle_png].concat()).await?;
        Ok(replies
            .into_iter()
            .filter_map(|(reply, _)| if let Reply::Match(place) = reply { Some(place) } else { None })
            .collect())
    }

    async fn ask(&self, request: Request, payload: Vec<u8>) -> Result<Vec<(Reply, Vec<u8>)>, EyesError> {
        if payload.len() > MAX_BYTES {
            return Err(EyesError::BadPicture { reason: "the picture is too large".into() });
        }
        let deadline = Instant::now() + PATIENCE;
        let mut replies = self.engine.request(request, payload);
        let mut all = Vec::new();
        loop {
            let Ok(reply) = timeout_at(deadline, replies.next()).await else {
                // Native code does not listen: it is ended.
                self.engine.stop();
                return Err(EyesError::TooLong);
            };
            match reply {
                None => return Ok(all),
                Some(Ok((Reply::Lack { lack, detail: reason }, _))) => {
                    return Err(match lack {
                        Lack::Screen => EyesError::NoScreen { reason },
                        Lack::Window => EyesError::NoWindow { reason },
                        Lack::Language => EyesError::NoLanguage { reason },
                    });
                }
                Some(Ok((reply, payload))) => all.push((reply, payload.to_vec())),
                Some(Err(EngineError::Fault(fault))) if fault.code == FaultCode::BadRequest => {
                    return Err(EyesError::BadPicture { reason: fault.message });
                }
                Some(Err(error)) => return Err(EyesError::Engine(error)),
            }
        }
    }
}
