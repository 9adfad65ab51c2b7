//! Lines that somebody types. They are read on a thread that nobody waits for: a read of a terminal cannot be cancelled, and one of
//! tokio's would hold up the end of the program.
//!
//! There is one reader in the program. With a second, a line would go to whichever has waited longer, be it in vain.

use std::io;
use std::sync::OnceLock;

use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedReceiver};

static LINES: OnceLock<Mutex<UnboundedReceiver<String>>> = OnceLock::new();

/// The next line; none at the end of the input. Dropping the future loses none.
pub async fn line() -> Option<String> {
    lines().lock().await.recv().await
}

/// The next line that is typed from now on: what was typed before a question does not answer it.
pub async fn answer() -> Option<String> {
    let mut lines = lines().lock().await;
    later(&mut lines).await
}

async fn later(lines: &mut UnboundedReceiver<String>) -> Option<String> {
    while lines.try_recv().is_ok() {}
    lines.recv().await
}

fn lines() -> &'static Mutex<UnboundedReceiver<String>> {
    // Without a thread nobody types anything.
    LINES.get_or_init(|| Mutex::new(open().unwrap_or_else(|_| mpsc::unbounded_channel().1)))
}

/// All lines, for whoever reads them alone.
pub fn open() -> io::Result<UnboundedReceiver<String>> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::Builder::new().name("keyboard".into()).spawn(move || {
        for line in io::stdin().lines() {
            if !line.is_ok_and(|line| sender.send(line).is_ok()) {
                return;
            }
        }
    })?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_typed_before_a_question_does_not_answer_it() {
        let (sender, mut lines) = mpsc::unbounded_channel();
        sender.send("yes".to_string()).unwrap();
        let typing = async {
            tokio::task::yield_now().await;
            sender.send("no".to_string()).unwrap();
        };
        assert_eq!(tokio::join!(later(&mut lines), typing).0.as_deref(), Some("no"));
        let given_up = tokio::select! {
            biased;
            _ = later(&mut lines) => false,
            () = std::future::ready(()) => true,
        };
        assert!(given_up);
        sender.send("what time is it".to_string()).unwrap();
        assert_eq!(lines.recv().await.as_deref(), Some("what time is it"), "it goes to who asks next");
    }
}
