//! Direct downloads, resumed by HTTP ranges (RFC 9110, section 14), and the sums that publishers state.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, LOCATION, RANGE};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

use super::part::Partial;
use super::{Failed, Job, Phase};
use crate::error::CatalogError;
use crate::sum::Sum;

/// How long a host may take to be there at all; then the next source has its turn.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one that was not is not tried again: an offline start waits once, and who has gone online since is not put off.
const DEAD: Duration = Duration::from_secs(15);
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How often a connection that breaks midway is taken up again, as long as each brought something.
const RECONNECTS: usize = 8;

/// The HTTP clients. Proxies are taken from the environment.
#[derive(Debug)]
pub struct Web {
    client: Client,
    /// Shows redirects instead of following them: the publisher's sum is in the redirect's headers.
    direct: Client,
}

impl Web {
    /// Sets the clients up; opens no connection.
    pub fn new() -> reqwest::Result<Self> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("jarvis/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT)
                .read_timeout(SILENCE)
        };
        Ok(Self { client: builder().build()?, direct: builder().redirect(redirect::Policy::none()).build()? })
    }
}

/// What to do after an attempt that did not finish.
enum Broken {
    /// The connection was lost; what came stays.
    Lost(String),
    /// What is there does not belong to what the server has now: start anew.
    Stale,
    Failed(Failed),
}

impl From<Failed> for Broken {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

/// Downloads `url` behind what `partial` holds already. `size` is the exact size, if known.
pub async fn download(
    job: &Job<'_>,
    url: &str,
    partial: &mut Partial,
    size: Option<u64>,
) -> Result<(), Failed> {
    let url = parse(url)?;
    require_alive(job, &url)?;
    if let Some(size) = size {
        job.require_space(size.saturating_sub(partial.len()))?;
    }
    // A server that gives nothing is left at once; one that gave something is asked again even then, once.
    let mut patience = 1;
    for _ in 0..RECONNECTS {
        if size.is_some() && Some(partial.len()) == size {
            return Ok(());
        }
        let before = partial.len();
        match transfer(job, &url, partial, size).await {
            Ok(()) => return Ok(()),
            Err(Broken::Failed(failed)) => return Err(failed),
            Err(Broken::Stale) => partial.restart(None).map_err(|e| job.io(partial.path(), e, 0))?,
            Err(Broken::Lost(reason)) if partial.len() > before || (before > 0 && patience > 0) => {
                tracing::info!(reason, have = partial.len(), "the connection was lost; going on from here");
                patience = if partial.len() > before { 1 } else { patience - 1 };
            }
            Err(Broken::Lost(reason)) => return Err(Failed::Unreachable(reason)),
        }
    }
    Err(Failed::Unreachable("keeps losing the connection".to_owned()))
}

async fn transfer(job: &Job<'_>, url: &Url, partial: &mut Partial, size: Option<u64>) -> Result<(), Broken> {
    let mut request = job.web.client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
    let have = partial.len();
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
        // A weak tag does not promise equal bytes and may not be used here.
        if let Some(etag) = partial.etag().filter(|tag| !tag.starts_with("W/")) {
            request = request.header(IF_RANGE, etag);
        }
    }
    let response = send(job, url, request).await?;
    let etag = text(response.headers(), ETAG.as_str());
    let status = response.status();
    let total = match status {
        StatusCode::PARTIAL_CONTENT if have > 0 => {
            let range = text(response.headers(), CONTENT_RANGE.as_str());
            let (start, total) = range.as_deref().and_then(parse_content_range).ok_or(Broken::Stale)?;
            if start != have || partial.etag() != etag.as_deref() {
                return Err(Broken::Stale);
            }
            total
        }
        StatusCode::OK => {
            let begun = if have > 0 { partial.restart(etag) } else { partial.begin(etag) };
            begun.map_err(|e| job.io(partial.path(), e, 0))?;
            response.content_length()
        }
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => return Err(Broken::Stale),
        _ => return Err(Failed::Unreachable(format!("answered {status}")).into()),
    };
    if let (Some(offered), Some(size)) = (total, size)
        && offered != size
    {
        let reason = format!("offers a file of {offered} bytes instead of {size}");
        return Err(Failed::WrongBytes(reason).into());
    }
    receive(job, response, partial, total.or(size)).await
}

/// Appends the body to the partial file.
async fn receive(
    job: &Job<'_>,
    response: Response,
    partial: &mut Partial,
    total: Option<u64>,
) -> Result<(), Broken> {
    let need = total.map_or(0, |total| total.saturating_sub(partial.len()));
    job.require_space(need)?;
    let path = partial.path().to_owned();
    let io =
        |error, done: u64| Broken::Failed(job.io(&path, error, total.unwrap_or(done).saturating_sub(done)));
    let mut done = partial.len();
    let mut file = OpenOptions::new().create(true).append(true).open(&path).await.map_err(|e| io(e, done))?;
    let mut body = response.bytes_stream();
    job.report(Phase::Downloading, done, total);
    let ended = loop {
        let next = tokio::select! {
            biased;
            () = job.cancel.cancelled() => break Err(Broken::Failed(CatalogError::Cancelled.into())),
            next = body.next() => next,
        };
        match next {
            None => break Ok(()),
            Some(Err(error)) => break Err(Broken::Lost(format!("broke off ({})", cause(&error)))),
            Some(Ok(bytes)) => {
                if let Err(error) = file.write_all(&bytes).await {
                    break Err(io(error, done));
                }
                done += bytes.len() as u64;
                job.report(Phase::Downloading, done, total);
            }
        }
    };
    // However it ended, what came is kept for the next time.
    let flushed = file.flush().await;
    partial.measure();
    ended?;
    flushed.map_err(|e| io(e, partial.len()))?;
    match total {
        Some(total) if partial.len() < total => Err(Broken::Lost("ended too early".to_owned())),
        _ => Ok(()),
    }
}

/// Asks the publisher for the sum and the size of the file.
///
/// Hugging Face answers a request for a large file with a redirect that carries its SHA-256 in
/// `X-Linked-ETag` and its size in `X-Linked-Size`; small files are in git itself and their `ETag` is the git id.
pub async fn publishers_sum(job: &Job<'_>) -> Result<(Sum, Option<u64>), Failed> {
    let url = job.source.url.as_deref().unwrap_or_default();
    let mut url = parse(url)?;
    require_alive(job, &url)?;
    for _hop in 0..5 {
        let request = job.web.direct.head(url.clone()).header(ACCEPT_ENCODING, "identity");
        let response = match send(job, &url, request).await {
            Ok(response) => response,
            Err(Broken::Failed(failed)) => return Err(failed),
            Err(Broken::Lost(reason)) => return Err(Failed::Unreachable(reason)),
            Err(Broken::Stale) => return Err(Failed::Unreachable("gave no sensible answer".to_owned())),
        };
        let headers = response.headers();
        if let Some(sum) = text(headers, "x-linked-etag").as_deref().and_then(stated_sum) {
            return Ok((sum, number(headers, "x-linked-size")));
        }
        if response.status().is_redirection() {
            let next = text(headers, LOCATION.as_str()).and_then(|to| url.join(&to).ok());
            // Another host would speak for itself, not for the publisher.
            match next.filter(|next| next.host_str() == url.host_str()) {
                Some(next) => url = next,
                None => break,
            }
        } else if response.status().is_success() {
            let sum = text(headers, ETAG.as_str()).as_deref().and_then(stated_sum);
            return match sum {
                Some(sum) => Ok((sum, number(headers, "content-length").filter(|n| *n > 0))),
                None => break,
            };
        } else {
            return Err(Failed::Unreachable(format!("answered {}", response.status())));
        }
    }
    Err(Failed::Unreachable("states no checksum for the file".to_owned()))
}

async fn send(job: &Job<'_>, url: &Url, request: reqwest::RequestBuilder) -> Result<Response, Broken> {
    let result = tokio::select! {
        biased;
        () = job.cancel.cancelled() => return Err(Failed::Stop(CatalogError::Cancelled).into()),
        result = request.send() => result,
    };
    result.map_err(|error| {
        if error.is_connect() {
            let mut dead = job.dead_hosts.lock().expect("no panic happens under this lock");
            dead.insert(host(url), Instant::now());
            return Failed::Unreachable(format!("does not answer ({})", cause(&error))).into();
        }
        Broken::Lost(format!("does not answer ({})", cause(&error)))
    })
}

fn require_alive(job: &Job<'_>, url: &Url) -> Result<(), Failed> {
    let dead = job.dead_hosts.lock().expect("no panic happens under this lock");
    if dead.get(&host(url)).is_some_and(|since| since.elapsed() < DEAD) {
        Err(Failed::Unreachable("did not answer a moment ago".to_owned()))
    } else {
        Ok(())
    }
}

fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

fn parse(url: &str) -> Result<Url, Failed> {
    Url::parse(url).map_err(|error| Failed::Unreachable(format!("is not a URL ({error})")))
}

/// The innermost reason, which is the one that means something to a person.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// `bytes 5-9/10` to where it starts and how long the whole is.
fn parse_content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((start.parse().ok()?, total))
}

fn stated_sum(etag: &str) -> Option<Sum> {
    let hex = etag.trim_start_matches("W/").trim_matches('"').to_ascii_lowercase();
    let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
    match hex.len() {
        64 if is_hex => Some(Sum::Sha256(hex)),
        40 if is_hex => Some(Sum::GitBlob(hex)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_servers_write_them() {
        assert_eq!(parse_content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(parse_content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(parse_content_range("bytes */10"), None);
        let (sha, git) = ("AB".repeat(32), "cd".repeat(20));
        assert_eq!(stated_sum(&format!("\"{sha}\"")), Some(Sum::Sha256("ab".repeat(32))));
        assert_eq!(stated_sum(&format!("W/\"{git}\"")), Some(Sum::GitBlob(git)));
        assert_eq!(stated_sum("\"68b329da9893e34099c7d8ad5cb9c940\""), None);
    }
}
