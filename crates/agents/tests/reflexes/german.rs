use jarvis_agents::reflex::Reflexes;

use super::talk::{Talk, check_none, check_table};

#[test]
fn the_translation_works_as_the_original() {
    let time = "Es ist 16 Uhr 10.";
    check_table(
        "de",
        &[
            ("Wie spät ist es?", "time", time),
            ("Hey Jarvis, wie viel Uhr ist es?", "time", time),
            ("Kannst du mir bitte sagen, wie spät es ist?", "time", time),
            ("Wieviel Uhr haben wir?", "time", time),
            ("Weißt du, wie spät es ist?", "time", time),
            ("Wie spät ist es in Tokio?", "time_in_place", "In Tokio ist es Montag, 1 Uhr 10."),
            ("Welcher Tag ist heute?", "date", "Heute ist Sonntag, der erste März 2026."),
            ("Welches Datum haben wir?", "date", "Heute ist Sonntag, der erste März 2026."),
            ("Welcher Tag ist morgen?", "date", "Das ist Montag, der zweite März 2026."),
            ("Stell einen Timer auf zehn Minuten.", "set_timer", "Timer auf 10 Minuten gestellt."),
            ("Stelle bitte einen Timer für 10 Minuten", "set_timer", "Timer auf 10 Minuten gestellt."),
            (
                "Bitte stell mir einen Timer für fünfundzwanzig Minuten.",
                "set_timer",
                "Timer auf 25 Minuten gestellt.",
            ),
            ("Starte einen 5-Minuten-Timer", "set_timer", "Timer auf 5 Minuten gestellt."),
            (
                "Kannst du einen Timer für eine halbe Stunde stellen?",
                "set_timer",
                "Timer auf 30 Minuten gestellt.",
            ),
            ("Timer eine Viertelstunde", "set_timer", "Timer auf 15 Minuten gestellt."),
            (
                "Stell einen Timer auf anderthalb Stunden",
                "set_timer",
                "Timer auf eine Stunde und 30 Minuten gestellt.",
            ),
            (
                "Stell einen Timer für die Nudeln auf acht Minuten",
                "set_timer",
                "Timer Nudeln auf 8 Minuten gestellt.",
            ),
            ("Weck mich um halb acht.", "wake_up", "Wecker gestellt: morgen um 7 Uhr 30."),
            ("Weck mich morgen früh um sechs", "wake_up", "Wecker gestellt: morgen um 6 Uhr."),
            ("Weck mich um sieben Uhr dreißig", "wake_up", "Wecker gestellt: morgen um 7 Uhr 30."),
            ("Stell den Wecker auf Viertel vor fünf", "set_alarm", "Wecker gestellt: 16 Uhr 45."),
            ("Stell einen Wecker für 19 Uhr", "set_alarm", "Wecker gestellt: 19 Uhr."),
            (
                "Erinnere mich in zehn Minuten an die Wäsche",
                "remind",
                "Ich erinnere dich: Wäsche, 16 Uhr 20.",
            ),
            ("Welche Timer laufen?", "list_timers", "Es läuft kein Timer."),
            ("Lösche alle Timer", "cancel_timers", "Es läuft kein Timer."),
            ("Lösche alle Wecker", "cancel_alarms", "Es ist kein Wecker gestellt."),
            ("Alle Timer und Wecker löschen", "cancel_timers_and_alarms", "Es gibt nichts zu löschen."),
            ("Stopp den Timer", "cancel_timer", "Es läuft kein Timer."),
            ("Schalt den Wecker aus", "cancel_alarm", "Es ist kein Wecker gestellt."),
            ("Weck mich um 12 Uhr nachts", "wake_up", "Wecker gestellt: morgen um 0 Uhr."),
            (
                "Erinnere mich um 5 daran, danke zu sagen",
                "remind",
                "Ich erinnere dich: danke zu sagen, 17 Uhr.",
            ),
            ("Lösch den Timer", "cancel_timer", "Es läuft kein Timer."),
            ("Was ist 15 Prozent von 80?", "calculate", "Das ist 12."),
            ("Wie viel ist zwölf mal zwölf?", "calculate", "Das ist 144."),
            ("Was ist die Wurzel aus 81?", "calculate", "Das ist 9."),
            ("Was ist drei Komma fünf mal drei?", "calculate", "Das ist 10,5."),
            ("Was ist 1.250 durch 4?", "calculate", "Das ist 312,5."),
            ("Wie viel ist hundertfünfundzwanzig plus zweitausenddreihundert", "calculate", "Das ist 2425."),
            ("Wie viele Meilen sind zehn Kilometer?", "convert", "Das sind etwa 6,214 Meilen."),
            ("Was sind 20 Grad Celsius in Fahrenheit?", "convert", "Das sind 68 Grad Fahrenheit."),
            ("Sprich lauter", "volume_up", "Lauter."),
            ("Mach bitte leiser", "volume_down", "Leiser."),
            ("Stell die Lautstärke auf vierzig Prozent", "volume_set", "Lautstärke 40 Prozent."),
            ("Stopp!", "stop", ""),
            ("Vergiss es", "stop", ""),
            ("Nein danke", "stop", ""),
            ("So laut du kannst!", "volume_max", "Volle Lautstärke."),
            ("Noch mal, bitte.", "repeat", "Ich habe noch nichts gesagt."),
            ("Noch einmal bitte", "repeat", "Ich habe noch nichts gesagt."),
            ("Danke, Jarvis!", "thanks", "Gern geschehen."),
            ("Super, danke!", "thanks", "Gern geschehen."),
            ("Gut gemacht", "thanks", "Gern geschehen."),
            ("Hallo Jarvis", "hello", "Hallo. Was kann ich für dich tun?"),
            (
                "Wie viel Arbeitsspeicher ist frei?",
                "memory",
                "5,5 von 16 Gigabyte Arbeitsspeicher sind frei.",
            ),
            ("Wie voll ist die Festplatte?", "disk", "120 von 500 Gigabyte sind auf der Festplatte frei."),
        ],
    );
}

#[test]
fn what_acts_on_the_machine_names_a_tool_and_its_arguments() {
    for (said, path) in [
        ("Verschieb die Datei brief.txt in den Papierkorb", "brief.txt"),
        ("Wirf die Datei brief.txt in den Papierkorb", "brief.txt"),
        ("Lösche die Datei .env", ".env"),
    ] {
        let wish = Talk::new("de").hear(said).and_then(|reply| reply.wish);
        let wish = wish.unwrap_or_else(|| panic!("not understood: {said}"));
        assert_eq!((wish.tool, wish.arguments), ("trash_file", serde_json::json!({"path": path})), "{said}");
    }
}

#[test]
fn the_morning_is_not_tomorrow() {
    for (said, answer) in [
        ("Weck mich um 8 Uhr am Morgen", "Wecker gestellt: 8 Uhr."),
        ("Weck mich am Morgen um 8", "Wecker gestellt: 8 Uhr."),
        ("Weck mich morgen um 8", "Wecker gestellt: morgen um 8 Uhr."),
        ("Weck mich morgen am Morgen um 8", "Wecker gestellt: morgen um 8 Uhr."),
    ] {
        let mut talk = Talk::new("de");
        talk.now = "2026-03-01T05:00:00[Europe/London]".parse().unwrap();
        talk.check(said, answer);
    }
}

#[test]
fn the_model_gets_the_rest() {
    for language in Reflexes::languages() {
        check_none(language, FOR_THE_MODEL);
    }
}

const FOR_THE_MODEL: &[&str] = &[
    "Warum ist der Himmel blau?",
    "Was ist Liebe?",
    "Wie viele Menschen leben in Berlin?",
    "Was ist sieben?",
    "Erzähl mir eine Geschichte über einen Wecker",
    "Wie stelle ich einen Timer?",
    "Stell einen Timer auf zehn",
    "Wer bist du nicht?",
    "Stopp den Krieg",
    "Was ist ein Timer?",
    "Wann ist Ostern?",
    "Wie wird das Wetter morgen?",
];

#[test]
fn timers_are_told_and_rung() {
    let mut talk = Talk::new("de");
    talk.check("Stell einen Timer auf eine Minute", "Timer auf eine Minute gestellt.");
    talk.check("Weck mich um sechs Uhr", "Wecker gestellt: morgen um 6 Uhr.");
    talk.check("Lösche alle Wecker", "Gelöscht: der Wecker für 6 Uhr.");
    talk.wait(20);
    talk.check("Welche Timer laufen?", "Der Timer über eine Minute läuft noch 40 Sekunden.");
    talk.wait(40);
    let due = talk.timers.due(talk.now.timestamp());
    assert_eq!(talk.reflexes.ring_text(&due[0], &talk.now), "Der Timer über eine Minute ist abgelaufen.");
}
