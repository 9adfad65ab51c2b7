//! One array of floats out of a NumPy `.npz`.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>; an `.npz` is a zip of `.npy`.

use std::io::{Cursor, Read};

use super::{ConvertError, format};

/// The two-dimensional little-endian `f32` array `name` of `npz`: rows, columns, and the raw bytes row by row.
pub fn matrix(npz: &[u8], name: &str) -> Result<(u32, u32, Vec<u8>), ConvertError> {
    let unreadable = |error: zip::result::ZipError| format(format!("mel filters: {error}"));
    let mut zip = zip::ZipArchive::new(Cursor::new(npz)).map_err(unreadable)?;
    let mut bytes = Vec::new();
    zip.by_name(&format!("{name}.npy")).map_err(unreadable)?.read_to_end(&mut bytes)?;

    let wrong = || format(format!("mel filters: {name} is not a plain matrix of 32-bit floats"));
    // Magic, version 1.0, length of the header as u16, then the header: a Python dictionary in text.
    let rest = bytes.strip_prefix(b"\x93NUMPY\x01\x00").ok_or_else(wrong)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(wrong)?;
    let (header, data) = rest.split_at_checked(u16::from_le_bytes(*length).into()).ok_or_else(wrong)?;
    let header = std::str::from_utf8(header).map_err(|_| wrong())?;
    if !header.contains("'descr': '<f4'") || !header.contains("'fortran_order': False") {
        return Err(wrong());
    }
    let shape =
        header.split_once("'shape': (").and_then(|(_, rest)| rest.split_once(')')).ok_or_else(wrong)?.0;
    let dims: Vec<u32> = shape.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let [rows, columns] = dims[..] else { return Err(wrong()) };
    if data.len() as u64 != u64::from(rows) * u64::from(columns) * 4 {
        return Err(wrong());
    }
    Ok((rows, columns, data.to_vec()))
}
