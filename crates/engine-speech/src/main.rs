//! The speech engine that computes on the processor.

fn main() -> anyhow::Result<()> {
    jarvis_engine_speech::run(false)
}
