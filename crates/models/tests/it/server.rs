//! A real HTTP server on a free port that serves one file with the habits it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode};
use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::Notify;

#[derive(Clone)]
pub struct Habits {
    pub body: Vec<u8>,
    pub etag: String,
    pub ranges: bool,
    /// Answers a range although `If-Range` names another version.
    pub careless: bool,
    /// Breaks the connection off after so many bytes of a response (if any, once [`Server::arrived`] says that
    /// they are there), once for each entry, the last first.
    pub break_after: Vec<usize>,
    /// Sends so many bytes of a response, then nothing more, once.
    pub hang_after: Option<usize>,
    pub status: StatusCode,
    /// Further headers of every answer.
    pub headers: Vec<(&'static str, String)>,
}

/// One request as it came: method, `Range`, `If-Range`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub range: Option<String>,
    pub if_range: Option<String>,
}

#[derive(Clone)]
pub struct Server {
    pub habits: Arc<Mutex<Habits>>,
    requests: Arc<Mutex<Vec<Request>>>,
    /// Tells the server that the client has what it was sent.
    pub arrived: Arc<Notify>,
    port: u16,
}

impl Server {
    pub async fn start(body: &[u8]) -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), body)
    }

    pub fn start_on(listener: TcpListener, body: &[u8]) -> Self {
        let habits = Habits {
            body: body.to_vec(),
            etag: "\"v1\"".to_owned(),
            ranges: true,
            careless: false,
            break_after: Vec::new(),
            hang_after: None,
            status: StatusCode::OK,
            headers: Vec::new(),
        };
        let port = listener.local_addr().unwrap().port();
        let server = Self {
            habits: Arc::new(Mutex::new(habits)),
            requests: Arc::default(),
            arrived: Arc::default(),
            port,
        };
        let router = Router::new().fallback(serve).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/file.bin", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn set(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut self.habits.lock().unwrap());
    }
}

async fn serve(State(server): State<Server>, method: Method, headers: HeaderMap) -> Response<Body> {
    let header = |name: &str| headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    let request = Request { method: method.clone(), range: header("range"), if_range: header("if-range") };
    server.requests.lock().unwrap().push(request.clone());
    let mut habits = server.habits.lock().unwrap();

    let same = habits.careless || request.if_range.as_ref().is_none_or(|tag| *tag == habits.etag);
    let start = request
        .range
        .filter(|_| habits.ranges && same)
        .map(|range| range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap());
    let mut response = Response::builder().header("etag", &habits.etag);
    for (name, value) in &habits.headers {
        response = response.header(*name, value);
    }
    if habits.status != StatusCode::OK {
        return response.status(habits.status).body(Body::empty()).unwrap();
    }
    let total = habits.body.len();
    if let Some(start) = start {
        response = response
            .status(StatusCode::PARTIAL_CONTENT)
            .header("content-range", format!("bytes {start}-{}/{total}", total - 1));
    }
    let rest = habits.body[start.unwrap_or(0)..].to_vec();
    response = response.header("content-length", rest.len());
    if method == Method::HEAD {
        return response.body(Body::empty()).unwrap();
    }
    let pieces = |n: usize| futures::stream::iter([Ok(Bytes::copy_from_slice(&rest[..n]))]);
    let body = if let Some(n) = habits.break_after.pop() {
        let arrived = server.arrived.clone();
        let broken = futures::stream::once(async move {
            if n > 0 {
                arrived.notified().await;
            }
            Err(std::io::Error::other("broken"))
        });
        Body::from_stream(pieces(n).chain(broken))
    } else if let Some(n) = habits.hang_after.take() {
        Body::from_stream(pieces(n).chain(futures::stream::pending()))
    } else {
        Body::from(rest)
    };
    response.body(body).unwrap()
}
