//! JSON 64 bytes at a time: where values end and where telling keys stand, without parsing.
//!
//! A few comparisons turn 64 bytes into masks of one bit a byte. Strings are what lies between
//! quotes, and only brackets outside of them count. What is found is what a scan byte by byte finds;
//! where these masks do not suffice for that, they say so and leave it to the scan.

/// Bytes per step: one bit each in a mask.
pub const SIZE: usize = 64;

/// The bytes of a step, and the one before them.
type Block = [u8; SIZE + 1];

#[cfg(target_arch = "x86_64")]
mod x86;

/// Where the object or array at the start of `bytes` ends, if it does so in `bytes`; `None` asks to
/// look closer.
pub fn end_of(bytes: &[u8]) -> Option<usize> {
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return None;
    }
    match walk(Walk::default(), bytes, |_| true) {
        (Stop::Closed(at), _) => Some(at + 1),
        _ => None,
    }
}

/// Goes through the rest of a list, from the start of an element on, and hands out each place at
/// which the telling key may stand ([`SECOND`]), until `go_on` says no; then where that is.
pub fn through_list(bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> (Stop, Place) {
    let (stop, walk) = walk(Walk::IN_LIST, bytes, go_on);
    (stop, walk.place())
}

/// Whether an element of the list begins at the start of `bytes`, given where the walk through the
/// list is at their end.
pub fn begins_element(bytes: &[u8], end: Place) -> bool {
    through_list(bytes, |_| true) == (Stop::Through, end)
}

/// Hands out each place at which the telling key may stand, until `go_on` says no; whether it never
/// did and the bytes are one line.
pub fn along_line(bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(avx512) = x86::Avx512::detect() {
            return avx512.along_line(bytes, go_on);
        }
        if let Some(avx2) = x86::Avx2::detect() {
            return avx2.along_line(bytes, go_on);
        }
    }
    along(bytes, go_on, Any)
}

/// Where bytes stand that end a string or may be in none: quotes, backslashes and controls.
#[inline]
pub fn stops(bytes: &[u8; SIZE]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    return x86::stops(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    any_stops(bytes)
}

/// The same on any processor.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn any_stops(bytes: &[u8; SIZE]) -> u64 {
    let bytes = bytes.iter().enumerate();
    bytes.fold(0, |mask, (at, byte)| mask | u64::from(is_stop(*byte)) << at)
}

/// Where the first stop is: that of a text which is near its end, mostly.
#[inline]
pub fn first_stop(bytes: &[u8]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    return x86::first_stop(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    bytes.iter().position(|byte| is_stop(*byte))
}

fn is_stop(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < b' '
}

/// Why a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The bytes are at their end.
    Through,
    /// The bracket here closes the value or list.
    Closed(usize),
    /// The caller said so at this mark.
    Asked(usize),
    /// The masks do not suffice.
    Unsure,
}

/// Where in the nesting something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    depth: u32,
    in_string: bool,
}

impl Place {
    /// Between the elements of the list.
    pub const IN_LIST: Self = Self {
        depth: 1,
        in_string: false,
    };
}

/// What a walk carries from block to block.
#[derive(Clone, Copy, Default)]
struct Walk {
    /// Brackets that are open.
    depth: u32,
    /// All ones inside a string.
    string: u64,
    /// One where the last byte escapes the next.
    escape: u64,
}

/// Which bytes of a block are what; the first byte is the lowest bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Masks {
    quotes: u64,
    /// `{` and `[`.
    opens: u64,
    /// `}` and `]`.
    closes: u64,
    /// [`SECOND`] behind [`FIRST`].
    marks: u64,
    /// Whether there is a backslash or a control.
    has_specials: bool,
}

/// What a walk meets in a block.
#[derive(Clone, Copy)]
struct Step {
    /// Brackets outside of strings.
    opens: u64,
    closes: u64,
    marks: u64,
    /// What cannot stand there.
    odd: u64,
}

/// What few blocks have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Specials {
    backslashes: u64,
    /// What is below the space: line ends, tabs and what stands in no JSON.
    controls: u64,
}

/// What a kind of processor does with a block.
trait Processor: Copy {
    /// What stands where.
    fn masks(self, block: &Block) -> Masks;
    /// Where the bytes are that few blocks have.
    fn specials(self, block: &Block) -> Specials;
    /// Where marks are, and line ends.
    fn marks(self, block: &Block) -> (u64, u64);
    /// Of each bit whether the ones up to it, and with it, are odd in number.
    fn parity(self, bits: u64) -> u64;
}

/// The key that tells most of a CloudTrail record, `eventName`, has a mark in it, and hardly anything
/// else does: this letter …
const FIRST: u8 = b't';
/// … and this one behind it, at the place that is handed out.
const SECOND: u8 = b'N';

fn walk(from: Walk, bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> (Stop, Walk) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(avx512) = x86::Avx512::detect() {
            return avx512.walk(from, bytes, go_on);
        }
        if let Some(avx2) = x86::Avx2::detect() {
            return avx2.walk(from, bytes, go_on);
        }
    }
    from.through(bytes, go_on, Any)
}

/// Hands out the marks of a line.
#[inline(always)]
fn along(bytes: &[u8], mut go_on: impl FnMut(usize) -> bool, on: impl Processor) -> bool {
    let (mut at, mut edge) = (0, None);
    while let Some(block) = block_at(bytes, at, &mut edge) {
        let (marks, ends) = on.marks(block);
        if marks | ends != 0 && (first_refused(marks, at, &mut go_on).is_some() || ends != 0) {
            return false;
        }
        at += SIZE;
    }
    true
}

/// Hands out marks of the block at `at`: the first one to which `go_on` says no.
#[inline(never)]
fn first_refused(
    mut marks: u64,
    at: usize,
    go_on: &mut impl FnMut(usize) -> bool,
) -> Option<usize> {
    while marks != 0 {
        let mark = at + marks.trailing_zeros() as usize;
        if !go_on(mark) {
            return Some(mark);
        }
        marks &= marks - 1;
    }
    None
}

/// The block at `at`, if there is one; the first and the last are kept in `edge`.
#[inline(always)]
fn block_at<'b>(bytes: &'b [u8], at: usize, edge: &'b mut Option<Block>) -> Option<&'b Block> {
    let whole = |before| bytes.get(before..)?.first_chunk();
    match at.checked_sub(1).and_then(whole) {
        Some(block) => Some(block),
        None => (at < bytes.len()).then(|| &*edge.insert(padded(bytes, at))),
    }
}

/// The block at `at`, with blanks where there is nothing.
#[inline(never)]
fn padded(bytes: &[u8], at: usize) -> Block {
    let mut block = [b' '; SIZE + 1];
    let [_, first @ ..] = &mut block;
    match (at.checked_sub(1), bytes.first_chunk()) {
        (None, Some(bytes)) => *first = *bytes,
        (None, None) => copy(bytes, first),
        (Some(before), _) => copy(bytes.get(before..).unwrap_or_default(), &mut block),
    }
    block
}

fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// So many bytes of a block, and blanks.
fn start_of(block: &Block, length: usize) -> Block {
    let mut start = *block;
    for (at, byte) in start.iter_mut().enumerate() {
        *byte = if at <= length { *byte } else { b' ' };
    }
    start
}

impl Walk {
    /// At the start of an element.
    const IN_LIST: Self = Self {
        depth: 1,
        string: 0,
        escape: 0,
    };

    fn place(self) -> Place {
        Place {
            depth: self.depth,
            in_string: self.string != 0,
        }
    }

    // What it carries goes from step to step by value, and what hardly any block needs is not inlined:
    // else it is written to memory and read again in each.
    #[inline(always)]
    fn through(
        self,
        bytes: &[u8],
        mut go_on: impl FnMut(usize) -> bool,
        on: impl Processor,
    ) -> (Stop, Self) {
        let (mut walk, mut at, mut edge) = (self, 0, None);
        while let Some(block) = block_at(bytes, at, &mut edge) {
            let (next, seen) = walk.step(block, on);
            if walk.is_telling(&seen) {
                // A copy goes there, or else it is in memory for each block.
                let copy = seen;
                if let Some((stop, place)) = walk.look(&copy, block, at, &mut go_on, on) {
                    return (stop, place.unwrap_or(next));
                }
            }
            walk = next;
            at += SIZE;
        }
        (Stop::Through, walk)
    }

    /// Takes a block, as if it closed nothing.
    #[inline(always)]
    fn step(self, block: &Block, on: impl Processor) -> (Self, Step) {
        let masks = on.masks(block);
        let (mut quotes, mut specials, mut escape) = (masks.quotes, Specials::default(), 0);
        if masks.has_specials || self.escape != 0 {
            specials = on.specials(block);
            let escaped;
            (escaped, escape) = self.escaped(specials.backslashes);
            quotes &= !escaped;
        }
        // From each opening quote up to its closing one.
        let strings = on.parity(quotes) ^ self.string;
        let seen = Step {
            opens: masks.opens & !strings,
            closes: masks.closes & !strings,
            marks: masks.marks,
            // A string has no line ends, and outside of strings nothing is escaped.
            odd: (specials.controls & strings) | (specials.backslashes & !strings),
        };
        let next = Self {
            depth: (self.depth + seen.opens.count_ones()).wrapping_sub(seen.closes.count_ones()),
            string: if strings >> 63 == 1 { u64::MAX } else { 0 },
            escape,
        };
        (next, seen)
    }

    /// Whether a block is to be looked at: hardly any is.
    #[inline(always)]
    fn is_telling(self, seen: &Step) -> bool {
        seen.marks | seen.odd != 0 || self.depth <= seen.closes.count_ones()
    }

    /// Why the walk ends in the block at `at`, if it does, and what it carries there if that is not at
    /// its end.
    #[inline(never)]
    fn look(
        self,
        seen: &Step,
        block: &Block,
        at: usize,
        go_on: &mut impl FnMut(usize) -> bool,
        on: impl Processor,
    ) -> Option<(Stop, Option<Self>)> {
        let may_close = self.depth <= seen.closes.count_ones();
        let closed = may_close.then(|| self.closing(seen.opens, seen.closes));
        let closed = closed.flatten();
        let before = closed.map_or(u64::MAX, |at| (1 << at) - 1);
        if seen.odd & before != 0 {
            return Some((Stop::Unsure, None));
        }
        if let Some(mark) = first_refused(seen.marks & before, at, go_on) {
            let up_to_it = start_of(block, mark - at);
            return Some((Stop::Asked(mark), Some(self.step(&up_to_it, on).0)));
        }
        closed.map(|closes| (Stop::Closed(at + closes), None))
    }

    /// The bytes that a backslash before them escapes, and one where the last of them escapes the
    /// next.
    #[inline(always)]
    fn escaped(self, backslashes: u64) -> (u64, u64) {
        // Of backslashes in a row every other escapes: an addition carries through the row, and its
        // sum tells whether it ends where it would have with an even number.
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let begin = backslashes & !self.escape;
        let codes = ((begin << 1) | ODD).wrapping_sub(begin) ^ ODD;
        let escaped = codes ^ (backslashes | self.escape);
        (escaped, (codes & backslashes) >> 63)
    }

    /// The bracket that closes what the walk began in, if it is in this block.
    #[inline(always)]
    fn closing(&self, opens: u64, closes: u64) -> Option<usize> {
        let mut depth = self.depth;
        let mut brackets = opens | closes;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            match closes >> at & 1 {
                1 if depth <= 1 => return Some(at as usize),
                1 => depth -= 1,
                _ => depth += 1,
            }
            brackets &= brackets - 1;
        }
        None
    }
}

/// Any processor.
#[derive(Clone, Copy)]
struct Any;

impl Processor for Any {
    fn masks(self, block: &Block) -> Masks {
        let special = |byte| byte == b'\\' || byte < b' ';
        Masks {
            quotes: mask(block, |byte| byte == b'"'),
            opens: mask(block, |byte| matches!(byte, b'{' | b'[')),
            closes: mask(block, |byte| matches!(byte, b'}' | b']')),
            marks: self.marks(block).0,
            has_specials: mask(block, special) != 0,
        }
    }

    fn specials(self, block: &Block) -> Specials {
        Specials {
            backslashes: mask(block, |byte| byte == b'\\'),
            controls: mask(block, |byte| byte < b' '),
        }
    }

    fn marks(self, block: &Block) -> (u64, u64) {
        let pairs = block.windows(2).enumerate();
        let marks = pairs.fold(0, |mask, (at, pair)| {
            mask | u64::from(*pair == [FIRST, SECOND]) << at
        });
        (marks, mask(block, |byte| byte == b'\n'))
    }

    fn parity(self, bits: u64) -> u64 {
        [1, 2, 4, 8, 16, 32]
            .into_iter()
            .fold(bits, |sum, by| sum ^ (sum << by))
    }
}

/// The bytes of which it is true.
#[inline(always)]
fn mask(block: &Block, is: impl Fn(u8) -> bool) -> u64 {
    let bytes = block.iter().skip(1).enumerate();
    bytes.fold(0, |mask, (at, byte)| mask | u64::from(is(*byte)) << at)
}

#[cfg(test)]
mod tests;
