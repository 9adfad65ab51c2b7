//! The speech engine that recognises on the graphics card; a program of its own, as it does not start where Vulkan's loader is
//! missing, and dies with the card's driver.

fn main() -> anyhow::Result<()> {
    jarvis_engine_speech::run(true)
}
