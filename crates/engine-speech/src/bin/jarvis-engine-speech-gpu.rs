//! The speech engine that recognises on the graphics card; a program of its own, as it does not start where Vulkan's loader is
//! missing, and dies with the card's driver.

fn main() -> anyhow::Result<()> {
    // Whisper would compute on the processor, and tell nobody.
    anyhow::ensure!(
        !whisper_rs::vulkan::list_devices().is_empty(),
        "no graphics card can be used through Vulkan; is its driver installed?"
    );
    jarvis_engine_speech::run(true)
}
