//! How loud Jarvis speaks when it is told to be louder, softer, silent, or to be heard again.

use jarvis_agents::reflex::VolumeChange;

/// What one step up or down is, and what a step down never goes below: who wants silence says so.
const STEP: f32 = 0.15;
const SOFTEST: f32 = 0.05;

/// Remembers how loud it was when it could be heard last, 0.0 to 1.0.
pub(super) struct Volume {
    heard: f32,
}

impl Default for Volume {
    fn default() -> Self {
        Self { heard: 1.0 }
    }
}

impl Volume {
    /// The volume after `change`, where it is `now`.
    pub(super) fn changed(&mut self, now: f32, change: VolumeChange) -> f32 {
        if now > 0.0 {
            self.heard = now;
        }
        match change {
            VolumeChange::Up => (now + STEP).min(1.0),
            VolumeChange::Down => (now - STEP).max(SOFTEST),
            VolumeChange::Set(percent) => f32::from(percent) / 100.0,
            VolumeChange::Back => self.heard,
        }
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
            let now = changes.iter().fold(1.0, |now, change| volume.changed(now, *change));
            assert!((now - expected).abs() < 1e-6, "{changes:?}: {now}");
        }
    }
}
