//! Bytes inflated, told apart by content: plain, gzip of any number of members, zstd, xz,
//! one in another.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::GzDecoder;
use liblzma::{
    bufread::XzDecoder,
    stream::{CONCATENATED, Stream},
};

use super::{
    peek::Peeked,
    signature::{self, Content, ENOUGH, Packing},
};

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

/// A count that reading adds to, on whatever thread.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// The count so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Adds to it.
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
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
    /// Of how many members of gzip the last input was.
    pub members: u64,
    decompressor: Decompressor,
}

impl Whole {
    /// Takes the text of `packed`, if it is plain or sound gzip of no more than [`WHOLE`] bytes and
    /// nothing odd; else, false, it is for others to read and to tell.
    pub fn take(&mut self, packed: &[u8], limits: Limits) -> bool {
        let most = usize::try_from(limits.inflated).map_or(WHOLE, |limit| limit.min(WHOLE));
        self.members = 0;
        let taken = match packed.starts_with(&GZIP) {
            true => {
                let members = self.decompressor.inflate(packed, &mut self.text, most);
                self.members = members.unwrap_or_default();
                members.is_some()
            }
            false => {
                packed.len() <= most && {
                    self.text.clear();
                    self.text.extend_from_slice(packed);
                    true
                }
            }
        };
        taken && signature::of(&self.text) == Content::Text && !self.text.starts_with(&MARK)
    }
}

/// Inflated bytes of one input.
pub struct Inflated<'a> {
    input: Peeked<Box<dyn Read + 'a>>,
    left: u64,
    limit: u64,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
/// gzip in gzip happens where a compressed file is compressed on its way; not more.
const MOST_LAYERS: usize = 2;
const BUFFER: usize = 128 << 10;

/// An input without its packings, and what it is then.
pub(super) struct Bare<'a> {
    pub input: Peeked<Box<dyn Read + 'a>>,
    pub content: Content,
}

impl<'a> Bare<'a> {
    /// Unpacks `input`, and once more if what comes out is packed too; skips a byte-order mark.
    /// `members` counts those of gzip.
    pub fn new(input: Box<dyn Read + 'a>, members: &Counter) -> Self {
        let mut input = Peeked::new(input, ENOUGH);
        for _ in 0..MOST_LAYERS {
            let Content::Packed(packing) = signature::of(input.start()) else {
                break;
            };
            input = Peeked::new(unpacked(input, packing, members), ENOUGH);
        }
        let content = match signature::of(input.start()) {
            Content::Packed(_) => Content::Unread("is packed more than twice"),
            content => content,
        };
        if input.start().starts_with(&MARK) {
            input.skip(MARK.len());
        }
        Self { input, content }
    }
}

fn unpacked<'a>(input: impl Read + 'a, packing: Packing, members: &Counter) -> Box<dyn Read + 'a> {
    let input = BufReader::with_capacity(BUFFER, input);
    let unpacked: Box<dyn Read + 'a> = match packing {
        Packing::Gzip => Box::new(Members::new(input, members.clone())),
        Packing::Zstd => match zstd::Decoder::with_buffer(input) {
            Ok(mut decoder) => {
                // A frame may ask for memory to look back; more than this is no log's.
                let limited = decoder.window_log_max(MOST_LOOK_BACK);
                Box::new(Failing(limited.err()).chain(decoder))
            }
            Err(error) => Box::new(Failing(Some(error))),
        },
        Packing::Xz => match Stream::new_stream_decoder(MOST_XZ_MEMORY, CONCATENATED) {
            Ok(decoder) => Box::new(XzDecoder::new_stream(input, decoder)),
            Err(error) => Box::new(Failing(Some(error.into()))),
        },
    };
    Box::new(Worded {
        input: unpacked,
        packing,
    })
}

/// zstd looks back 2^27 bytes at most unless it is asked for more.
const MOST_LOOK_BACK: u32 = 27;
/// `xz -9` takes 65 MiB to unpack; what asks for more than this is no log's.
const MOST_XZ_MEMORY: u64 = 128 << 20;

/// An input that says why there is none.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The members of a gzip file, one after the other.
struct Members<R> {
    member: Option<GzDecoder<R>>,
    count: Counter,
}

impl<R: BufRead> Members<R> {
    fn new(input: R, count: Counter) -> Self {
        count.add(1);
        Self {
            member: Some(GzDecoder::new(input)),
            count,
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let mut input = self.member.take().map(GzDecoder::into_inner);
            let more = input.as_mut().map(|input| input.fill_buf()).transpose()?;
            if more.is_some_and(|more| !more.is_empty()) {
                self.count.add(1);
                self.member = input.map(GzDecoder::new);
            }
        }
        Ok(0)
    }
}

/// An unpacked stream whose errors are told in our words.
struct Worded<R> {
    input: R,
    packing: Packing,
}

impl<R: Read> Read for Worded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let packing = self.packing;
        self.input
            .read(buffer)
            .map_err(|error| told(error, packing))
    }
}

/// What was told in our words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

/// A decoder's words in ours; those of the disk, and of a decoder below, stay.
fn told(error: io::Error, packing: Packing) -> io::Error {
    let is_told = error.get_ref().is_some_and(|error| error.is::<Told>());
    if is_told || error.raw_os_error().is_some() {
        return error;
    }
    let is_greedy = error.get_ref().is_some_and(|error| {
        let error = error.downcast_ref::<liblzma::stream::Error>();
        error == Some(&liblzma::stream::Error::MemLimit)
    });
    io::Error::other(Told(match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("ends inside {}", packing.piece()),
        _ if is_greedy => format!(
            "needs more than {} MiB to be unpacked",
            MOST_XZ_MEMORY >> 20
        ),
        _ => format!("is no sound {}: {error}", packing.name()),
    }))
}

impl<'a> Inflated<'a> {
    /// Unpacks `input` if it is packed, once more if what comes out is packed too, and skips a
    /// byte-order mark.
    ///
    /// # Errors
    ///
    /// It is no text.
    pub fn new(input: impl Read + 'a, limits: Limits, members: &Counter) -> io::Result<Self> {
        let bare = Bare::new(Box::new(input), members);
        match bare.content {
            Content::Text => Ok(Self {
                input: bare.input,
                left: limits.inflated,
                limit: limits.inflated,
            }),
            Content::Unread(why) => Err(io::Error::other(why)),
            _ => Err(io::Error::other("is an archive")),
        }
    }
}

impl Read for Inflated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 && !buffer.is_empty() {
            return match self.input.read(&mut [0]) {
                Ok(0) => Ok(0),
                Ok(_) => Err(io::Error::other(past(self.limit))),
                Err(error) => Err(error),
            };
        }
        let read = self.input.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Why a bomb is cut.
pub(super) fn past(limit: u64) -> String {
    format!("inflates past {limit} bytes")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use liblzma::{
        stream::{Check, Filters, LzmaOptions},
        write::XzEncoder,
    };

    use super::*;

    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = XzEncoder::new(Vec::new(), 1);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// What comes out before the end or the error, and the error.
    #[track_caller]
    fn check(input: &[u8], limit: u64, text: &str, error: &str) {
        let limits = Limits { inflated: limit };
        let mut out = Vec::new();
        let result = Inflated::new(input, limits, &Counter::default()).and_then(|mut input| {
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
        check(&xz(b"packed"), 100, "packed", "");
        check(&[xz(b"one "), xz(b"two")].concat(), 100, "one two", "");
        check(&xz(&gzip(b"twice")), 100, "twice", "");
        check("\u{feff}marked".as_bytes(), 100, "marked", "");
    }

    #[test]
    fn a_bomb_is_cut_at_the_limit() {
        check(&gzip(b"0123456789"), 4, "0123", "inflates past 4 bytes");
        check(&gzip(b"0123"), 4, "0123", "");
    }

    #[test]
    fn xz_that_is_cut_spoilt_or_greedy_is_told() {
        let whole = xz(b"whole");
        check(
            &whole[..whole.len() - 4],
            100,
            "whole",
            "ends inside an xz stream",
        );
        let mut spoilt = whole.clone();
        spoilt[20] ^= 0xff;
        check(&spoilt, 100, "", "is no sound xz: lzma data error");
        // It wants a dictionary of 1 GiB.
        let mut options = LzmaOptions::new_preset(0).unwrap();
        options.dict_size(1 << 30);
        let mut filters = Filters::new();
        filters.lzma2(&options);
        let greedy = Stream::new_stream_encoder(&filters, Check::Crc32).unwrap();
        let mut encoder = XzEncoder::new_stream(Vec::new(), greedy);
        encoder.write_all(b"little").unwrap();
        let greedy = encoder.finish().unwrap();
        check(&greedy, 100, "", "needs more than 128 MiB to be unpacked");
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
