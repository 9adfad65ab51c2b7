//! Speaks to the sound card from the command line, one line an event: for trying a machine's devices, and for the
//! tests, which run it under a virtual sound card.
//!
//! - `loopback devices`
//! - `loopback listen OUT.wav [DEVICE]`: records until standard input closes
//! - `loopback play FILE [STOP_AFTER_MS]`: plays, and stops after so much of it was handed to the device; begins again
//!   when a lost speaker is back; ends with the sound or when standard input closes
//! - `loopback wait FILE`: plays, by a speaker that need not be there yet
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use jarvis_audio::{
    AudioError, Capture, CaptureConfig, CaptureItem, Direction, Player, PlayerEvent, devices, file,
};
use jarvis_core::audio::{Pcm, SAMPLE_RATE};

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["devices"] => list(),
        ["listen", out] => listen(devices::DEFAULT, Path::new(out)),
        ["listen", out, device] => listen(device, Path::new(out)),
        ["play", path] => play(Path::new(path), false, None),
        ["wait", path] => play(Path::new(path), true, None),
        ["play", path, ms] => play(Path::new(path), false, ms.parse().ok().map(Duration::from_millis)),
        _ => {
            println!(
                "usage: loopback devices | listen OUT.wav [DEVICE] | play FILE [STOP_AFTER_MS] | wait FILE"
            );
            return 2.into();
        }
    };
    match done {
        Ok(()) => 0.into(),
        Err(e) => {
            println!("failed {}", e.failure());
            1.into()
        }
    }
}

fn list() -> Result<(), AudioError> {
    for direction in [Direction::Input, Direction::Output] {
        for d in devices::list(direction) {
            let default = if d.default { " (default)" } else { "" };
            println!(
                "{direction} {} [{}] {} Hz, {} channels{default}",
                d.name, d.id, d.sample_rate, d.channels
            );
        }
    }
    Ok(())
}

/// Becomes true when standard input closes.
fn input_closed() -> Arc<AtomicBool> {
    let closed = Arc::new(AtomicBool::new(false));
    let closing = Arc::clone(&closed);
    std::thread::spawn(move || {
        // Closed or broken, it is over.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        closing.store(true, Ordering::Release);
    });
    closed
}

fn listen(device: &str, out: &Path) -> Result<(), AudioError> {
    let capture = Capture::open(CaptureConfig { device: device.into() })?;
    println!("open {}", capture.name());
    let closed = input_closed();
    let mut samples = Vec::new();
    let mut announce = true;
    while !closed.load(Ordering::Acquire) {
        match capture.frames().recv_timeout(Duration::from_millis(100)) {
            Ok(CaptureItem::Frame(frame)) => {
                samples.extend_from_slice(&frame[..]);
                if std::mem::take(&mut announce) {
                    println!("frames");
                }
            }
            Ok(CaptureItem::Lost { name }) => println!("lost {name}"),
            Ok(CaptureItem::Found { name }) => {
                announce = true;
                println!("found {name}");
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    println!("overruns {}", capture.overruns());
    file::write_wav(out, &Pcm { samples, sample_rate: SAMPLE_RATE })
}

fn play(path: &Path, wait: bool, stop_after: Option<Duration>) -> Result<(), AudioError> {
    let pcm = file::read(path)?;
    let (player, missing) = Player::open_or_wait(devices::DEFAULT, 1.0)?;
    match missing {
        Some(e) if !wait => return Err(e),
        Some(e) => println!("missing {}", e.failure()),
        None => {}
    }
    println!("open {}", player.name());
    let events = player.events();
    let speak = |utterance| {
        // In pieces, as a voice comes.
        for piece in pcm.samples.chunks(4_567) {
            player.play(utterance, Pcm { samples: piece.to_vec(), sample_rate: pcm.sample_rate });
        }
        player.finish(utterance);
    };
    speak(1);
    let closed = input_closed();
    let mut stop_after = stop_after;
    while !closed.load(Ordering::Acquire) {
        match events.recv_timeout(Duration::from_millis(5)) {
            Ok(PlayerEvent::Started { .. }) => println!("started"),
            Ok(PlayerEvent::Ended { .. }) => {
                println!("ended");
                break;
            }
            Ok(PlayerEvent::Interrupted { .. }) => println!("interrupted"),
            // That was told.
            Ok(PlayerEvent::Missing) => {}
            Ok(PlayerEvent::Lost { name }) => println!("lost {name}"),
            Ok(PlayerEvent::Found { name }) => {
                println!("found {name}");
                speak(2);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if stop_after.is_some_and(|after| player.handed() >= after) {
            stop_after = None;
            player.stop();
            println!("stopped {} {}", player.handed().as_millis(), player.latency().as_millis());
        }
    }
    Ok(())
}
