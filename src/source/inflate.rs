//! Bytes inflated, told apart by content: plain, gzip of any number of members, gzip in gzip.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

mod whole;

pub use whole::Decompressor;

/// Where reading stops.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A file that inflates past so many bytes is cut there.
    pub inflated: u64,
}

impl Default for Limits {
    /// 16 GiB: no log file is larger, and a bomb ends.
    fn default() -> Self {
        Self { inflated: 16 << 30 }
    }
}

/// So many inflated bytes of an input are held at once; what has more is read bit by bit.
pub const WHOLE: usize = 32 << 20;

/// What reads whole inputs; kept from one to the next.
#[derive(Debug, Default)]
pub struct Whole {
    /// Bytes as they lie there.
    pub(super) packed: Vec<u8>,
    /// The text of the last input that was taken, to be taken from here and given back.
    pub text: Vec<u8>,
    decompressor: Decompressor,
}

impl Whole {
    /// Takes the text of `packed`, if it is plain or sound gzip of no more than [`WHOLE`] bytes and
    /// nothing odd; else, false, it is for [`Inflated`] to read and to tell.
    pub fn take(&mut self, packed: &[u8], limits: Limits) -> bool {
        let most = usize::try_from(limits.inflated).map_or(WHOLE, |limit| limit.min(WHOLE));
        let taken = match packed.starts_with(&GZIP) {
            true => self.decompressor.inflate(packed, &mut self.text, most),
            false => {
                packed.len() <= most && {
                    self.text.clear();
                    self.text.extend_from_slice(packed);
                    true
                }
            }
        };
        let odd = OTHERS.iter().map(|(start, _)| start.as_slice());
        let mut odd = odd.chain([MARK.as_slice()]);
        taken && !odd.any(|start| self.text.starts_with(start))
    }
}

/// Inflated bytes of one input.
pub struct Inflated<'a> {
    input: Box<dyn BufRead + 'a>,
    left: u64,
    limit: u64,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
/// gzip in gzip happens where a compressed file is compressed on its way; not more.
const MOST_LAYERS: usize = 2;
/// Beginnings of what is not read, and why. PowerShell's `>` writes UTF-16.
const OTHERS: [([u8; 2], &str); 3] = [
    (GZIP, "is gzip inside gzip inside gzip"),
    ([0xff, 0xfe], "is UTF-16; save it as UTF-8"),
    ([0xfe, 0xff], "is UTF-16; save it as UTF-8"),
];
const BUFFER: usize = 128 << 10;

impl<'a> Inflated<'a> {
    /// Inflates `input` if it is gzip, once more if what comes out is gzip too, and skips a
    /// byte-order mark.
    ///
    /// # Errors
    ///
    /// What the input said.
    pub fn new(input: impl Read + 'a, limits: Limits) -> io::Result<Self> {
        let mut input: Box<dyn BufRead + 'a> = Box::new(BufReader::with_capacity(BUFFER, input));
        for _ in 0..MOST_LAYERS {
            if !begins(&mut input, &GZIP)? {
                break;
            }
            let inner = MultiGzDecoder::new(input);
            input = Box::new(BufReader::with_capacity(BUFFER, inner));
        }
        if begins(&mut input, &MARK)? {
            input.consume(MARK.len());
        }
        for (start, what) in OTHERS {
            if begins(&mut input, &start)? {
                return Err(io::Error::other(what));
            }
        }
        Ok(Self {
            input,
            left: limits.inflated,
            limit: limits.inflated,
        })
    }
}

/// Whether the input begins with these bytes; a buffer is filled at least that far at its start.
fn begins(input: &mut Box<dyn BufRead + '_>, bytes: &[u8]) -> io::Result<bool> {
    match input.fill_buf() {
        Ok(buffer) => Ok(buffer.starts_with(bytes)),
        Err(error) => Err(told(error)),
    }
}

impl Read for Inflated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 && !buffer.is_empty() {
            let past = self.input.fill_buf().is_ok_and(|more| !more.is_empty());
            return match past {
                true => Err(io::Error::other(format!(
                    "inflates past {} bytes",
                    self.limit
                ))),
                false => Ok(0),
            };
        }
        let read = self.input.read(&mut buffer[..most]).map_err(told)?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// The decoder's words in ours.
fn told(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "ends inside a gzip member"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            io::Error::new(error.kind(), format!("is no sound gzip: {error}"))
        }
        _ => error,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// What comes out before the end or the error, and the error.
    #[track_caller]
    fn check(input: &[u8], limit: u64, text: &str, error: &str) {
        let limits = Limits { inflated: limit };
        let mut out = Vec::new();
        let result = Inflated::new(input, limits).and_then(|mut input| {
            loop {
                let mut buffer = [0; 7];
                match input.read(&mut buffer) {
                    Ok(0) => return Ok(()),
                    Ok(read) => out.extend(&buffer[..read]),
                    Err(error) => return Err(error),
                }
            }
        });
        assert_eq!(String::from_utf8_lossy(&out), text);
        assert_eq!(result.err().map_or(String::new(), |e| e.to_string()), error);
    }

    #[test]
    fn plain_gzip_members_and_gzip_in_gzip() {
        check(b"plain", 100, "plain", "");
        check(b"", 100, "", "");
        check(&gzip(b"packed"), 100, "packed", "");
        check(&[gzip(b"one "), gzip(b"two")].concat(), 100, "one two", "");
        check(&gzip(&gzip(b"twice")), 100, "twice", "");
        check("\u{feff}marked".as_bytes(), 100, "marked", "");
    }

    #[test]
    fn a_bomb_is_cut_at_the_limit() {
        check(&gzip(b"0123456789"), 4, "0123", "inflates past 4 bytes");
        check(&gzip(b"0123"), 4, "0123", "");
    }

    #[test]
    fn a_cut_member_is_told_after_what_it_held() {
        let whole = [gzip(b"whole "), gzip(b"cut")].concat();
        check(
            &whole[..whole.len() - 4],
            100,
            "whole cut",
            "ends inside a gzip member",
        );
    }
}
