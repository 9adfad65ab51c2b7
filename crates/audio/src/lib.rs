//! Devices, real-time rings, resampling, playback; the only user of cpal and rodio.
