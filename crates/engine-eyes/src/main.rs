//! Jarvis's eyes: pictures of the screen, the text in pictures, and pictures within pictures.
//!
//! It answers the requests of [`jarvis_engine::eyes`] on its standard input until that is closed. It writes no file and keeps
//! no picture, and where the system allows it, it may have only so much memory: a picture that was made to do harm ends this
//! process, and nothing else.

mod capture;
mod decode;
mod find;
mod lines;
mod order;
mod panels;
mod photo;
mod prepare;
mod read;
mod recogniser;

use std::sync::atomic::Ordering;

use jarvis_engine::eyes::{Lack, Reply, Request};
use jarvis_engine::{Fault, FaultCode, Handler, Responder, serve};
use recogniser::Recognisers;
use tracing_subscriber::EnvFilter;

/// Most memory that the process may have, of addresses: a picture of the largest size with all that is reckoned of it takes
/// 2 GiB, and libraries for the screen reserve more than they use.
#[cfg(unix)]
const MEMORY: u64 = 4 << 30;

/// What is said where no language is installed.
const NO_LANGUAGE: &str = "text cannot be recognised: Tesseract has no data of English (Debian and Ubuntu: apt install tesseract-ocr-eng)";

#[derive(Default)]
struct Eyes {
    recognisers: Recognisers,
}

impl Handler<Request, Reply> for Eyes {
    fn handle(&self, request: Request, payload: Vec<u8>, reply: &Responder<Reply>) -> Result<(), Fault> {
        let cancelled = reply.cancel_flag();
        let stop = || cancelled.load(Ordering::Relaxed);
        match request {
            Request::Windows => capture::windows(reply),
            Request::Capture { view } => capture::capture(&view, reply),
            Request::Read { languages } => {
                let picture = decode::picture(&payload)?.to_rgb8();
                drop(payload);
                let Some(languages) = self.recognisers.installed(&languages) else {
                    return reply.send(Reply::Lack { lack: Lack::Language, detail: NO_LANGUAGE.into() }, &[]);
                };
                let lines = read::read(&picture, &self.recognisers, &languages, &stop)?;
                lines.into_iter().try_for_each(|line| reply.send(Reply::Line(line), &[]))
            }
            Request::Find { haystack_bytes, at_least } => {
                let (haystack, needle) = usize::try_from(haystack_bytes)
                    .ok()
                    .and_then(|at| payload.split_at_checked(at))
                    .ok_or_else(|| Fault::new(FaultCode::BadRequest, "there is no second picture"))?;
                let (haystack, needle) =
                    (decode::picture(haystack)?.to_luma8(), decode::picture(needle)?.to_luma8());
                let found = find::find(&haystack, &needle, at_least, &stop)?;
                found.into_iter().try_for_each(|found| reply.send(Reply::Match(found), &[]))
            }
        }
    }
}

fn main() -> anyhow::Result<()> {
    one_thread_each()?;
    #[cfg(unix)]
    {
        let limit = rustix::process::Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
        rustix::process::setrlimit(rustix::process::Resource::As, limit)?;
    }
    let filter = EnvFilter::try_from_env("JARVIS_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    serve(Eyes::default())?;
    Ok(())
}

/// Tesseract starts threads for a single line, and most of their time they wait for one another. Here whole pages are read
/// side by side instead. Its library asks the environment at its own start, so this program starts itself once more.
#[cfg(unix)]
fn one_thread_each() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;
    const LIMIT: &str = "OMP_THREAD_LIMIT";
    if std::env::var_os(LIMIT).is_some() {
        return Ok(());
    }
    let itself = std::env::current_exe()?;
    Err(std::process::Command::new(itself).args(std::env::args_os().skip(1)).env(LIMIT, "1").exec())
}

#[cfg(not(unix))]
fn one_thread_each() -> std::io::Result<()> {
    Ok(())
}
