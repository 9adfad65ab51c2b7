//! The few words that the shell itself shows, in the languages of the window.

/// Texts of the tray and of notifications.
pub(crate) struct Texts {
    pub talk: &'static str,
    pub mute: &'static str,
    pub pause: &'static str,
    pub new_chat: &'static str,
    pub open: &'static str,
    pub settings: &'static str,
    pub screen: &'static str,
    pub stop: &'static str,
    pub may_i: &'static str,
    pub quit: &'static str,
    pub timer: &'static str,
    pub waiting: &'static str,
    pub listening: &'static str,
    pub thinking: &'static str,
    pub speaking: &'static str,
    pub muted: &'static str,
    pub off: &'static str,
}

const ENGLISH: Texts = Texts {
    talk: "Talk",
    mute: "Mute microphone",
    pause: "Pause listening",
    new_chat: "New chat",
    open: "Open Jarvis",
    settings: "Settings",
    screen: "Ask about my screen",
    stop: "Stop everything",
    may_i: "Jarvis asks",
    quit: "Quit",
    timer: "Timer",
    waiting: "Jarvis waits to be called",
    listening: "Jarvis is listening",
    thinking: "Jarvis is thinking",
    speaking: "Jarvis is speaking",
    muted: "Jarvis: the microphone is muted",
    off: "Jarvis is not listening",
};

const GERMAN: Texts = Texts {
    talk: "Sprechen",
    mute: "Mikrofon stumm",
    pause: "Zuhören pausieren",
    new_chat: "Neues Gespräch",
    open: "Jarvis öffnen",
    settings: "Einstellungen",
    screen: "Zu meinem Bildschirm fragen",
    stop: "Alles anhalten",
    may_i: "Jarvis fragt",
    quit: "Beenden",
    timer: "Timer",
    waiting: "Jarvis wartet darauf, gerufen zu werden",
    listening: "Jarvis hört zu",
    thinking: "Jarvis denkt nach",
    speaking: "Jarvis spricht",
    muted: "Jarvis: das Mikrofon ist stumm",
    off: "Jarvis hört nicht zu",
};

/// In the system's language, or in English.
pub(crate) fn texts() -> &'static Texts {
    match sys_locale::get_locale() {
        Some(locale) if locale.starts_with("de") => &GERMAN,
        _ => &ENGLISH,
    }
}
