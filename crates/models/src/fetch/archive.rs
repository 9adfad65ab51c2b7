//! Taking single members out of wheels (zip) and npm packages (gzipped tar).

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::{Component, Path};

use flate2::read::GzDecoder;

/// Writes the member's bytes to `out`.
///
/// Errors: `NotFound` if the archive has no such member, `InvalidData` if it cannot be read.
pub fn copy_member(archive: &Path, member: &str, out: &mut impl Write) -> io::Result<()> {
    let mut found = false;
    for_each(archive, |name, bytes| {
        if name != member {
            return Ok(ControlFlow::Continue(()));
        }
        found = true;
        io::copy(bytes, out)?;
        Ok(ControlFlow::Break(()))
    })?;
    if found { Ok(()) } else { Err(missing(member)) }
}

/// Writes every file below `folder` (which ends in `/`) of the archive below the new folder `to`.
pub fn unpack_folder(archive: &Path, folder: &str, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let mut found = false;
    for_each(archive, |name, bytes| {
        if let Some(inner) =
            name.strip_prefix(folder).filter(|inner| !inner.is_empty() && !inner.ends_with('/'))
        {
            // A name like `../x` would write outside.
            if !Path::new(inner).components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it holds the path {name}")));
            }
            found = true;
            let path = to.join(inner);
            fs::create_dir_all(path.parent().unwrap_or(to))?;
            io::copy(bytes, &mut File::create(path)?)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if found { Ok(()) } else { Err(missing(folder)) }
}

fn missing(member: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("it has no {member}"))
}

fn for_each(
    archive: &Path,
    mut visit: impl FnMut(&str, &mut dyn Read) -> io::Result<ControlFlow<()>>,
) -> io::Result<()> {
    let file = BufReader::new(File::open(archive)?);
    if archive.extension().is_some_and(|extension| extension == "tgz") {
        for entry in tar::Archive::new(GzDecoder::new(file)).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            if entry.header().entry_type().is_file() && visit(&name, &mut entry)?.is_break() {
                break;
            }
        }
    } else {
        let mut zip = zip::ZipArchive::new(file)?;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index)?;
            let name = entry.name()?.into_owned();
            if entry.is_file() && visit(&name, &mut entry)?.is_break() {
                break;
            }
        }
    }
    Ok(())
}
