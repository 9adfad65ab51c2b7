//! The tools a language model may call: the time, timers, sums and the computer's condition.
//!
//! They share their code with the reflexes. All are harmless: nothing here acts on anything but Jarvis's own
//! timers. Results are short English sentences or JSON for the model to put into its own words.

use jarvis_core::ToolSpec;
use jiff::{ToSpan, Zoned};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::calc;
use crate::reflex::{Context, zone};
use crate::timers::{LONGEST_S, Timer, TimerKind};

/// Why a tool gave no result. The text is for the model, so that it can do better.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// There is no such tool.
    #[error("there is no tool called {name:?}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The arguments are not what the schema asks for.
    #[error("{tool}: {reason}")]
    BadArguments {
        /// Name of the tool.
        tool: String,
        /// What is wrong.
        reason: String,
    },
    /// The arguments were right, but it could not be done.
    #[error("{tool}: {reason}")]
    Failed {
        /// Name of the tool.
        tool: String,
        /// Why.
        reason: String,
    },
}

/// The tools there are, as a model is told.
pub fn builtin_tools() -> Vec<ToolSpec> {
    let number = |description: &str| json!({"type": "number", "minimum": 0, "description": description});
    let text = |description: &str| json!({"type": "string", "description": description});
    let id =
        json!({"type": "integer", "minimum": 1, "description": "The timer's id, as list_timers gives it."});
    let timezone = text("City or IANA time zone, such as Tokyo or Asia/Tokyo. Leave out for here.");
    vec![
        tool(
            "get_time",
            "Tells the current date and time, here or elsewhere.",
            json!({"timezone": timezone}),
            &[],
        ),
        tool(
            "set_timer",
            "Sets a timer that rings after a while, or an alarm that rings at a time of day.",
            json!({
                "hours": number("Hours from now."),
                "minutes": number("Minutes from now."),
                "seconds": number("Seconds from now."),
                "at": text("Instead of a duration: the time of day, 24 hours, HH:MM."),
                "label": text("What it is for, a word or two. Leave out if the user did not say."),
            }),
            &[],
        ),
        tool("list_timers", "Lists all timers, alarms and reminders that have not rung.", json!({}), &[]),
        tool(
            "cancel_timer",
            "Cancels one timer, alarm or reminder, or all of them.",
            json!({"id": id, "all": {"type": "boolean", "description": "True to cancel every one."}}),
            &[],
        ),
        tool(
            "calculate",
            "Calculates a sum or converts units exactly. Always use it for arithmetic.",
            json!({"expression": text("Such as (3 + 4) * 2, 15% of 80, sqrt(81) or 10 km to miles.")}),
            &["expression"],
        ),
        tool(
            "machine_status",
            "Tells the load, memory, disk space and uptime of this computer.",
            json!({}),
            &[],
        ),
    ]
}

fn tool(name: &str, description: &str, properties: Value, required: &[&str]) -> ToolSpec {
    let parameters = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    ToolSpec { name: name.to_owned(), description: description.to_owned(), parameters }
}

/// Runs the tool called `name`.
pub fn call(name: &str, arguments: &Value, ctx: &mut Context) -> Result<String, ToolError> {
    let failed = |reason: String| ToolError::Failed { tool: name.to_owned(), reason };
    match name {
        "get_time" => get_time(parse(name, arguments)?, &ctx.now).map_err(failed),
        "set_timer" => set_timer(parse(name, arguments)?, ctx),
        "list_timers" => {
            parse::<Nothing>(name, arguments)?;
            Ok(list_timers(ctx))
        }
        "cancel_timer" => cancel_timer(parse(name, arguments)?, ctx),
        "calculate" => {
            let Calculate { expression } = parse(name, arguments)?;
            calc::evaluate(&expression).map_err(|e| failed(e.to_string()))
        }
        "machine_status" => {
            parse::<Nothing>(name, arguments)?;
            serde_json::to_string(&(ctx.machine)()).map_err(|e| failed(e.to_string()))
        }
        _ => Err(ToolError::Unknown { name: name.to_owned() }),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetTime {
    timezone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetTimer {
    hours: Option<f64>,
    minutes: Option<f64>,
    seconds: Option<f64>,
    at: Option<String>,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelTimer {
    id: Option<u32>,
    all: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calculate {
    expression: String,
}

/// Reads arguments; null counts as none, because small models write it so.
fn parse<T: DeserializeOwned>(tool: &str, arguments: &Value) -> Result<T, ToolError> {
    let arguments = if arguments.is_null() { json!({}) } else { arguments.clone() };
    serde_json::from_value(arguments).map_err(|e| bad(tool, &e.to_string()))
}

fn bad(tool: &str, reason: &str) -> ToolError {
    ToolError::BadArguments { tool: tool.to_owned(), reason: reason.to_owned() }
}

const MOMENT: &str = "%A, %-d %B %Y, %H:%M";

fn get_time(GetTime { timezone }: GetTime, now: &Zoned) -> Result<String, String> {
    match timezone.as_deref().map(str::trim).filter(|zone| !zone.is_empty()) {
        None => Ok(now.strftime(MOMENT).to_string()),
        Some(name) => {
            let zone = zone::find(name).ok_or(format!("no time zone is known for {name:?}"))?;
            Ok(format!("{} in {name}", now.with_time_zone(zone).strftime(MOMENT)))
        }
    }
}

fn set_timer(wish: SetTimer, ctx: &mut Context) -> Result<String, ToolError> {
    const TOOL: &str = "set_timer";
    let parts = [(wish.hours, 3600.0), (wish.minutes, 60.0), (wish.seconds, 1.0)];
    let seconds: f64 = parts.iter().map(|(count, length)| count.unwrap_or(0.0) * length).sum();
    // Small models fill in every field: a duration of nothing is no duration, and no words are no time.
    let at = wish.at.as_deref().map(str::trim).filter(|at| !at.is_empty());
    let (kind, due) = match (at, seconds) {
        (Some(at), 0.0) => {
            let time = jiff::civil::Time::strptime("%H:%M", at)
                .map_err(|_| bad(TOOL, &format!("{at:?} is no time of day as HH:MM")))?;
            (TimerKind::Alarm, next(&ctx.now, time).ok_or_else(|| bad(TOOL, "there is no such time"))?)
        }
        (None, seconds) if (1.0..=LONGEST_S).contains(&seconds) => {
            let due = ctx.now.checked_add((seconds.round() as i64).seconds());
            (TimerKind::Timer, due.map_err(|e| bad(TOOL, &e.to_string()))?)
        }
        (None, _) => {
            return Err(bad(TOOL, "give a duration of 1 second to 30 days, or a time of day in \"at\""));
        }
        (Some(_), _) => return Err(bad(TOOL, "give either a duration or \"at\", not both")),
    };
    let label = wish.label.map(|l| l.trim().to_owned()).filter(|l| !l.is_empty());
    let (timer, saved) = ctx.timers.set(kind, label, ctx.language, due.timestamp(), ctx.now.timestamp());
    let lost = if saved.is_ok() { "" } else { " It could not be saved and is lost if Jarvis is restarted." };
    Ok(format!("Set: {}.{lost}", describe(&timer, &ctx.now)))
}

/// The next moment when the clock shows `time`.
fn next(now: &Zoned, time: jiff::civil::Time) -> Option<Zoned> {
    let on = |date: jiff::civil::Date| date.to_datetime(time).to_zoned(now.time_zone().clone()).ok();
    on(now.date()).filter(|at| at > now).or_else(|| on(now.date().tomorrow().ok()?))
}

fn list_timers(ctx: &Context) -> String {
    let lines: Vec<String> = ctx.timers.list().iter().map(|t| describe(t, &ctx.now)).collect();
    if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") }
}

fn cancel_timer(wish: CancelTimer, ctx: &mut Context) -> Result<String, ToolError> {
    const TOOL: &str = "cancel_timer";
    let (gone, saved) = match (wish.id, wish.all) {
        (_, Some(true)) => ctx.timers.cancel(|_| true),
        (Some(id), _) => ctx.timers.cancel(|t| t.id == id),
        (None, _) => return Err(bad(TOOL, "give the id of a timer, or all")),
    };
    match saved {
        Ok(()) if gone.is_empty() => {
            let reason = "there is no such timer; list_timers gives the ids".to_owned();
            Err(ToolError::Failed { tool: TOOL.to_owned(), reason })
        }
        Ok(()) => Ok(format!("Cancelled {}.", gone.len())),
        Err(e) => Ok(format!("Cancelled {}, but {e}: after a restart they are back.", gone.len())),
    }
}

fn describe(timer: &Timer, now: &Zoned) -> String {
    let kind = match timer.kind {
        TimerKind::Timer => "timer",
        TimerKind::Alarm => "alarm",
        TimerKind::Reminder => "reminder",
    };
    let label = timer.label.as_ref().map(|l| format!(" \"{l}\"")).unwrap_or_default();
    let due = timer.due.to_zoned(now.time_zone().clone());
    format!(
        "{kind} {}{label} rings {}, in {} seconds",
        timer.id,
        due.strftime("%A at %H:%M:%S"),
        timer.left_s(now.timestamp())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jarvis_memory::Store;

    use crate::machine::MachineStatus;
    use crate::timers::TimerBook;

    /// Calls tools one after the other on one book and checks what each returns.
    fn check(calls: &[(&str, Value, &str)]) {
        let folder = tempfile::tempdir().unwrap();
        let now: Zoned = "2026-03-01T16:10:00[Europe/London]".parse().unwrap();
        let (mut timers, problem) = TimerBook::open(folder.path().join("timers.json"), now.timestamp());
        assert!(problem.is_none());
        let memory = Store::in_memory().unwrap();
        let machine = || MachineStatus { cpu_percent: Some(7), ..MachineStatus::default() };
        for (name, arguments, expected) in calls {
            let mut ctx = Context {
                now: now.clone(),
                timers: &mut timers,
                ringing: false,
                language: Some("de"),
                memory: &memory,
                request: None,
                last: None,
                machine: &machine,
            };
            let result = call(name, arguments, &mut ctx).unwrap_or_else(|e| format!("error: {e}"));
            assert!(result.contains(expected), "{name} {arguments}: {result}");
            assert!(timers.list().iter().all(|timer| timer.language.as_deref() == Some("de")), "{name}");
        }
    }

    #[test]
    fn the_tools_do_what_they_say() {
        check(&[
            ("get_time", json!({}), "Sunday, 1 March 2026, 16:10"),
            ("get_time", Value::Null, "16:10"),
            ("get_time", json!({"timezone": "Tokyo"}), "Monday, 2 March 2026, 01:10 in Tokyo"),
            ("list_timers", json!({}), "There are none."),
            (
                "set_timer",
                json!({"minutes": 8, "label": "pasta"}),
                "timer 1 \"pasta\" rings Sunday at 16:18:00",
            ),
            (
                "set_timer",
                json!({"hours": 1.5, "seconds": 0, "label": ""}),
                "timer 2 rings Sunday at 17:40:00",
            ),
            ("set_timer", json!({"at": "07:30", "minutes": 0}), "alarm 3 rings Monday at 07:30:00"),
            ("set_timer", json!({"minutes": 5, "at": "", "label": ""}), "timer 4 rings Sunday at 16:15:00"),
            ("cancel_timer", json!({"id": 4}), "Cancelled 1."),
            ("list_timers", json!({}), "timer 1 \"pasta\" rings Sunday at 16:18:00, in 480 seconds\ntimer 2"),
            ("cancel_timer", json!({"id": 1}), "Cancelled 1."),
            ("cancel_timer", json!({"id": 1}), "error: cancel_timer: there is no such timer"),
            ("cancel_timer", json!({"all": true}), "Cancelled 2."),
            ("calculate", json!({"expression": "15% of 80"}), "12"),
            ("calculate", json!({"expression": "10 km to miles"}), "approx. 6.2137"),
            ("machine_status", json!({}), "\"cpu_percent\":7"),
        ]);
    }

    #[test]
    fn wrong_calls_tell_what_is_wrong() {
        check(&[
            ("launch", json!({}), "error: there is no tool called \"launch\""),
            ("get_time", json!({"timezone": "Nowhere"}), "error: get_time: no time zone"),
            ("get_time", json!([1]), "error: get_time: "),
            ("set_timer", json!({}), "error: set_timer: give a duration"),
            ("set_timer", json!({"minutes": -5}), "error: set_timer: give a duration"),
            ("set_timer", json!({"minutes": "5"}), "error: set_timer: "),
            ("set_timer", json!({"hours": 1e300}), "error: set_timer: give a duration"),
            ("set_timer", json!({"minutes": 5, "at": "10:00"}), "not both"),
            ("set_timer", json!({"at": "25:00"}), "no time of day"),
            ("cancel_timer", json!({}), "error: cancel_timer: give the id"),
            ("calculate", json!({"expression": "9^9^9"}), "error: calculate: "),
            ("calculate", json!({}), "error: calculate: "),
            ("list_timers", json!({"x": 1}), "error: list_timers: "),
        ]);
    }

    #[test]
    fn every_tool_is_described_and_can_be_called() {
        for tool in builtin_tools() {
            assert_eq!(tool.parameters["type"], "object", "{}", tool.name);
            let required = tool.parameters["required"].as_array().unwrap();
            for name in required {
                assert!(tool.parameters["properties"][name.as_str().unwrap()].is_object(), "{}", tool.name);
            }
            let arguments = if required.is_empty() { json!({}) } else { json!({"expression": "1+1"}) };
            let folder = tempfile::tempdir().unwrap();
            let now = Zoned::now();
            let (mut timers, _) = TimerBook::open(folder.path().join("timers.json"), now.timestamp());
            let machine = MachineStatus::default;
            let memory = Store::in_memory().unwrap();
            let mut ctx = Context {
                now,
                timers: &mut timers,
                ringing: false,
                language: Some("de"),
                memory: &memory,
                request: None,
                last: None,
                machine: &machine,
            };
            let result = call(&tool.name, &arguments, &mut ctx);
            assert!(!matches!(result, Err(ToolError::Unknown { .. })), "{}", tool.name);
        }
    }
}
