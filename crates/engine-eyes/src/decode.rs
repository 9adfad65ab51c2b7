//! Takes pictures apart, within bounds: a file of a few bytes can claim to be of any size.

use std::io::Cursor;

use image::{DynamicImage, ImageReader, Limits};
use jarvis_engine::eyes::{MAX_PIXELS, MAX_SIDE};
use jarvis_engine::{Fault, FaultCode};

/// A picture in any format that is read: PNG, JPEG, WebP.
pub fn picture(bytes: &[u8]) -> Result<DynamicImage, Fault> {
    let reader = || {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = Limits::default();
        (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
        limits.max_alloc = Some(MAX_PIXELS * 8);
        reader.limits(limits);
        Ok::<_, std::io::Error>(reader)
    };
    let (width, height) = reader().map_err(bad)?.into_dimensions().map_err(bad)?;
    check_size(width, height)?;
    reader().map_err(bad)?.decode().map_err(bad)
}

/// Whether a picture of that size is looked at.
pub fn check_size(width: u32, height: u32) -> Result<(), Fault> {
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(bad(format!("it has {width} by {height} pixels")));
    }
    Ok(())
}

fn bad(reason: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::BadRequest, format!("the picture cannot be looked at ({reason})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        // The beginning of a PNG that claims 30,000 by 30,000 pixels.
        let huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0\x3c\x4d\xdb\x28";
        for bytes in [&b""[..], b"text", huge] {
            let fault = picture(bytes).expect_err("no picture");
            assert_eq!(fault.code, FaultCode::BadRequest, "{fault}");
        }
    }
}
