//! The reader of documents: takes PDF, DOCX, spreadsheets, web pages and text apart into passages.
//!
//! It answers the requests of [`jarvis_engine::documents`] on its standard input until that is closed. It opens no file and
//! reaches no network, and where the system allows it, it may have only so much memory: a document that was made to do harm
//! ends this process, and nothing else.

mod passages;
mod pdf;
mod table;
mod text;
mod word;

use jarvis_engine::documents::{Format, Reply, Request};
use jarvis_engine::{Fault, FaultCode, Handler, Responder, serve};
use passages::Passages;
use tracing_subscriber::EnvFilter;

/// Most memory that the process may have: sixteen times the largest document.
#[cfg(unix)]
const MEMORY: u64 = 1 << 30;

struct Reader;

impl Handler<Request, Reply> for Reader {
    fn handle(&self, request: Request, payload: Vec<u8>, reply: &Responder<Reply>) -> Result<(), Fault> {
        let Request::Read { format } = request;
        let mut passages = Passages::new(reply);
        match format {
            Format::Pdf => pdf::read(&payload, &mut passages),
            Format::Docx => word::read(&payload, &mut passages),
            Format::Spreadsheet => table::spreadsheet(payload, &mut passages),
            Format::Csv => table::csv(&payload, &mut passages),
            Format::Html => text::html(&payload, &mut passages),
            Format::Markdown => passages.markdown(None, None, &text::decoded(&payload)),
            Format::Text => passages.plain(None, None, &text::decoded(&payload)),
        }
    }
}

/// The document is not what its name says, or broken.
fn broken(reason: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::BadRequest, format!("the document cannot be read ({reason})"))
}

fn main() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let limit = rustix::process::Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
        rustix::process::setrlimit(rustix::process::Resource::As, limit)?;
    }
    // The libraries complain about every oddity of a document.
    let filter = EnvFilter::try_from_env("JARVIS_LOG")
        .unwrap_or_else(|_| EnvFilter::new("error,lopdf=off,pdf_extract=off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    serve(Reader)?;
    Ok(())
}
