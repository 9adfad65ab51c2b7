use jarvis_voice::wake::*;
use jarvis_voice::vad::*;
use std::time::Instant;
fn rss() -> (String,String) { let s=std::fs::read_to_string("/proc/self/status").unwrap(); let f=|k:&str| s.lines().find(|l|l.starts_with(k)).unwrap().to_string(); (f("VmRSS"),f("RssAnon")) }
fn cpu() -> f64 { let s=std::fs::read_to_string("/proc/self/stat").unwrap(); let v:Vec<&str>=s.rsplit(')').next().unwrap().split_whitespace().collect(); (v[11].parse::<f64>().unwrap()+v[12].parse::<f64>().unwrap())/100.0 }
fn main(){
    let m="/root/.local/share/jarvis/models";
    eprintln!("start {:?}",rss());
    jarvis_voice::onnx::init(format!("{m}/onnxruntime/libonnxruntime.so.1.31.1").as_ref()).unwrap();
    eprintln!("lib {:?}",rss());
    let t=Instant::now();
    let files=OpenWakeWordFiles{melspectrogram:format!("{m}/openwakeword-features/melspectrogram.onnx").into(),embedding:format!("{m}/openwakeword-features/embedding_model.onnx").into(),head:format!("{m}/hey-jarvis/hey_jarvis_v0.1.onnx").into()};
    let mut w=OpenWakeWord::open(&files,WakeConfig::default()).unwrap();
    eprintln!("open {:?} {:?}",t.elapsed(),rss());
    let mut v=SileroVad::open(format!("{m}/silero-vad/silero_vad.onnx").as_ref()).unwrap();
    eprintln!("silero {:?}",rss());
    let mode=std::env::args().nth(1).unwrap();
    for f in std::env::args().skip(2){
        let s=jarvis_audio::file::read_16k(f.as_ref()).unwrap();
        if mode=="scores" {
            w.reset(); print!("{f}");
            for h in s.chunks_exact(1280){ w.process(h).unwrap(); print!(" {}",w.best_score().unwrap_or(0.0)); }
            println!();
        } else if mode=="cpu" {
            w.reset();
            let c=cpu(); let mut n=0;
            for h in s.chunks_exact(320){ if w.process(h).unwrap().is_some(){n+=1;} }
            let c=cpu()-c; println!("{f} {:.1}s audio cpu {:.2}s = {:.3} ms/hop det {n}", s.len() as f64/16000.0, c, c/(s.len() as f64/1280.0)*1e3);
            let c=cpu(); for h in s.as_chunks::<320>().0 { v.process(h).unwrap(); } let c=cpu()-c;
            println!("   silero cpu {:.2}s = {:.3} ms/window {:?}", c, c/(s.len() as f64/512.0)*1e3, rss());
            let mut wv=WebRtcVad::new(); let c=cpu(); for h in s.as_chunks::<320>().0 { wv.process(h).unwrap(); } println!("   webrtc cpu {:.2}", cpu()-c);
        } else { let e=evaluate(&mut w,&s).unwrap(); println!("{f} {:?} {:?}", e.best_score, e.detections.iter().map(|d|(d.score,d.position as f64/16000.0)).collect::<Vec<_>>()); }
    }
}
