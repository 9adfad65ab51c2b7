//! The window's way to the API: a custom scheme, answered in process by the same router that `jarvis serve` opens.

use tauri::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};
use tauri::http::{Request, Response, StatusCode};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder, Url};

use crate::shell::Shell;

/// The scheme.
pub(crate) const SCHEME: &str = "jarvis";

/// Where the pages are. Where a scheme of one's own is not to be had, the web view makes a name of it.
const BASE: &str =
    if cfg!(any(windows, target_os = "android")) { "http://jarvis.localhost" } else { "jarvis://localhost" };

/// By what the pages may reach the shell besides: the commands of [`crate::commands`].
pub(crate) const CONNECT: &str = "ipc: http://ipc.localhost";

/// Address of a view of the one page, such as "/settings".
pub(crate) fn address(place: &str) -> Url {
    Url::parse(&format!("{BASE}/#{place}")).expect("a view's address is well-formed")
}

/// Whether a page may go there without leaving the window.
pub(crate) fn is_ours(url: &Url) -> bool {
    let ours = address("");
    (url.scheme(), url.host_str(), url.port()) == (ours.scheme(), ours.host_str(), ours.port())
}

/// Answers one request.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let shell = context.app_handle().state::<Shell>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let mut answer = shell.pages.answer(request).await.unwrap_or_else(|e| {
            tracing::error!("an answer broke off: {e}");
            let mut broken = Response::new(Vec::new());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            broken
        });
        // The pages ask for their own files as for a stranger's, and a scheme of one's own has no origin to compare.
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(BASE));
        responder.respond(answer);
    });
}
