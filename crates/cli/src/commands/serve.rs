//! `jarvis serve`.

use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::Assistant;
use jarvis_core::{Code, Failure};
use jarvis_server::Token;
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;

use crate::args::Serve;
use crate::events;
use crate::output::{self, Output};

/// A token is at least so long: shorter ones can be guessed.
const SHORTEST: usize = 32;

pub async fn run(args: Serve) -> anyhow::Result<ExitCode> {
    let token = match &args.token_file {
        Some(file) => token_in(file)?,
        None => Token::random(),
    };
    // Never anywhere but here: who wants it elsewhere puts a door of their own before it.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = TcpListener::bind(address).await.map_err(|e| {
        let remedy = "Choose another with `--port`, or let `--port 0` choose.";
        Failure::new(Code::BadRequest, format!("Port {} cannot be opened ({e}).", args.port), remedy)
    })?;
    let address = listener.local_addr()?;
    let out = Output::new(args.json);
    let assistant = Assistant::start().await?;
    let mut stream = assistant.bus().subscribe();
    tokio::spawn(async move {
        loop {
            match stream.recv().await {
                Ok(event) => events::show(&event, out),
                Err(RecvError::Lagged(missed)) => output::note(format!("({missed} events were not shown)")),
                Err(RecvError::Closed) => return,
            }
        }
    });
    out.record(&serde_json::json!({"type": "serving", "url": format!("http://{address}/")}), |_| {
        format!("Open http://{address}/#token={}\nThe API is described at http://{address}/api/docs; Ctrl-C ends it.", token.secret())
    });
    if !args.no_voice {
        assistant.listen().await;
    }
    let ending = tokio::spawn(stop_on_ctrl_c(Arc::clone(&assistant)));
    jarvis_server::serve(listener, assistant, token).await?;
    // The server ends when this has begun; it must also end.
    ending.await?;
    Ok(ExitCode::SUCCESS)
}

async fn stop_on_ctrl_c(assistant: Arc<Assistant>) {
    // Where the signal cannot be watched for, it ends the program at once.
    if tokio::signal::ctrl_c().await.is_ok() {
        assistant.stop().await;
    }
}

/// The token in `file`; where there is no such file, it is made, for its owner's eyes alone.
fn token_in(file: &Path) -> Result<Token, Failure> {
    let unusable = |reason: &dyn std::fmt::Display| {
        let message = format!("The token file {} cannot be used ({reason}).", file.display());
        Failure::new(
            Code::BadConfig,
            message,
            "Name another with `--token-file`, or delete it and a new one is made.",
        )
    };
    match std::fs::read_to_string(file) {
        Ok(text) if text.trim().len() >= SHORTEST && text.trim().bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Token::new(&text))
        }
        Ok(_) => Err(unusable(&format_args!("a token is at least {SHORTEST} letters and digits"))),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let token = Token::random();
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut new = options.open(file).map_err(|e| unusable(&e))?;
            writeln!(new, "{}", token.secret()).map_err(|e| unusable(&e))?;
            Ok(token)
        }
        Err(e) => Err(unusable(&e)),
    }
}
