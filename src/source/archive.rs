//! Inputs that are opened, and the texts in those that are archives: zip, tar and Parquet.
//!
//! An archive may lie about everything: how much it holds, how often, how deep, and what its members
//! are called. So what is taken is bounded whatever it says, and a member's name is only ever shown.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Cursor, Read, Seek},
    path::PathBuf,
    rc::Rc,
};

use tar::EntryType;
use zip::ZipArchive;

use super::{
    files::Counted,
    inflate::{Bare, Counter, Inflated, Limits, past},
    parquet,
    peek::Peeked,
    signature::Content,
};

/// Takes each text with its name, or why there is none.
pub type Each<'e> = dyn FnMut(&str, io::Result<&mut dyn Read>) + 'e;

/// So many bytes of an input tell what it is below its packings: zstd unpacks 128 KiB or nothing.
const PEEK: usize = 192 << 10;
/// An archive in an archive is a colleague's; another one in that is a trap.
const MOST_LEVELS: u32 = 2;
/// A month of an organisation's trail has fewer files.
const MOST_MEMBERS: u64 = 1_000_000;
/// What must be held whole to be read, in an archive or from a pipe, is at most so large.
const MOST_HELD: u64 = 256 << 20;
/// Logs inflate 10 to 50 times, deflate 1,032 times at most; what inflates more often was made for it …
const MOST_RATIO: u64 = 2_000;
/// … but the first bytes are for free.
const FREE: u64 = 64 << 20;
/// Longer names are cut.
const LONGEST_NAME: u64 = 4 << 10;

/// An input that was opened and looked at.
pub struct Opened<'a> {
    input: Peeked<Counted<Box<dyn Read + Send + 'a>>>,
    /// Where it can be opened once more, to be read in any order.
    path: Option<PathBuf>,
    content: Content,
    bytes: Counter,
}

impl<'a> Opened<'a> {
    /// Looks at an input; `path` is that of a file.
    pub(super) fn new(
        input: Counted<Box<dyn Read + Send + 'a>>,
        path: Option<PathBuf>,
        bytes: &Counter,
    ) -> Self {
        let input = Peeked::new(input, PEEK);
        let content = Bare::new(Box::new(input.start()), &Counter::default()).content;
        Self {
            content,
            input,
            path,
            bytes: bytes.clone(),
        }
    }

    /// Bytes in memory.
    pub fn of_bytes(bytes: &'a [u8]) -> Self {
        let counter = Counter::default();
        Self::new(Counted(Box::new(bytes), counter.clone()), None, &counter)
    }

    /// Whether it is one text.
    pub fn is_text(&self) -> bool {
        self.content == Content::Text
    }

    /// The text that it is; `members` counts those of gzip.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn text(self, limits: Limits, members: &Counter) -> io::Result<Inflated<'a>> {
        Inflated::new(self.input, limits, members)
    }

    /// Hands each text in it to `each`.
    pub fn texts(self, name: &str, limits: Limits, each: &mut Each<'_>) {
        let looked_at = self.input.start();
        // Of a zip that is packed once more the file is no zip.
        let file = self.path.as_ref().filter(|_| looked_at.starts_with(b"PK"));
        let whole = file.map(|path| {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok::<_, io::Error>((file, size))
        });
        let size = match &whole {
            Some(Ok((_, size))) => *size,
            _ => 0,
        };
        // Read in any order, it is read once.
        self.bytes.add(size.saturating_sub(looked_at.len() as u64));
        let mut walk = Walk {
            ration: Ration::new(limits, size, &self.bytes),
            members: 0,
            limits,
            bytes: self.bytes.clone(),
            each,
        };
        match whole {
            Some(Ok((file, _))) => walk.zip(name, file, MOST_LEVELS - 1),
            Some(Err(error)) => walk.refuse(name, error),
            None => walk.take(name, Box::new(self.input), MOST_LEVELS),
        }
    }
}

/// A way through an archive.
struct Walk<'e, 'f> {
    /// How much text may still be taken.
    ration: Ration,
    /// Members met.
    members: u64,
    limits: Limits,
    /// What was read of the input.
    bytes: Counter,
    each: &'e mut Each<'f>,
}

impl Walk<'_, '_> {
    /// Takes what stands in `input`, of which so many levels may be archives.
    fn take(&mut self, name: &str, input: Box<dyn Read + '_>, levels: u32) {
        let Bare { input, content } = Bare::new(input, &Counter::default());
        if levels == 0 && matches!(content, Content::Zip | Content::Tar | Content::Parquet) {
            return self.refuse(
                name,
                io::Error::other("is an archive in archives; unpack them"),
            );
        }
        let mut rationed = Rationed {
            input,
            ration: self.ration.clone(),
        };
        match content {
            Content::Text => (self.each)(name, Ok(&mut rationed)),
            Content::Tar => {
                // What it is unpacked to is not yet text, and counts apart.
                rationed.ration = Ration::new(self.limits, 0, &self.bytes);
                self.tar(name, rationed, levels - 1);
            }
            Content::Zip => match held(rationed) {
                Ok(bytes) => self.zip(name, Cursor::new(bytes), levels - 1),
                Err(error) => self.refuse(name, error),
            },
            Content::Parquet => match held(rationed).and_then(parquet::Rows::new) {
                Ok(mut rows) => (self.each)(name, Ok(&mut rows)),
                Err(error) => self.refuse(name, error),
            },
            Content::Unread(why) => self.refuse(name, io::Error::other(why)),
            Content::Packed(_) => {}
        }
    }

    fn zip(&mut self, name: &str, input: impl Read + Seek, levels: u32) {
        let mut archive = match ZipArchive::new(input) {
            Ok(archive) => archive,
            Err(error) => return self.refuse(name, unsound("zip", &error)),
        };
        if archive.index_for_name("xl/workbook.xml").is_some() {
            let why = "is an Excel workbook, which is not read; save it as CSV";
            return self.refuse(name, io::Error::other(why));
        }
        for index in 0..archive.len() {
            let member = archive.name_for_index(index).unwrap_or_default();
            let member = inside(name, member.as_bytes());
            if !self.counts(name) {
                return;
            }
            match archive.by_index(index) {
                Ok(file) if file.is_dir() || is_hidden(file.name()) => {}
                Ok(file) => self.take(&member, Box::new(file), levels),
                Err(error) => self.refuse(&member, unsound("zip", &error)),
            }
        }
    }

    fn tar(&mut self, name: &str, input: impl Read, levels: u32) {
        let mut archive = tar::Archive::new(input);
        // Not raw, names are read that may be as long as they say.
        let entries = match archive.entries() {
            Ok(entries) => entries.raw(true),
            Err(error) => return self.refuse(name, unsound("tar", &error)),
        };
        let mut long = None;
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.refuse(name, unsound("tar", &error)),
            };
            let kind = entry.header().entry_type();
            if matches!(kind, EntryType::GNULongName | EntryType::XHeader) {
                long = long_name(&mut entry, kind).or(long);
                continue;
            }
            let path = long
                .take()
                .unwrap_or_else(|| entry.path_bytes().into_owned());
            if !self.counts(name) {
                return;
            }
            let shown = inside(name, &path);
            match kind {
                EntryType::Regular | EntryType::Continuous
                    if !is_hidden(&String::from_utf8_lossy(&path)) =>
                {
                    self.take(&shown, Box::new(entry), levels);
                }
                EntryType::GNUSparse => {
                    self.refuse(&shown, io::Error::other("is a sparse file; unpack it"));
                }
                _ => {}
            }
        }
    }

    /// Counts a member; false when there are too many.
    fn counts(&mut self, name: &str) -> bool {
        self.members += 1;
        if self.members == MOST_MEMBERS + 1 {
            let why = format!("holds more than {MOST_MEMBERS} files");
            self.refuse(name, io::Error::other(why));
        }
        self.members <= MOST_MEMBERS
    }

    fn refuse(&mut self, name: &str, error: io::Error) {
        (self.each)(name, Err(error));
    }
}

/// The name of a member in messages.
fn inside(archive: &str, member: &[u8]) -> String {
    let member = member.get(..LONGEST_NAME as usize).unwrap_or(member);
    format!("{archive}!{}", String::from_utf8_lossy(member))
}

/// As in folders, names that begin with a dot are passed over; and macOS's own.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\'])
        .any(|part| part == "__MACOSX" || (part.starts_with('.') && part != "." && part != ".."))
}

/// The name that a header before a member gives it.
fn long_name(entry: &mut impl Read, kind: EntryType) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(LONGEST_NAME).read_to_end(&mut bytes).ok()?;
    if kind == EntryType::GNULongName {
        let end = bytes.iter().position(|byte| *byte == 0);
        bytes.truncate(end.unwrap_or(bytes.len()));
        return Some(bytes);
    }
    let mut fields = bytes.split(|byte| *byte == b'\n');
    let path = fields.find_map(|field| {
        let at = field.iter().position(|byte| *byte == b' ')?;
        field.get(at + 1..)?.strip_prefix(b"path=")
    });
    path.map(<[u8]>::to_vec)
}

fn unsound(what: &str, error: &dyn std::error::Error) -> io::Error {
    io::Error::other(format!("is no sound {what}: {error}"))
}

/// All of an input, where that is not too much.
fn held(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MOST_HELD + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MOST_HELD {
        true => Err(io::Error::other(
            "is an archive of more than 256 MiB in an archive or a pipe; unpack it",
        )),
        false => Ok(bytes),
    }
}

/// How much may be taken of an input, whatever it is made of.
#[derive(Clone)]
struct Ration {
    taken: Rc<Cell<u64>>,
    limit: u64,
    /// Its size as it lies there, where that is known …
    size: u64,
    /// … else what was read of it.
    bytes: Counter,
}

impl Ration {
    fn new(limits: Limits, size: u64, bytes: &Counter) -> Self {
        Self {
            taken: Rc::default(),
            limit: limits.inflated,
            size,
            bytes: bytes.clone(),
        }
    }

    /// What may still be taken, and why not more.
    fn left(&self) -> (u64, String) {
        let packed = match self.size {
            0 => self.bytes.count(),
            size => size,
        };
        let by_ratio = packed.saturating_mul(MOST_RATIO).saturating_add(FREE);
        let why = match by_ratio < self.limit {
            true => format!("inflates to more than {MOST_RATIO} times its size"),
            false => past(self.limit),
        };
        let left = by_ratio.min(self.limit).saturating_sub(self.taken.get());
        (left, why)
    }
}

/// An input of which no more is read than its ration.
struct Rationed<R> {
    input: R,
    ration: Ration,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (left, why) = self.ration.left();
        if left == 0 && !buffer.is_empty() {
            return match self.input.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(io::Error::other(why)),
            };
        }
        let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self
            .input
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        self.ration.taken.set(self.ration.taken.get() + read as u64);
        Ok(read)
    }
}
