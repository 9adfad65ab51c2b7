//! Takes pictures of the screen. Nothing is kept of them here.

use std::io::Cursor;

use image::{ImageFormat, RgbaImage, imageops};
use jarvis_engine::eyes::{Area, Lack, PictureInfo, Reply, View, WindowInfo};
use jarvis_engine::{Fault, FaultCode, Responder};
use xcap::{Monitor, Window, XCapError};

use crate::decode::check_size;

/// Tells which windows there are, the foremost first.
pub fn windows(reply: &Responder<Reply>) -> Result<(), Fault> {
    if let Some(lack) = no_screen() {
        return reply.send(lack, &[]);
    }
    let Ok(windows) = Window::all() else {
        // Wayland tells nobody of windows; then there are none to speak of.
        return Ok(());
    };
    windows.iter().filter_map(info).try_for_each(|info| reply.send(Reply::Window(info), &[]))
}

/// Takes a picture.
pub fn capture(view: &View, reply: &Responder<Reply>) -> Result<(), Fault> {
    if let Some(lack) = no_screen() {
        return reply.send(lack, &[]);
    }
    let (picture, info) = match view {
        View::Screen => {
            let (picture, place) = screen(&main_monitor()?)?;
            (picture, PictureInfo { place, title: None })
        }
        View::Region { x, y, width, height } => {
            check_size(*width, *height)?;
            let area = Area { x: *x, y: *y, width: *width, height: *height };
            let (picture, place) = region(&area)?;
            (picture, PictureInfo { place, title: None })
        }
        View::Window { title } => {
            let Some((window, info)) = find(title.as_deref())? else {
                let detail = match title {
                    Some(title) => format!("no window has {title:?} in its title"),
                    None => "no window has the focus".into(),
                };
                return reply.send(Reply::Lack { lack: Lack::Window, detail }, &[]);
            };
            check_size(info.place.width, info.place.height)?;
            // One that reaches beyond the screen has no picture of its own: the part that is seen has.
            let (picture, place) = match window.capture_image() {
                Ok(picture) => (picture, info.place),
                Err(_) => region(&info.place)?,
            };
            (picture, PictureInfo { place, title: Some(info.title) })
        }
    };
    let mut png = Vec::new();
    // What lies behind a screen is of no interest: it has no transparency.
    let picture = image::DynamicImage::ImageRgba8(picture).into_rgb8();
    picture
        .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
        .map_err(|e| Fault::new(FaultCode::Internal, format!("the picture cannot be written ({e})")))?;
    reply.send(Reply::Picture(info), &png)
}

fn no_screen() -> Option<Reply> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let none = cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY");
    none.then(|| Reply::Lack {
        lack: Lack::Screen,
        detail: "neither DISPLAY nor WAYLAND_DISPLAY is set".into(),
    })
}

fn failed(error: XCapError) -> Fault {
    Fault::new(FaultCode::Internal, format!("the screen cannot be looked at ({error})"))
}

fn main_monitor() -> Result<Monitor, Fault> {
    let monitors = Monitor::all().map_err(failed)?;
    let main = monitors.iter().find(|monitor| monitor.is_primary().unwrap_or(false));
    main.or(monitors.first())
        .cloned()
        .ok_or_else(|| Fault::new(FaultCode::Internal, "the screen cannot be looked at (there is none)"))
}

/// A picture of a whole monitor, and where that is.
fn screen(monitor: &Monitor) -> Result<(RgbaImage, Area), Fault> {
    let picture = monitor.capture_image().map_err(failed)?;
    check_size(picture.width(), picture.height())?;
    let (x, y) = (monitor.x().map_err(failed)?, monitor.y().map_err(failed)?);
    let place = Area { x, y, width: picture.width(), height: picture.height() };
    Ok((picture, place))
}

/// A picture of the part of `area` that is on the monitor of its middle.
fn region(area: &Area) -> Result<(RgbaImage, Area), Fault> {
    let (x, y) = area.middle();
    let monitor = Monitor::from_point(x, y).or_else(|_| main_monitor())?;
    let (mut picture, place) = screen(&monitor)?;
    let part =
        cut(area, &place).ok_or_else(|| Fault::new(FaultCode::BadRequest, "that is not on the screen"))?;
    let (left, top) = ((part.x - place.x) as u32, (part.y - place.y) as u32);
    Ok((imageops::crop(&mut picture, left, top, part.width, part.height).to_image(), part))
}

/// What two areas have in common, if anything.
fn cut(a: &Area, b: &Area) -> Option<Area> {
    let span = |at: i32, length: u32| (i64::from(at), i64::from(at) + i64::from(length));
    let common = |a: (i64, i64), b: (i64, i64)| {
        let (from, to) = (a.0.max(b.0), a.1.min(b.1));
        (from < to).then_some((from, to - from))
    };
    let (x, width) = common(span(a.x, a.width), span(b.x, b.width))?;
    let (y, height) = common(span(a.y, a.height), span(b.y, b.height))?;
    Some(Area { x: x as i32, y: y as i32, width: width as u32, height: height as u32 })
}

/// The foremost window with `title` in its title, or the one with the focus.
fn find(title: Option<&str>) -> Result<Option<(Window, WindowInfo)>, Fault> {
    let wanted = title.map(str::to_lowercase);
    let windows = Window::all().map_err(failed)?.into_iter().filter_map(|window| {
        let info = info(&window)?;
        Some((window, info))
    });
    let mut fitting = windows.filter(|(window, info)| {
        !window.is_minimized().unwrap_or(false)
            && match &wanted {
                Some(wanted) => info.title.to_lowercase().contains(wanted),
                None => info.focused,
            }
    });
    Ok(fitting.next())
}

fn info(window: &Window) -> Option<WindowInfo> {
    let place = Area {
        x: window.x().ok()?,
        y: window.y().ok()?,
        width: window.width().ok()?,
        height: window.height().ok()?,
    };
    let is_said = |name: &String| !name.trim().is_empty();
    // Old programs give their title in an old encoding only, which is not asked for here: then the program's name stands in.
    let title = window.title().ok().filter(is_said).or_else(|| window.app_name().ok().filter(is_said))?;
    Some(WindowInfo { title, place, focused: window.is_focused().unwrap_or(false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_areas_have_in_common() {
        let area = |x, y, width, height| Area { x, y, width, height };
        let table = [
            (area(0, 0, 10, 10), area(5, 5, 10, 10), Some(area(5, 5, 5, 5))),
            (area(-5, -5, 10, 10), area(0, 0, 100, 100), Some(area(0, 0, 5, 5))),
            (area(0, 0, 10, 10), area(10, 0, 10, 10), None),
            (area(i32::MAX, 0, u32::MAX, 1), area(0, 0, 10, 10), None),
        ];
        for (a, b, expected) in table {
            assert_eq!(cut(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
