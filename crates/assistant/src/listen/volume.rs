//! How loud Jarvis speaks: as it is set, until it is told to be louder, softer, silent, or to be heard again. That holds for whoever
//! speaks next, until another volume is set.

use jarvis_agents::reflex::VolumeChange;

/// What one step up or down is, and what a step down never goes below: who wants silence says so.
const STEP: f32 = 0.15;
const SOFTEST: f32 = 0.05;

/// 0.0 to 1.0 throughout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Volume {
    /// What is set.
    set: f32,
    now: f32,
    /// How loud it was when it could be heard last.
    heard: f32,
}

impl Default for Volume {
    fn default() -> Self {
        Self::of(1.0)
    }
}

impl Volume {
    /// As it is set.
    pub fn of(set: f32) -> Self {
        Self { set, now: set, heard: if set > 0.0 { set } else { 1.0 } }
    }

    /// What it is where `set` is set: what was said holds as long as that is the same.
    #[must_use]
    pub fn under(self, set: f32) -> Self {
        if set == self.set { self } else { Self::of(set) }
    }

    /// How loud it is now.
    pub fn now(self) -> f32 {
        self.now
    }

    /// Changes it. Returns how loud it is then.
    pub fn change(&mut self, change: VolumeChange) -> f32 {
        if self.now > 0.0 {
            self.heard = self.now;
        }
        self.now = match change {
            VolumeChange::Up => (self.now + STEP).min(1.0),
            VolumeChange::Down => (self.now - STEP).max(SOFTEST),
            VolumeChange::Set(percent) => f32::from(percent) / 100.0,
            VolumeChange::Back => self.heard,
        };
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_muted_and_heard_again_is_as_loud_as_before() {
        let silent = VolumeChange::Set(0);
        let table: [(&[VolumeChange], f32); 5] = [
            (&[VolumeChange::Set(40), silent, VolumeChange::Back], 0.4),
            (&[VolumeChange::Set(40), silent, silent, VolumeChange::Back], 0.4),
            (&[VolumeChange::Set(40), silent, VolumeChange::Set(70), VolumeChange::Back], 0.7),
            (&[VolumeChange::Set(40), VolumeChange::Back], 0.4),
            (&[silent, VolumeChange::Back], 1.0),
        ];
        for (changes, expected) in table {
            let mut volume = Volume::default();
            let now = changes.iter().fold(1.0, |_, change| volume.change(*change));
            assert!((now - expected).abs() < 1e-6, "{changes:?}: {now}");
        }
    }

    #[test]
    fn what_was_said_holds_until_another_volume_is_set() {
        let mut volume = Volume::of(0.8);
        volume.change(VolumeChange::Set(30));
        assert_eq!(volume.under(0.8).now(), 0.3);
        assert_eq!(volume.under(0.5).now(), 0.5);
        assert_eq!(volume.under(0.5).under(0.8).now(), 0.8, "it is forgotten then");
    }
}
