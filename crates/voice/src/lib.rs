//! Ears and mouth: wake word, voice activity, speech to text, text to speech, turn-taking. No devices.
