//! Puts known text on a screen, and takes its picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jarvis_engine::eyes::{Reply, Request, View};
use jarvis_engine::{Engine, EngineSpec};
use jarvis_testkit::screen::Screen;

/// The engine that is tried.
pub type Eyes = Engine<Request, Reply>;

/// What a program shows is there after this long, or never.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The engine, looking at `screen`.
pub fn eyes(screen: &Screen) -> Eyes {
    let display = screen.env().into_iter().find(|(name, _)| *name == "DISPLAY").expect("it has one").1;
    Engine::new(EngineSpec {
        name: "eyes",
        program: "/usr/bin/env".into(),
        fallback: None,
        args: vec![format!("DISPLAY={}", display.display()), env!("CARGO_BIN_EXE_jarvis-engine-eyes").into()],
        idle_stop: None,
    })
}

/// Takes a picture; none where there is no such window yet.
pub async fn capture(eyes: &Eyes, view: View) -> Option<Vec<u8>> {
    let mut replies = eyes.request(Request::Capture { view }, Vec::new());
    let mut png = None;
    while let Some(reply) = replies.next().await {
        match reply {
            Ok((Reply::Picture(_), payload)) => png = Some(payload.to_vec()),
            Ok((Reply::Lack { .. }, _)) => {}
            // A window that is being drawn comes and goes.
            Err(_) => return None,
            Ok((other, _)) => panic!("no picture, but {other:?}"),
        }
    }
    png
}

/// Takes a picture as soon as nothing moves any more.
pub async fn settled(eyes: &Eyes, view: &View, shows: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let (begin, mut last, mut same) = (Instant::now(), None, 0);
    let mut ticks = tokio::time::interval(Duration::from_millis(150));
    while begin.elapsed() < PATIENCE {
        ticks.tick().await;
        let now = capture(eyes, view.clone()).await;
        same = if now.is_some() && now == last { same + 1 } else { 0 };
        if let Some(png) = now.as_ref().filter(|png| same >= 4 && shows(png)) {
            return png.clone();
        }
        last = now;
    }
    panic!("{view:?} was not there, or did not stop moving, within {PATIENCE:?}");
}

/// Whether a picture has so many colours: an empty window has fewer.
pub fn is_drawn(png: &[u8]) -> bool {
    let picture = image::load_from_memory(png).expect("a PNG").to_rgb8();
    let mut colours: Vec<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    colours.sort_unstable();
    colours.dedup();
    colours.len() > 12
}

/// A picture with the grain of a photograph, of that kind.
pub fn grainy(folder: &Path, png: &[u8], kind: &str) -> Vec<u8> {
    let (from, to) = (folder.join("smooth.png"), folder.join("grainy.png"));
    fs::write(&from, png).expect("the folder is there");
    let done = Command::new("convert")
        .arg(&from)
        .args(["-seed", "7", "-attenuate", "0.4", "+noise", kind])
        .arg(&to)
        .status();
    assert!(done.is_ok_and(|status| status.success()), "convert failed for {kind}");
    fs::read(to).expect("it was written")
}

/// A picture less its lowest rows.
pub fn without_bottom(png: &[u8], rows: u32) -> Vec<u8> {
    let picture = image::load_from_memory(png).expect("a PNG");
    let picture = picture.crop_imm(0, 0, picture.width(), picture.height().saturating_sub(rows));
    let mut cut = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut cut, image::ImageFormat::Png).expect("a PNG can be written");
    cut.into_inner()
}

/// A program that ends with this.
pub struct Program(Child);

impl Program {
    /// Starts it on `screen`.
    pub fn start(screen: &Screen, env: &[(&str, &str)], program: &str, arguments: &[&str]) -> Self {
        let child = Command::new(program)
            .args(arguments)
            .envs(screen.env())
            .envs(env.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap_or_else(|e| {
            panic!("{program} cannot be run ({e}); `make test` installs what the tests need")
        }))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An xterm that shows `text`, and its arguments.
pub fn xterm(
    folder: &Path,
    title: &str,
    font: &str,
    px: u32,
    fore: &str,
    back: &str,
    text: &str,
) -> Vec<String> {
    let file = folder.join(title);
    fs::write(&file, text).expect("the folder is there");
    let columns = text.lines().map(str::len).max().unwrap_or(0) + 2;
    let size = format!("{columns}x{}", text.lines().count() + 1);
    let face = format!("{font}:pixelsize={px}");
    // Without the cursor.
    let command = format!("printf '\\033[?25l'; cat '{}'; exec sleep 600", file.display());
    [
        "-u8",
        "+sb",
        "-T",
        title,
        "-geometry",
        &size,
        "-fa",
        &face,
        "-fg",
        fore,
        "-bg",
        back,
        "-e",
        "sh",
        "-c",
        &command,
    ]
    .map(String::from)
    .to_vec()
}

/// Text as ImageMagick sets it.
pub fn rendered(folder: &Path, font: &str, px: u32, fore: &str, back: &str, text: &str) -> Vec<u8> {
    let file: PathBuf = folder.join("rendered.png");
    let label = format!("label:{}", text.replace('\\', "\\\\").replace('%', "%%"));
    let done = Command::new("convert")
        .args(["-background", back, "-fill", fore, "-font", font, "-pointsize", &px.to_string(), &label])
        .args(["-bordercolor", back, "-border", "14"])
        .arg(&file)
        .status()
        .unwrap_or_else(|e| panic!("convert cannot be run ({e}); `make test` installs what the tests need"));
    assert!(done.success(), "convert failed for {font}");
    fs::read(file).expect("it was written")
}
