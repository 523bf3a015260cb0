//! What bytes are, by how they begin: packings and tables that are read, and formats that are not.

/// What a piece of input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A packed stream.
    Packed(Packing),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A Parquet table.
    Parquet,
    /// A format that is not read: what it is and how to go on.
    Unread(&'static str),
    /// Anything else: taken for text.
    Text,
}

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip, of any number of members.
    Gzip,
    /// Zstandard, of any number of frames.
    Zstd,
    /// xz, of any number of streams.
    Xz,
}

impl Packing {
    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }

    /// What a stream is made of, in messages.
    pub fn piece(self) -> &'static str {
        match self {
            Self::Gzip => "a gzip member",
            Self::Zstd => "a zstd frame",
            Self::Xz => "an xz stream",
        }
    }
}

/// So many bytes are enough to know.
pub const ENOUGH: usize = 512;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// A frame of zstd that decoders skip begins with one of sixteen bytes and these.
const ZSTD_SKIPPED: &[u8] = &[0x2a, 0x4d, 0x18];
const XZ: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
/// The second is an archive of nothing.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
const PARQUET: &[u8] = b"PAR1";
/// Where a header of tar says that it is one.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Formats that hold logs and are not read. PowerShell's `>` writes UTF-16.
const UNREAD: [(&[u8], &str); 16] = [
    (&[0xff, 0xfe], "is UTF-16; save it as UTF-8"),
    (&[0xfe, 0xff], "is UTF-16; save it as UTF-8"),
    (
        b"BZh",
        "is bzip2, which is not read; unpack it with `bzip2 -d`",
    ),
    (
        &[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c],
        "is a 7z archive, which is not read; unpack it",
    ),
    (
        b"Rar!\x1a\x07",
        "is a RAR archive, which is not read; unpack it",
    ),
    (
        &[0x04, 0x22, 0x4d, 0x18],
        "is LZ4, which is not read; unpack it with `lz4 -d`",
    ),
    (
        b"\xff\x06\x00\x00sNaPpY",
        "is Snappy, which is not read; unpack it",
    ),
    (
        b"Obj\x01",
        "is Avro, which is not read; export it as JSON or Parquet",
    ),
    (
        b"ORC",
        "is ORC, which is not read; export it as JSON or Parquet",
    ),
    (
        b"ARROW1",
        "is Arrow, which is not read; export it as JSON or Parquet",
    ),
    (b"PARE", "is encrypted Parquet, which is not read"),
    (
        b"SQLite format 3\0",
        "is an SQLite database, which is not read; export it as CSV",
    ),
    (
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        "is an Excel workbook, which is not read; save it as CSV",
    ),
    (
        b"%PDF-",
        "is a PDF, which is not read; export the records as JSON",
    ),
    (b"-----BEGIN PGP MESSAGE", "is encrypted by PGP; decrypt it"),
    (b"Salted__", "is encrypted by OpenSSL; decrypt it"),
];

/// What begins with these bytes; the first [`ENOUGH`] of them are asked.
pub fn of(start: &[u8]) -> Content {
    let begins = |with: &[u8]| start.starts_with(with);
    if begins(GZIP) {
        return Content::Packed(Packing::Gzip);
    }
    if begins(ZSTD) || is_skipped_zstd(start) {
        return Content::Packed(Packing::Zstd);
    }
    if begins(XZ) {
        return Content::Packed(Packing::Xz);
    }
    if ZIP.into_iter().any(begins) {
        return Content::Zip;
    }
    if begins(PARQUET) {
        return Content::Parquet;
    }
    if start.get(TAR.0..).is_some_and(|at| at.starts_with(TAR.1)) {
        return Content::Tar;
    }
    let unread = UNREAD.iter().find(|(with, _)| begins(with));
    unread
        .filter(|_| !is_word(start))
        .map_or(Content::Text, |(_, why)| Content::Unread(why))
}

/// Text that begins with the letters of a format.
fn is_word(start: &[u8]) -> bool {
    match start.get(..3) {
        Some(b"BZh") => !is_bzip2(start),
        Some(b"ORC") => start.get(3).is_some_and(u8::is_ascii_graphic),
        _ => false,
    }
}

fn is_skipped_zstd(start: &[u8]) -> bool {
    matches!(start.first(), Some(0x50..=0x5f))
        && start
            .get(1..)
            .is_some_and(|rest| rest.starts_with(ZSTD_SKIPPED))
}

/// Behind `BZh` and the level stands the first block's mark, or the end's.
fn is_bzip2(start: &[u8]) -> bool {
    let mark = start.get(4..10).unwrap_or_default();
    mark == [0x31, 0x41, 0x59, 0x26, 0x53, 0x59] || mark == [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_by_its_first_bytes() {
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\x0000");
        for (start, expected) in [
            (&b"\x1f\x8b\x08"[..], Content::Packed(Packing::Gzip)),
            (b"\x28\xb5\x2f\xfd\x60", Content::Packed(Packing::Zstd)),
            (b"\x51\x2a\x4d\x18\0\0\0\0", Content::Packed(Packing::Zstd)),
            (b"\xfd7zXZ\0\0", Content::Packed(Packing::Xz)),
            (b"PK\x03\x04", Content::Zip),
            (b"PAR1\x15", Content::Parquet),
            (&tar, Content::Tar),
            (b"{\"Records\":[]}", Content::Text),
            (b"BZhell said something", Content::Text),
            (b"ORCHESTRATOR started", Content::Text),
            (b"", Content::Text),
        ] {
            assert_eq!(of(start), expected, "{start:?}");
        }
    }

    #[test]
    fn what_is_not_read_has_a_name() {
        for (start, name) in [
            (&b"BZh91AY&SY"[..], "bzip2"),
            (b"7z\xbc\xaf\x27\x1c\0", "7z"),
            (b"ORC\n", "ORC"),
            (b"Obj\x01\x04", "Avro"),
            (b"\xff\xfe{\0", "UTF-16"),
        ] {
            match of(start) {
                Content::Unread(why) => assert!(why.contains(name), "{why}"),
                other => panic!("{start:?} is {other:?}"),
            }
        }
    }
}
