#![allow(missing_docs, unused, dead_code, clippy::all)]
#[path = "../src/ggml_file.rs"] mod ggml_file;
#[path = "../src/repetition.rs"] mod repetition;
#[path = "../src/whisper.rs"] mod whisper;
use std::time::Instant;
fn main() {
    whisper_rs::install_logging_hooks();
    let model = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let draft = std::env::var_os("DRAFT").is_some();
    let lang = std::env::var("LANG_").ok();
    let r = whisper::Recognisers::default();
    let t = Instant::now(); r.load(&model).unwrap();
    eprintln!("load {:?}", t.elapsed());
    let mut total = 0.0;
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let bytes = std::fs::read(&line).unwrap();
        let samples: Vec<f32> = bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]) as f32 / 32768.0).collect();
        let n = samples.len();
        let t = Instant::now();
        let out = r.transcribe(&model, whisper::Task { samples, language: if lang.as_deref()==Some("auto") {None} else {Some("en".into())}, vocabulary: vec![], draft, cancelled: Default::default() }).unwrap();
        let dt = t.elapsed().as_secs_f64(); total += dt;
        println!("{}\t{:.2}\t{:.3}\t{:.2}\t{:.2}\t{}\t{}", line, n as f64 / 16000.0, dt, out.avg_logprob, out.no_speech_prob, out.language, out.text);
    }
    eprintln!("total {total:.2}");
}
