use jarvis_agents::reflex::{Effect, VolumeChange};
use jarvis_agents::timers::TimerBook;

use super::talk::Talk;

fn rings(talk: &mut Talk) -> Vec<String> {
    let due = talk.timers.due(talk.now.timestamp());
    due.iter().map(|due| talk.reflexes.ring_text(due, &talk.now)).collect()
}

/// Two timers, an alarm and a reminder are set.
fn with_some_of_each() -> Talk {
    let mut talk = Talk::new("en");
    talk.check("Set a pasta timer for 8 minutes", "Pasta timer set for 8 minutes.");
    talk.check("Set a timer for an hour", "Timer set for 1 hour.");
    talk.check("Set an alarm for 6 am", "Alarm set for 6 AM tomorrow.");
    talk.check("Remind me to call Aoife in 5 minutes", "I will remind you at 4:15 PM to call Aoife.");
    talk
}

#[test]
fn timers_are_set_listed_cancelled_and_rung() {
    let mut talk = with_some_of_each();
    talk.wait(100);
    talk.check(
        "What timers are running?",
        "The reminder to call Aoife is set for 4:15 PM, the pasta timer has 6 minutes and 20 seconds left, \
         the timer for 1 hour has 58 minutes and 20 seconds left and the alarm for 6 AM is set for 6 AM tomorrow.",
    );
    talk.check("How long is left on the pasta timer?", "The pasta timer has 6 minutes and 20 seconds left.");
    talk.check("how much time is left on the rice timer", "There is no rice timer.");
    talk.check("What alarms are set?", "The alarm for 6 AM is set for 6 AM tomorrow.");
    talk.check("Cancel the timer", "Which one: the pasta timer and the timer for 1 hour?");
    talk.check("Cancel the rice timer", "There is no rice timer.");
    talk.check("Cancel the one hour timer.", "I have cancelled the timer for 1 hour.");
    talk.check("Cancel my alarm", "I have cancelled the alarm for 6 AM.");
    talk.check("Cancel the Pasta timer", "I have cancelled the pasta timer.");
    talk.wait(199);
    assert_eq!(rings(&mut talk), Vec::<String>::new());
    talk.wait(1);
    assert_eq!(rings(&mut talk), ["This is your reminder to call Aoife."]);
    talk.check("Cancel all timers", "No timer is running.");
    talk.check("Set a timer for 10 seconds", "Timer set for 10 seconds.");
    talk.check("Set a timer for the tea for 10 seconds", "Tea timer set for 10 seconds.");
    talk.wait(10);
    assert_eq!(rings(&mut talk), ["Your timer for 10 seconds is done.", "Your tea timer is done."]);
    talk.check("Set an alarm for noon", "Alarm set for 12 PM tomorrow.");
    talk.check("Cancel everything", "I have cancelled the alarm for 12 PM.");
}

#[test]
fn all_of_one_kind_are_cancelled_and_no_others() {
    let mut talk = with_some_of_each();
    talk.check("Cancel all timers", "I have cancelled the pasta timer and the timer for 1 hour.");
    talk.check("Cancel all my alarms", "I have cancelled the alarm for 6 AM.");
    talk.check("Set a timer for 10 minutes", "Timer set for 10 minutes.");
    talk.check("Set an alarm for 7 am", "Alarm set for 7 AM tomorrow.");
    talk.check(
        "Cancel timers and alarms",
        "I have cancelled the timer for 10 minutes and the alarm for 7 AM.",
    );
    talk.check("Delete all reminders", "I have cancelled the reminder to call Aoife.");
    talk.check("Cancel everything", "There is nothing to cancel.");
}

#[test]
fn what_rings_is_silenced_and_what_runs_is_cancelled() {
    for said in ["Stop the timer", "Turn off the timer"] {
        let mut talk = Talk::new("en");
        talk.check("Set a timer for 10 minutes", "Timer set for 10 minutes.");
        talk.ringing = true;
        let reply = talk.hear(said).unwrap();
        assert_eq!((reply.text.as_str(), reply.effect, talk.timers.list().len()), ("", Effect::Stop, 1));
        talk.ringing = false;
        talk.check(said, "I have cancelled the timer for 10 minutes.");
    }
}

#[test]
fn a_restart_loses_nothing() {
    let mut talk = Talk::new("en");
    talk.check("Set an egg timer for 5 minutes", "Egg timer set for 5 minutes.");
    talk.check("Wake me at 7", "Alarm set for 7 AM tomorrow.");
    talk.wait(3600);
    let (timers, problem) = TimerBook::open(talk.folder.path().join("timers.json"), talk.now.timestamp());
    assert!(problem.is_none());
    talk.timers = timers;
    assert_eq!(rings(&mut talk), ["This was due while I was away. Your egg timer is done."]);
    talk.check("list my alarms", "The alarm for 7 AM is set for 7 AM tomorrow.");
    talk.now = "2026-03-02T07:00:00[Europe/London]".parse().unwrap();
    assert_eq!(rings(&mut talk), ["It is 7 AM. This is your alarm."]);
}

#[test]
fn a_timer_that_cannot_be_saved_says_so() {
    let mut talk = Talk::new("en");
    let blocker = talk.folder.path().join("blocker");
    std::fs::write(&blocker, "").unwrap();
    talk.timers = TimerBook::open(blocker.join("timers.json"), talk.now.timestamp()).0;
    let lost = "Timer set for 10 minutes, but I could not save it. It is lost if I am restarted.";
    talk.check("set a timer for ten minutes", lost);
    assert_eq!(talk.timers.list().len(), 1);
}

#[test]
fn effects_are_handed_back() {
    let mut talk = Talk::new("en");
    for (heard, effect) in [
        ("what time is it", Effect::None),
        ("stop", Effect::Stop),
        ("stop listening", Effect::Mute),
        ("louder", Effect::Volume(VolumeChange::Up)),
        ("turn it down", Effect::Volume(VolumeChange::Down)),
        ("set the volume to forty percent", Effect::Volume(VolumeChange::Set(40))),
        ("full volume", Effect::Volume(VolumeChange::Set(100))),
        ("mute", Effect::Volume(VolumeChange::Set(0))),
        ("unmute", Effect::Volume(VolumeChange::Back)),
    ] {
        assert_eq!(talk.hear(heard).unwrap().effect, effect, "{heard}");
    }
    talk.last = Some((String::new(), "It is 4:10 PM.".to_owned(), None, Vec::new()));
    talk.check("say that again", "It is 4:10 PM.");
}
