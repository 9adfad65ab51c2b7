//! Places and their time zones, by the names of the system's time zone database ("Tokyo" is in "Asia/Tokyo").

use jiff::tz::{self, TimeZone};

use super::words::key;

/// A place whose time can be told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// As a person calls it.
    pub name: String,
    /// Its time zone.
    pub zone: TimeZone,
}

/// The zone called `name`: in full ("Europe/Berlin") or by its last part in any spelling ("new york").
pub(crate) fn find(name: &str) -> Option<TimeZone> {
    if name.contains('/') {
        return TimeZone::get(name).ok();
    }
    let wanted = key(name);
    let is_it = |zone: &str| {
        let (area, city) = zone.rsplit_once('/').unwrap_or(("", zone));
        !area.starts_with("Etc") && city.len() > 3 && key(&city.replace('_', " ")) == wanted
    };
    let db = tz::db();
    let found = db.available().find(|zone| is_it(zone.as_str()))?;
    db.get(found.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_go_by_their_city() {
        for (name, zone) in [
            ("tokyo", "Asia/Tokyo"),
            ("New York", "America/New_York"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("SINGAPORE", "Asia/Singapore"),
        ] {
            let found = find(name).unwrap_or_else(|| panic!("{name}: the tzdata package is needed"));
            let here = jiff::Timestamp::UNIX_EPOCH.to_zoned(found);
            let there = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::get(zone).unwrap());
            assert_eq!(here.datetime(), there.datetime(), "{name}");
        }
        for name in ["", "love", "the morning", "GMT", "Nowhere/City"] {
            assert_eq!(find(name), None, "{name}");
        }
    }
}
