//! What the keyboard of an X server has keys for, and whether a program has read the keys that were pressed.
//!
//! A letter that has no key of its own borrows a free one. A program looks up what a key means when it gets to read it, so no key
//! may be given back before. For the neighbour that types.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask};

use super::x11::{X, broken};
use crate::tool::ToolError;

/// A program that reads nothing for so long hangs; it is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(3);
/// One that does not answer when asked has read its keys after this, or is asked to do too much.
const UNASKED: Duration = Duration::from_millis(200);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The letters that have a key, and how many others can borrow one.
pub(super) struct Letters {
    own: HashSet<u32>,
    free: usize,
    borrowed: HashSet<char>,
}

impl Letters {
    /// Whether a letter can be typed without taking a key away from one that borrowed it. It has one then.
    pub(super) fn has_room_for(&mut self, letter: char) -> bool {
        // The codes of these letters are those of their keys.
        let latin = matches!(letter, ' '..='~' | '\u{a0}'..='\u{ff}');
        if latin && self.own.contains(&u32::from(letter)) || self.borrowed.contains(&letter) {
            return true;
        }
        let room = self.borrowed.len() < self.free;
        if room {
            self.borrowed.insert(letter);
        }
        room
    }

    /// All that was borrowed was given back.
    pub(super) fn give_back(&mut self) {
        self.borrowed.clear();
    }
}

impl X {
    /// What the keyboard has keys for now.
    pub(super) fn letters(&self) -> Result<Letters, ToolError> {
        // Key 8 means nothing to many programs, whatever it is given.
        const DEAD: u8 = 8;
        let (least, most) = (self.connection.setup().min_keycode, self.connection.setup().max_keycode);
        let asked = self.connection.get_keyboard_mapping(least, most - least + 1);
        let map = asked.map_err(broken)?.reply().map_err(broken)?;
        let keys = map.keysyms.chunks(usize::from(map.keysyms_per_keycode).max(1));
        let free = (least..=most)
            .zip(keys.clone())
            .filter(|(code, key)| *code != DEAD && key.iter().all(|k| *k == 0));
        let free = free.count();
        // Only what needs no Shift is a key of its own to what presses them.
        let own = keys.filter_map(|key| key.first().copied()).filter(|&key| key != 0).collect();
        Ok(Letters { own, free, borrowed: HashSet::new() })
    }

    /// Waits until the program of a window has read what was pressed: it is asked to answer (`_NET_WM_PING`), and its answer comes
    /// after its keys.
    pub(super) fn caught_up(&self, window: u32, stop: &CancellationToken) -> Result<(), ToolError> {
        let answers = self.numbers(window, self.atoms.WM_PROTOCOLS).contains(&self.atoms._NET_WM_PING);
        if !answers {
            std::thread::sleep(UNASKED);
            return Ok(());
        }
        let listen = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        self.connection
            .change_window_attributes(self.root, &listen)
            .map_err(broken)?
            .check()
            .map_err(broken)?;
        // By this number its answer is known; a time as X counts it would do as well.
        let number = std::process::id();
        let data = [self.atoms._NET_WM_PING, number, window, 0, 0];
        let ask = ClientMessageEvent::new(32, window, self.atoms.WM_PROTOCOLS, data);
        self.connection.send_event(false, window, EventMask::NO_EVENT, ask).map_err(broken)?;
        self.connection.flush().map_err(broken)?;
        let end = Instant::now() + PATIENCE;
        let mut answered = false;
        while !answered && !stop.is_cancelled() && Instant::now() < end {
            match self.connection.poll_for_event().map_err(broken)? {
                Some(Event::ClientMessage(answer)) if answer.window == self.root && answer.format == 32 => {
                    let told = answer.data.as_data32();
                    answered = told[..3] == data[..3];
                }
                Some(_) => {}
                None => std::thread::sleep(LOOK_AGAIN),
            }
        }
        let deaf = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
        self.connection.change_window_attributes(self.root, &deaf).map_err(broken)?.check().map_err(broken)
    }
}
