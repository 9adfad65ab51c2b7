//! Windows as the X server and its window manager know them (EWMH): which there are, what is where, and requests to the
//! manager. Nothing is kept between two calls. For the neighbours in this folder only.

use jarvis_guard::Effect;
use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, KeyButMask, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use super::one_line;
use crate::tool::ToolError;

x11rb::atom_manager! {
    pub(super) Atoms: AtomsCookie {
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_CLOSE_WINDOW,
        _NET_CURRENT_DESKTOP,
        _NET_FRAME_EXTENTS,
        _NET_MOVERESIZE_WINDOW,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_PING,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_STATE_MAXIMIZED_HORZ,
        _NET_WM_STATE_MAXIMIZED_VERT,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
        _NET_WORKAREA,
        WM_CHANGE_STATE,
        WM_PROTOCOLS,
    }
}

/// A place on the screen, pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Area {
    fn holds(self, x: i32, y: i32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    fn common(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = (self.x + self.width).min(other.x + other.width) - x;
        let height = (self.y + self.height).min(other.y + other.height) - y;
        Self { x, y, width, height }
    }
}

/// A window of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) id: Id,
    pub(crate) title: String,
    /// The program's name for its windows (WM_CLASS).
    pub(crate) app: String,
    pub(crate) pid: Option<u32>,
    /// With its frame.
    pub(crate) area: Area,
    pub(crate) focused: bool,
    pub(crate) minimised: bool,
}

impl Window {
    /// As people and the guard are told of it: a terminal's title may say nothing of it being one.
    pub(crate) fn words(&self) -> String {
        match (self.title.as_str(), self.app.as_str()) {
            (title, "") => title.to_owned(),
            ("", app) => app.to_owned(),
            (title, app) if title.to_lowercase().contains(&app.to_lowercase()) => title.to_owned(),
            (title, app) => format!("{title} ({app})"),
        }
    }

    /// Whether Jarvis asks its questions there: in its window, on its page, or in the terminal that it was started from.
    pub(crate) fn is_own(&self) -> bool {
        let is_named = |text: &str| text.to_lowercase().starts_with("jarvis");
        is_named(&self.title)
            || is_named(&self.app)
            || self.pid.is_some_and(crate::system::is_jarvis_or_above)
    }

    /// Focusing, moving or closing it.
    pub(crate) fn effect(&self, close: bool) -> Effect {
        Effect::Window { title: self.words(), close }
    }
}

/// A connection to an X server.
pub(crate) struct X {
    pub(super) connection: RustConnection,
    pub(super) root: Id,
    pub(super) atoms: Atoms,
}

pub(super) fn broken(error: impl std::fmt::Display) -> ToolError {
    ToolError::failed(format!("The screen's server gives no answer ({error})."))
}

impl X {
    /// Connects.
    pub(crate) fn connect(display: &str) -> Result<Self, ToolError> {
        let (connection, screen) = RustConnection::connect(Some(display)).map_err(|error| {
            ToolError::unavailable(format!(
                "The screen {display} cannot be reached ({error}). Is the desktop session still there?"
            ))
        })?;
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection).map_err(broken)?.reply().map_err(broken)?;
        Ok(Self { connection, root, atoms })
    }

    pub(super) fn numbers(&self, window: Id, property: u32) -> Vec<u32> {
        let asked = self.connection.get_property(false, window, property, AtomEnum::ANY, 0, 4096);
        let reply = asked.ok().and_then(|cookie| cookie.reply().ok());
        // A window may go while it is asked about; then there is nothing to tell of it.
        reply.and_then(|reply| Some(reply.value32()?.collect())).unwrap_or_default()
    }

    fn text(&self, window: Id, property: u32) -> Option<String> {
        let asked = self.connection.get_property(false, window, property, AtomEnum::ANY, 0, 1024);
        let reply = asked.ok()?.reply().ok()?;
        if reply.format != 8 || reply.value.is_empty() {
            return None;
        }
        if reply.type_ == u32::from(AtomEnum::STRING) {
            // Which is Latin-1 by definition.
            return Some(reply.value.iter().map(|&byte| char::from(byte)).collect());
        }
        Some(String::from_utf8_lossy(&reply.value).into_owned())
    }

    /// The windows of programs, the uppermost first.
    pub(crate) fn windows(&self) -> Result<Vec<Window>, ToolError> {
        let mut ids = self.numbers(self.root, self.atoms._NET_CLIENT_LIST_STACKING);
        if ids.is_empty() {
            ids = self.numbers(self.root, self.atoms._NET_CLIENT_LIST);
        }
        let active = self.active();
        let shows = |id: &Id| {
            let types = self.numbers(*id, self.atoms._NET_WM_WINDOW_TYPE);
            !types.iter().any(|kind| {
                [self.atoms._NET_WM_WINDOW_TYPE_DOCK, self.atoms._NET_WM_WINDOW_TYPE_DESKTOP].contains(kind)
            })
        };
        ids.reverse();
        Ok(ids.into_iter().filter(shows).filter_map(|id| self.window(id, active)).collect())
    }

    fn window(&self, id: Id, active: Option<Id>) -> Option<Window> {
        let states = self.numbers(id, self.atoms._NET_WM_STATE);
        let title = self.text(id, self.atoms._NET_WM_NAME);
        let title = title.or_else(|| self.text(id, AtomEnum::WM_NAME.into())).unwrap_or_default();
        let class = self.text(id, AtomEnum::WM_CLASS.into()).unwrap_or_default();
        let class = class.split('\0').rfind(|part| !part.is_empty()).unwrap_or_default();
        let inner = self.inner(id)?;
        let [left, right, top, bottom] = self.frame(id);
        Some(Window {
            id,
            title: one_line(&title),
            app: one_line(class),
            pid: self.numbers(id, self.atoms._NET_WM_PID).first().copied().filter(|&pid| pid > 0),
            area: Area {
                x: inner.x - left,
                y: inner.y - top,
                width: inner.width + left + right,
                height: inner.height + top + bottom,
            },
            focused: active == Some(id),
            minimised: states.contains(&self.atoms._NET_WM_STATE_HIDDEN),
        })
    }

    fn inner(&self, id: Id) -> Option<Area> {
        let size = self.connection.get_geometry(id).ok()?.reply().ok()?;
        let corner = self.connection.translate_coordinates(id, self.root, 0, 0).ok()?.reply().ok()?;
        Some(Area {
            x: corner.dst_x.into(),
            y: corner.dst_y.into(),
            width: size.width.into(),
            height: size.height.into(),
        })
    }

    /// Left, right, top, bottom.
    fn frame(&self, id: Id) -> [i32; 4] {
        let extents = self.numbers(id, self.atoms._NET_FRAME_EXTENTS);
        let mut sides = extents.iter().map(|&side| i32::try_from(side).unwrap_or_default());
        std::array::from_fn(|_| sides.next().unwrap_or_default())
    }

    /// The window that has the focus.
    pub(crate) fn active(&self) -> Option<Id> {
        self.numbers(self.root, self.atoms._NET_ACTIVE_WINDOW).first().copied().filter(|&id| id != 0)
    }

    /// The same, with all that is known of it.
    pub(crate) fn focused(&self) -> Option<Window> {
        let id = self.active()?;
        self.window(id, Some(id))
    }

    /// What a click at that place would hit: a window of a program, a menu or a panel; none where there is only the
    /// background. A place that is not on the screen is an error: the pointer would stop at its edge, over something else.
    pub(crate) fn at(&self, x: i32, y: i32) -> Result<Option<Window>, ToolError> {
        let screen = self.connection.get_geometry(self.root).map_err(broken)?.reply().map_err(broken)?;
        let on_it = (0..i32::from(screen.width)).contains(&x) && (0..i32::from(screen.height)).contains(&y);
        let (true, Ok(to_x), Ok(to_y)) = (on_it, i16::try_from(x), i16::try_from(y)) else {
            let (width, height) = (screen.width, screen.height);
            return Err(ToolError::failed(format!(
                "{x}, {y} is not on the screen, which is {width} by {height}."
            )));
        };
        let found = self.connection.translate_coordinates(self.root, self.root, to_x, to_y);
        let top = found.map_err(broken)?.reply().map_err(broken)?.child;
        if top == x11rb::NONE {
            return Ok(None);
        }
        let active = self.active();
        let ids = self.numbers(self.root, self.atoms._NET_CLIENT_LIST);
        let framed = ids.into_iter().find(|&id| self.top_of(id) == Some(top));
        Ok(self.window(framed.unwrap_or(top), active))
    }

    /// The frame that a window manager has put around a window; itself where there is none.
    fn top_of(&self, id: Id) -> Option<Id> {
        let mut id = id;
        loop {
            let tree = self.connection.query_tree(id).ok()?.reply().ok()?;
            if tree.parent == tree.root || tree.parent == x11rb::NONE {
                return Some(id);
            }
            id = tree.parent;
        }
    }

    /// Whether a window is still there, and shown or not.
    pub(crate) fn exists(&self, id: Id) -> bool {
        self.numbers(self.root, self.atoms._NET_CLIENT_LIST).contains(&id)
    }

    fn is_shown(&self, id: Id) -> bool {
        let attributes =
            self.connection.get_window_attributes(id).ok().and_then(|cookie| cookie.reply().ok());
        attributes.is_some_and(|a| a.map_state == MapState::VIEWABLE)
    }

    fn request(&self, window: Id, message: u32, data: [u32; 5]) -> Result<(), ToolError> {
        let event = ClientMessageEvent::new(32, window, message, data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, mask, event).map_err(broken)?.check().map_err(broken)
    }

    /// Asks the window manager to give a window the focus, wherever it is. Source 2: on a person's direct wish.
    pub(crate) fn activate(&self, id: Id) -> Result<(), ToolError> {
        let message = self.atoms._NET_ACTIVE_WINDOW;
        self.request(id, message, [2, x11rb::CURRENT_TIME, self.active().unwrap_or(x11rb::NONE), 0, 0])
    }

    /// Asks it to close windows, as their own buttons do, and waits until none of them is there any more, or their program has
    /// opened another: it asks something. Whether they are gone.
    pub(crate) fn close(
        &self,
        ids: &[Id],
        stop: &tokio_util::sync::CancellationToken,
    ) -> Result<bool, ToolError> {
        let before = self.windows()?;
        let pids: Vec<u32> = before.iter().filter(|w| ids.contains(&w.id)).filter_map(|w| w.pid).collect();
        for id in ids {
            self.request(*id, self.atoms._NET_CLOSE_WINDOW, [x11rb::CURRENT_TIME, 2, 0, 0, 0])?;
        }
        let is_open = || ids.iter().any(|id| self.exists(*id));
        super::launch::until(stop, || {
            let asks = |w: &Window| {
                !before.iter().any(|known| known.id == w.id) && w.pid.is_some_and(|pid| pids.contains(&pid))
            };
            !is_open() || self.windows().is_ok_and(|now| now.iter().any(asks))
        });
        Ok(!is_open())
    }

    /// Asks it to put a window out of sight.
    pub(crate) fn minimise(&self, id: Id) -> Result<(), ToolError> {
        const ICONIC: u32 = 3;
        self.request(id, self.atoms.WM_CHANGE_STATE, [ICONIC, 0, 0, 0, 0])
    }

    /// Asks it to fill the screen with a window, or not any more.
    pub(crate) fn maximise(&self, id: Id, on: bool) -> Result<(), ToolError> {
        let (across, down) =
            (self.atoms._NET_WM_STATE_MAXIMIZED_HORZ, self.atoms._NET_WM_STATE_MAXIMIZED_VERT);
        self.request(id, self.atoms._NET_WM_STATE, [u32::from(on), across, down, 2, 0])
    }

    /// Asks it to show nothing but a window, or more again.
    pub(crate) fn fullscreen(&self, id: Id, on: bool) -> Result<(), ToolError> {
        let state = self.atoms._NET_WM_STATE_FULLSCREEN;
        self.request(id, self.atoms._NET_WM_STATE, [u32::from(on), state, 0, 2, 0])
    }

    /// Asks it to put a window, with its frame, there.
    pub(crate) fn place(&self, id: Id, area: Area) -> Result<(), ToolError> {
        // Which of the four are given, that a person wishes it, and the frame's upper left corner as what x and y are of.
        const FLAGS: u32 = (0b1111 << 8) | (2 << 12) | 1;
        let [left, right, top, bottom] = self.frame(id);
        let (width, height) = ((area.width - left - right).max(1), (area.height - top - bottom).max(1));
        let data = [
            FLAGS,
            area.x.cast_unsigned(),
            area.y.cast_unsigned(),
            width.cast_unsigned(),
            height.cast_unsigned(),
        ];
        self.request(id, self.atoms._NET_MOVERESIZE_WINDOW, data)
    }

    /// The part of the screen that a window may fill: its monitor without panels.
    pub(crate) fn room_for(&self, window: &Window) -> Result<Area, ToolError> {
        let desktop = self.numbers(self.root, self.atoms._NET_CURRENT_DESKTOP).first().copied().unwrap_or(0);
        let areas = self.numbers(self.root, self.atoms._NET_WORKAREA);
        let mut sides =
            areas.iter().skip(desktop as usize * 4).map(|&n| i32::try_from(n).unwrap_or_default());
        let mut side = || sides.next();
        let work = match (side(), side(), side(), side()) {
            (Some(x), Some(y), Some(width), Some(height)) => Area { x, y, width, height },
            _ => self.inner(self.root).ok_or_else(|| broken("no size"))?,
        };
        let (x, y) = (window.area.x + window.area.width / 2, window.area.y + window.area.height / 2);
        let monitors = self.connection.randr_get_monitors(self.root, true).ok().and_then(|c| c.reply().ok());
        let monitor = monitors.into_iter().flat_map(|reply| reply.monitors).map(|m| Area {
            x: m.x.into(),
            y: m.y.into(),
            width: m.width.into(),
            height: m.height.into(),
        });
        Ok(monitor.into_iter().find(|m| m.holds(x, y)).map_or(work, |monitor| monitor.common(work)))
    }

    /// Waits until the person holds no key that would make another thing of a letter, a shortcut's for one. Ends when it is stopped.
    pub(crate) fn hands_off(&self, stop: &tokio_util::sync::CancellationToken) -> Result<(), ToolError> {
        let held = KeyButMask::CONTROL | KeyButMask::MOD1 | KeyButMask::MOD4;
        while !stop.is_cancelled() {
            let pointer =
                self.connection.query_pointer(self.root).map_err(broken)?.reply().map_err(broken)?;
            if u16::from(pointer.mask) & u16::from(held) == 0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Ok(())
    }

    /// Gives a window the focus, and waits until it has it.
    pub(crate) fn focus(
        &self,
        window: &Window,
        stop: &tokio_util::sync::CancellationToken,
    ) -> Result<(), ToolError> {
        self.activate(window.id)?;
        let got = super::launch::until(stop, || self.active() == Some(window.id) && self.is_shown(window.id));
        if got {
            return Ok(());
        }
        let title = window.words();
        Err(ToolError::failed(if self.exists(window.id) {
            format!("The window manager does not give the focus to \"{title}\".")
        } else {
            format!("The window \"{title}\" is gone.")
        }))
    }
}
