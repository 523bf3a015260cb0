//! Files that are written whole or not at all.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever may read the user's other files.
    Usual,
    /// The user alone.
    Owner,
}

/// Writes a file: beside its place first, and then into it, so that nobody finds half of it there and
/// what was there stays if the disk is full. A link stays a link; a pipe or a device is written to.
///
/// # Errors
///
/// What the operating system said.
pub fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let place = followed(path);
    let before = fs::metadata(&place).ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return OpenOptions::new()
            .write(true)
            .open(&place)?
            .write_all(bytes);
    }
    let new = beside(&place, &format!(".{:08x}.new", fastrand::u32(..)));
    let file = match create(&new, readers) {
        Ok(file) => file,
        // The folder may take no new file, and the old one be written to.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && before.is_some() => {
            return fs::write(&place, bytes);
        }
        Err(error) => return Err(error),
    };
    let kept = before.filter(|_| readers == Readers::Usual);
    let written = filled(file, bytes)
        .and_then(|()| kept.map_or(Ok(()), |kept| fs::set_permissions(&new, kept.permissions())))
        .and_then(|()| fs::rename(&new, &place));
    if written.is_err() {
        // What went wrong is the error to report.
        let _ = fs::remove_file(&new);
    }
    written
}

/// The path of what a link leads to, whether it is there or not; else the path itself.
pub fn followed(path: &Path) -> PathBuf {
    /// As far as Linux follows links.
    const MOST: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..MOST {
        let Ok(target) = fs::read_link(&place) else {
            break;
        };
        place = match place.parent() {
            Some(folder) => folder.join(target),
            None => target,
        };
    }
    place
}

/// The path with something behind its name.
pub fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(extension);
    PathBuf::from(name)
}

/// Makes a file that is not there yet.
fn create(path: &Path, readers: Readers) -> io::Result<File> {
    opened(OpenOptions::new().write(true).create_new(true), readers).open(path)
}

/// Opens a file that the user alone may read, and makes it if it is not there.
pub fn private(path: &Path) -> io::Result<File> {
    opened(
        OpenOptions::new().write(true).create(true).truncate(false),
        Readers::Owner,
    )
    .open(path)
}

#[cfg(unix)]
fn opened(options: &mut OpenOptions, readers: Readers) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    match readers {
        Readers::Usual => options,
        Readers::Owner => options.mode(0o600),
    }
}

#[cfg(not(unix))]
fn opened(options: &mut OpenOptions, _: Readers) -> &mut OpenOptions {
    options
}

fn filled(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("trailblame-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_link_stays_a_link_and_nothing_is_left_beside() {
        let folder = folder("link");
        let (link, target) = (folder.join("link"), folder.join("target"));
        symlink("target", &link).expect("a link");
        for text in ["first", "second"] {
            write(&link, text.as_bytes(), Readers::Usual).expect("a file");
            assert_eq!(fs::read_to_string(&target).expect("a file"), text);
        }
        assert!(link.is_symlink());
        assert_eq!(names(&folder), ["link", "target"]);
    }

    #[test]
    fn readers_are_as_few_as_asked_and_stay_so() {
        let folder = folder("readers");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        let own = folder.join("own");
        write(&own, b"x", Readers::Owner).expect("a file");
        assert_eq!(mode(&own), 0o600);
        let page = folder.join("page");
        fs::write(&page, "old").expect("a file");
        fs::set_permissions(&page, fs::Permissions::from_mode(0o640)).expect("permissions");
        write(&page, b"new", Readers::Usual).expect("a file");
        assert_eq!(mode(&page), 0o640);
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = folder("fails");
        let missing = folder.join("none").join("page");
        assert!(write(&missing, b"x", Readers::Usual).is_err());
        assert!(write(Path::new("/dev/full"), b"x", Readers::Usual).is_err());
        assert_eq!(names(&folder), [""; 0]);
    }
}
