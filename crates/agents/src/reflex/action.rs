//! The reflexes there are: their names in a data file and the replies that each must find there.

use super::wishes::{Call, call, fixed};
use crate::timers::TimerKind;

/// What a reflex does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Time,
    TimeInPlace,
    Date,
    SetTimer,
    SetAlarm,
    WakeUp,
    Remind,
    List,
    ListAlarms,
    CancelTimer,
    CancelAlarm,
    CancelReminder,
    /// All of these kinds.
    CancelEvery(&'static [TimerKind]),
    Sum,
    Convert,
    VolumeUp,
    VolumeDown,
    VolumeSet,
    VolumeMax,
    Silence,
    Unsilence,
    Mute,
    Stop,
    /// The same for what rings, and for that alone.
    StopRinging,
    Repeat,
    Remember,
    Recall,
    /// Asks before it forgets.
    Forget,
    /// The same for one thing, in the words in which it was told.
    ForgetThat,
    /// Yes and no, to a question that a reflex has asked.
    Yes,
    No,
    /// Where the last answer was known from.
    Source,
    /// A question that the knowledge graph answers.
    Relation,
    /// A sentence that never changes: who Jarvis is, hello, thanks.
    Say(&'static str),
    Cpu,
    Memory,
    Disk,
    Uptime,
    Machine,
    /// A tool is to be called.
    Wish(Call),
    /// Everything that runs is to end, at once.
    StopEverything,
}

/// Name of a reply and the placeholders it may hold.
type Replies = &'static [(&'static str, &'static [&'static str])];

const DONE: Replies = &[("done", &[])];
/// `{result}` is filled when the tool has said it.
const RESULT: Replies = &[("done", &["result"])];
const CANCEL: Replies = &[
    ("done", &["name"]),
    ("none", &[]),
    ("unknown", &["label"]),
    ("which", &["list"]),
    ("unsaved", &["name"]),
];
const CANCEL_EVERY: Replies = &[("done", &["list"]), ("none", &[]), ("unsaved", &["list"])];
const LIST: Replies = &[("some", &["list"]), ("none", &[]), ("unknown", &["label"])];
const ALARM: Replies = &[("done", &["time"]), ("unsaved", &["time"])];

const FORGET: Replies = &[
    ("ask", &["list"]),
    ("many", &["list", "count"]),
    ("talk", &[]),
    ("none", &[]),
    ("done", &[]),
    ("copies", &[]),
    ("unsaved", &[]),
];

/// Every reflex by its name in the data files.
const ACTIONS: &[(&str, Action, Replies)] = &[
    ("time", Action::Time, &[("done", &["time"])]),
    (
        "time_in_place",
        Action::TimeInPlace,
        &[("done", &["time", "place"]), ("other_day", &["time", "place", "weekday"])],
    ),
    ("date", Action::Date, &[("today", &["date"]), ("other_day", &["date"])]),
    (
        "set_timer",
        Action::SetTimer,
        &[("done", &["duration"]), ("labelled", &["duration", "label"]), ("unsaved", &["duration"])],
    ),
    ("set_alarm", Action::SetAlarm, ALARM),
    ("wake_up", Action::WakeUp, ALARM),
    ("remind", Action::Remind, &[("done", &["time", "label"]), ("unsaved", &["time", "label"])]),
    ("list_timers", Action::List, LIST),
    ("list_alarms", Action::ListAlarms, LIST),
    ("cancel_timer", Action::CancelTimer, CANCEL),
    ("cancel_alarm", Action::CancelAlarm, CANCEL),
    ("cancel_reminder", Action::CancelReminder, CANCEL),
    (
        "cancel_all",
        Action::CancelEvery(&[TimerKind::Timer, TimerKind::Alarm, TimerKind::Reminder]),
        CANCEL_EVERY,
    ),
    ("cancel_timers_and_alarms", Action::CancelEvery(&[TimerKind::Timer, TimerKind::Alarm]), CANCEL_EVERY),
    ("cancel_timers", Action::CancelEvery(&[TimerKind::Timer]), CANCEL_EVERY),
    ("cancel_alarms", Action::CancelEvery(&[TimerKind::Alarm]), CANCEL_EVERY),
    ("cancel_reminders", Action::CancelEvery(&[TimerKind::Reminder]), CANCEL_EVERY),
    ("calculate", Action::Sum, &[("done", &["result"])]),
    ("convert", Action::Convert, &[("done", &["result", "unit"])]),
    ("volume_up", Action::VolumeUp, DONE),
    ("volume_down", Action::VolumeDown, DONE),
    ("volume_set", Action::VolumeSet, &[("done", &["percent"])]),
    ("volume_max", Action::VolumeMax, DONE),
    ("silence", Action::Silence, DONE),
    ("unsilence", Action::Unsilence, DONE),
    ("mute", Action::Mute, DONE),
    ("stop", Action::Stop, &[]),
    ("stop_ringing", Action::StopRinging, &[]),
    ("repeat", Action::Repeat, &[("nothing", &[])]),
    ("remember", Action::Remember, &[("done", &[]), ("changed", &["old"]), ("known", &[]), ("unsaved", &[])]),
    ("recall", Action::Recall, &[("today", &["text"]), ("one", &["text", "date"]), ("some", &["list"])]),
    ("forget", Action::Forget, FORGET),
    ("forget_that", Action::ForgetThat, FORGET),
    ("yes", Action::Yes, &[]),
    ("no", Action::No, DONE),
    (
        "source",
        Action::Source,
        &[("fact", &["date"]), ("talk", &["date"]), ("document", &["name"]), ("page", &["name", "page"])],
    ),
    ("relation", Action::Relation, &[("today", &["text"]), ("one", &["text", "date"]), ("some", &["list"])]),
    ("who_are_you", Action::Say("who_are_you"), DONE),
    ("abilities", Action::Say("abilities"), DONE),
    ("how_are_you", Action::Say("how_are_you"), DONE),
    ("hello", Action::Say("hello"), DONE),
    ("goodbye", Action::Say("goodbye"), DONE),
    ("thanks", Action::Say("thanks"), DONE),
    ("cpu", Action::Cpu, &[("done", &["percent"]), ("unknown", &[])]),
    ("memory", Action::Memory, &[("done", &["free", "total"]), ("unknown", &[])]),
    ("disk", Action::Disk, &[("done", &["free", "total"]), ("unknown", &[])]),
    ("uptime", Action::Uptime, &[("done", &["duration"]), ("unknown", &[])]),
    ("stop_everything", Action::StopEverything, DONE),
    ("undo", Action::Wish(call("undo", &[])), RESULT),
    ("open_app", Action::Wish(call("open_app", &["name"])), RESULT),
    ("quit_app", Action::Wish(call("quit_app", &["name"])), RESULT),
    ("focus_window", Action::Wish(call("focus_window", &["title"])), RESULT),
    ("close_window", Action::Wish(call("close_window", &["title"])), RESULT),
    ("list_windows", Action::Wish(call("list_windows", &[])), RESULT),
    ("type_into", Action::Wish(call("type_text", &["text", "window"])), RESULT),
    ("type_text", Action::Wish(call("type_text", &["text"])), RESULT),
    ("press_keys", Action::Wish(call("press_keys", &["keys"])), RESULT),
    ("click_text", Action::Wish(call("click_text", &["text"])), RESULT),
    ("scroll_down", Action::Wish(fixed("scroll", &[("direction", "down")])), RESULT),
    ("scroll_up", Action::Wish(fixed("scroll", &[("direction", "up")])), RESULT),
    ("read_screen", Action::Wish(fixed("read_screen", &[("target", "screen")])), RESULT),
    ("take_screenshot", Action::Wish(fixed("take_screenshot", &[("target", "screen")])), RESULT),
    ("read_clipboard", Action::Wish(call("read_clipboard", &[])), RESULT),
    ("play", Action::Wish(fixed("media", &[("action", "play")])), RESULT),
    ("pause", Action::Wish(fixed("media", &[("action", "pause")])), RESULT),
    ("next_track", Action::Wish(fixed("media", &[("action", "next")])), RESULT),
    ("previous_track", Action::Wish(fixed("media", &[("action", "previous")])), RESULT),
    ("system_volume", Action::Wish(call("set_volume", &["percent"])), RESULT),
    ("brightness", Action::Wish(call("set_brightness", &["percent"])), RESULT),
    ("memory_hogs", Action::Wish(fixed("list_processes", &[("sort", "memory")])), RESULT),
    ("cpu_hogs", Action::Wish(fixed("list_processes", &[("sort", "cpu")])), RESULT),
    ("battery", Action::Wish(fixed("system_info", &[("about", "battery")])), RESULT),
    ("network", Action::Wish(fixed("system_info", &[("about", "network")])), RESULT),
    ("move_file", Action::Wish(call("move_file", &["from", "to"])), RESULT),
    ("copy_file", Action::Wish(call("copy_file", &["from", "to"])), RESULT),
    ("rename_file", Action::Wish(call("rename_file", &["path", "name"])), RESULT),
    ("trash_file", Action::Wish(call("trash_file", &["path"])), RESULT),
    ("find_files", Action::Wish(call("find_files", &["name"])), RESULT),
    ("machine", Action::Machine, &[("done", &["percent", "free", "total"]), ("unknown", &[])]),
];

impl Action {
    /// Every name there is.
    #[cfg(test)]
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ACTIONS.iter().map(|(name, ..)| *name)
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|(known, ..)| *known == name).map(|(_, action, _)| *action)
    }

    pub(super) fn name(self) -> &'static str {
        self.entry().0
    }

    /// Whether its last words are typed as they were said.
    pub(super) fn types_the_rest(self) -> bool {
        matches!(self, Self::Wish(call) if call.tool == "type_text" && call.slots.last() == Some(&"text"))
    }

    pub(super) fn replies(self) -> Replies {
        self.entry().2
    }

    fn entry(self) -> &'static (&'static str, Self, Replies) {
        ACTIONS.iter().find(|(_, action, _)| *action == self).expect("every action is in the table")
    }
}
