/** Settings, models, health and devices of a machine that does not exist. */
const setting = (key, kind, value, description, choices) => ({
    key,
    value,
    default: value,
    description,
    kind,
    ...(choices && { choices }),
});

const list = [
    setting(
        "wake.enabled",
        "boolean",
        true,
        "Say the wake word to start. When off, only push-to-talk starts a turn.",
    ),
    setting("wake.engine", "choice", "openwakeword", "What listens for the wake word.", [
        "openwakeword",
        "porcupine",
    ]),
    setting(
        "wake.threshold",
        "number",
        0.5,
        "How sure the detector must be, 0.05 to 0.99. Lower hears more, and mistakes more.",
    ),
    setting("turn.min_silence_ms", "number", 350, "Silence that ends a request, milliseconds."),
    setting(
        "stt.model",
        "text",
        "auto",
        'Catalogue id of the speech-recognition model; "auto" takes what fits this machine.',
    ),
    setting(
        "stt.languages",
        "list",
        [],
        "Languages that you speak to Jarvis, ISO 639-1 codes. Empty takes your system's languages and English.",
    ),
    setting("tts.voice", "text", "auto", 'Catalogue id of the voice; "auto" takes what fits this machine.'),
    setting("tts.speed", "number", 1, "0.5 (half) to 2.0 (double)."),
    setting("audio.input", "text", "default", 'The microphone, or "default".'),
    setting("audio.output", "text", "default", 'The speaker, or "default".'),
    setting("llm.provider", "choice", "auto", "Where answers are written.", [
        "auto",
        "ollama",
        "openai",
        "anthropic",
        "embedded",
    ]),
    setting("llm.model", "text", "auto", "Model name as the provider knows it."),
    setting("llm.temperature", "number", 0.6, "0.0 (sober) to 2.0 (wild)."),
    setting("llm.ollama.url", "text", "http://127.0.0.1:11434", "Where Ollama listens."),
    setting("desktop.hotkey", "text", "Ctrl+Alt+Space", "Talks to Jarvis from any program. Empty for none."),
    setting(
        "desktop.hotkey_mode",
        "choice",
        "hold",
        "Listen while it is held, or from one press to the next.",
        ["hold", "toggle"],
    ),
    setting("desktop.start_at_login", "boolean", false, "Start when you log in."),
    setting("desktop.close_to_tray", "boolean", true, "Closing the window keeps Jarvis running in the tray."),
    setting("desktop.bubble", "boolean", true, "A small window on top that shows what the voice is doing."),
    setting("desktop.first_run", "text", "welcome", "How far the first steps have been gone."),
];

export const settings = {
    all: () => ({ path: "~/.config/jarvis/config.toml", settings: list }),
    change(changes) {
        if (changes["tts.speed"] > 2) return "The speed must be between 0.5 and 2.";
        for (const one of list) {
            if (one.key in changes) one.value = changes[one.key] ?? one.default;
        }
        return null;
    },
};

const model = (id, stage, name, licence, megabytes, fields = {}) => ({
    id,
    name,
    stage,
    licence,
    size_bytes: megabytes * 1_000_000,
    languages: ["en"],
    note: "",
    origin: "https://example.org/",
    recommended: false,
    state: "missing",
    done_bytes: 0,
    ...fields,
});

const timers = new Map();

export const models = {
    list: [
        model("hey-jarvis", "wake-word", "Hey Jarvis", "CC-BY-NC-SA-4.0", 1.3, {
            state: "installed",
            note: "Non-commercial use only.",
        }),
        model("whisper-base", "stt", "Whisper base", "MIT", 148, {
            state: "installed",
            recommended: true,
            languages: ["en", "de", "fr", "es", "it", "ja"],
        }),
        model("whisper-small", "stt", "Whisper small", "MIT", 488, {
            state: "partial",
            done_bytes: 122_000_000,
            languages: ["en", "de", "fr", "es", "it", "ja"],
        }),
        model("voice-one", "tts", "A voice", "CC-BY-4.0", 63, { state: "damaged" }),
        model("small-chat", "llm", "A small chat model", "Apache-2.0", 640, { recommended: true }),
    ],
    find: (id) => models.list.find((one) => one.id === id),
    pull(id, bus) {
        const one = models.find(id);
        one.state = "fetching";
        const tell = () =>
            bus.publish("model_progress", {
                model: id,
                done_bytes: one.done_bytes,
                total_bytes: one.size_bytes,
                state: one.state,
            });
        tell();
        timers.set(
            id,
            setInterval(() => {
                one.done_bytes = Math.min(one.size_bytes, one.done_bytes + 9_000_000);
                if (one.done_bytes === one.size_bytes) {
                    one.state = "installed";
                    clearInterval(timers.get(id));
                }
                tell();
            }, 120),
        );
    },
    cancel(id, bus) {
        const one = models.find(id);
        clearInterval(timers.get(id));
        one.state = one.done_bytes > 0 ? "partial" : "missing";
        bus.publish("model_progress", {
            model: id,
            done_bytes: one.done_bytes,
            total_bytes: one.size_bytes,
            state: "cancelled",
        });
    },
    remove(id) {
        Object.assign(models.find(id), { state: "missing", done_bytes: 0 });
    },
};

const check = (what, found, failure = null) => ({ what, ok: failure === null, found, failure });

export function health() {
    const turns = Array.from({ length: 30 }, (_, index) => {
        const wave = (scale) =>
            Math.round(scale * (1 + 0.6 * Math.sin(index * 1.7) + (index === 17 ? 2 : 0)));
        const transcript_ms = 2_000 + wave(210);
        const first_token_ms = transcript_ms + wave(240);
        const first_audio_ms = first_token_ms + wave(140);
        const at = new Date(Date.now() - (30 - index) * 600_000).toISOString();
        const timings = {
            wake_ms: 0,
            end_of_speech_ms: 2_000,
            transcript_ms,
            first_token_ms,
            first_audio_ms,
        };
        return { at, timings: { ...timings, done_ms: first_audio_ms + 3_000 } };
    });
    return {
        checks: [
            check("Microphone", "Built-in microphone"),
            check("Speaker", "Built-in speaker"),
            check("Speech recognition", "Whisper base, 4 threads"),
            check("Language model", null, {
                code: "llm_unreachable",
                message: "Ollama does not answer at http://127.0.0.1:11434.",
                remedy: "Start it with `ollama serve`, or choose another provider in the settings.",
            }),
        ],
        turns,
    };
}

export const devices = {
    inputs: [
        { name: "Built-in microphone", default: true },
        { name: "USB headset", default: false },
    ],
    outputs: [{ name: "Built-in speaker", default: true }],
};

export const machine = {
    cores: 8,
    memory_bytes: 16_700_000_000,
    gpu: null,
    disk_free_bytes: 212_000_000_000,
    microphones: true,
    speakers: true,
};
