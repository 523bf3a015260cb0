//! JSON 64 bytes at a time: where values end and where telling keys stand, without parsing.
//!
//! A few comparisons turn 64 bytes into masks of one bit a byte. Strings are what lies between
//! quotes, and only brackets outside of them count. What is found is what a scan byte by byte finds;
//! where these masks do not suffice for that, they say so and leave it to the scan.

/// Bytes per step: one bit each in a mask.
const SIZE: usize = 64;

/// The bytes of a step.
type Block = [u8; SIZE];

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
    /// One where the last byte is [`FIRST`].
    half: u64,
}

/// Which bytes of a block are what; the first byte is the lowest bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Masks {
    quotes: u64,
    /// `{` and `[`.
    opens: u64,
    /// `}` and `]`.
    closes: u64,
    /// Backslashes, and what is below the space: line ends, tabs and what stands in no JSON.
    specials: u64,
    /// [`FIRST`].
    firsts: u64,
    /// [`SECOND`].
    seconds: u64,
}

/// What a kind of processor does with a block.
trait Processor: Copy {
    /// What stands where.
    fn masks(self, block: &Block) -> Masks;
    /// Where backslashes are; few blocks have any.
    fn backslashes(self, block: &Block) -> u64;
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

impl Walk {
    /// At the start of an element.
    const IN_LIST: Self = Self {
        depth: 1,
        string: 0,
        escape: 0,
        half: 0,
    };

    fn place(self) -> Place {
        Place {
            depth: self.depth,
            in_string: self.string != 0,
        }
    }

    #[inline(always)]
    fn through(
        mut self,
        bytes: &[u8],
        mut go_on: impl FnMut(usize) -> bool,
        on: impl Processor,
    ) -> (Stop, Self) {
        let (blocks, rest) = bytes.as_chunks::<SIZE>();
        for (number, block) in blocks.iter().enumerate() {
            let at = number * SIZE;
            if let Some(stop) = self.block(block, &mut |mark| go_on(at + mark), on) {
                return (stop.behind(at), self);
            }
        }
        let stop = self.block(
            &padded(rest),
            &mut |mark| go_on(blocks.len() * SIZE + mark),
            on,
        );
        let stop = stop.map(|stop| stop.behind(blocks.len() * SIZE));
        (stop.unwrap_or(Stop::Through), self)
    }

    /// Takes a block: why the walk ends in it, if it does.
    #[inline(always)]
    fn block(
        &mut self,
        block: &Block,
        go_on: &mut impl FnMut(usize) -> bool,
        on: impl Processor,
    ) -> Option<Stop> {
        let begun = *self;
        let (mut marks, closed) = self.step(block, on)?;
        while marks != 0 {
            let mark = marks.trailing_zeros() as usize;
            if !go_on(mark) {
                *self = begun;
                self.step(&padded(block.get(..mark).unwrap_or_default()), on);
                return Some(Stop::Asked(mark));
            }
            marks &= marks - 1;
        }
        closed
    }

    /// Takes a block: where it has marks, and whether it closes what the walk began in; `None` where
    /// it has and does nothing.
    #[inline(always)]
    fn step(&mut self, block: &Block, on: impl Processor) -> Option<(u64, Option<Stop>)> {
        let masks = on.masks(block);
        let (mut quotes, mut backslashes) = (masks.quotes, 0);
        if masks.specials | self.escape != 0 {
            backslashes = on.backslashes(block);
            quotes &= !self.escaped(backslashes);
        }
        // From each opening quote up to its closing one.
        let strings = on.parity(quotes) ^ self.string;
        let opens = masks.opens & !strings;
        let closes = masks.closes & !strings;
        let mut marks = (masks.firsts << 1 | self.half) & masks.seconds;
        // A string has no line ends, and outside of strings nothing is escaped.
        let controls = masks.specials & !backslashes;
        let odd = (controls & strings) | (backslashes & !strings);
        let mut stop = None;
        if odd != 0 || self.depth <= closes.count_ones() {
            let closed = self.closing(opens, closes);
            let before = closed.map_or(u64::MAX, |at| (1 << at) - 1);
            if odd & before != 0 {
                return Some((0, Some(Stop::Unsure)));
            }
            marks &= before;
            stop = closed.map(Stop::Closed);
        }
        self.half = masks.firsts >> 63;
        self.string = if strings >> 63 == 1 { u64::MAX } else { 0 };
        self.depth = (self.depth + opens.count_ones()).saturating_sub(closes.count_ones());
        (marks != 0 || stop.is_some()).then_some((marks, stop))
    }

    /// The bytes that a backslash before them escapes.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escape);
        let mut left = backslashes & !escaped;
        while left != 0 {
            let next = left.trailing_zeros() + 1;
            match 1_u64.checked_shl(next) {
                Some(bit) => escaped |= bit,
                None => self.escape = 1,
            }
            // A backslash that is escaped escapes nothing.
            left &= u64::MAX.checked_shl(next + 1).unwrap_or(0);
        }
        escaped
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

impl Stop {
    /// The same, counted from bytes before.
    fn behind(self, bytes: usize) -> Self {
        match self {
            Self::Closed(at) => Self::Closed(bytes + at),
            Self::Asked(at) => Self::Asked(bytes + at),
            Self::Through | Self::Unsure => self,
        }
    }
}

/// The start of a block and blanks.
fn padded(start: &[u8]) -> Block {
    let mut block = [b' '; SIZE];
    block
        .iter_mut()
        .zip(start)
        .for_each(|(to, from)| *to = *from);
    block
}

/// Any processor.
#[derive(Clone, Copy)]
struct Any;

impl Processor for Any {
    fn masks(self, block: &Block) -> Masks {
        Masks {
            quotes: mask(block, |byte| byte == b'"'),
            opens: mask(block, |byte| matches!(byte, b'{' | b'[')),
            closes: mask(block, |byte| matches!(byte, b'}' | b']')),
            specials: mask(block, |byte| byte == b'\\' || byte < b' '),
            firsts: mask(block, |byte| byte == FIRST),
            seconds: mask(block, |byte| byte == SECOND),
        }
    }

    fn backslashes(self, block: &Block) -> u64 {
        mask(block, |byte| byte == b'\\')
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
    let bytes = block.iter().enumerate();
    bytes.fold(0, |mask, (at, byte)| mask | u64::from(is(*byte)) << at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::split::scan::{Next, Scan};

    /// What the scan byte by byte says.
    fn slow(bytes: &[u8]) -> Option<usize> {
        match Scan::default().go(bytes, &mut 0) {
            Next::End(end) => Some(end),
            _ => None,
        }
    }

    /// The end as it is found on any processor.
    fn portable(bytes: &[u8]) -> Option<usize> {
        match Walk::default().through(bytes, |_| true, Any) {
            (Stop::Closed(at), _) => Some(at + 1),
            _ => None,
        }
    }

    #[track_caller]
    fn check(text: &str, end: Option<usize>) {
        assert_eq!(end_of(text.as_bytes()), end, "{text}");
        assert_eq!(portable(text.as_bytes()), end, "{text}");
    }

    #[test]
    fn brackets_in_strings_are_no_brackets() {
        check(r#"{"a":"}]{["},"#, Some(12));
        check(r#"{"a":"\"}"},"#, Some(11));
        check(r#"{"a":"\\"}}"#, Some(10));
        check(
            &format!(r#"{{"a":"{}"}},{{}}"#, r"\\".repeat(99)),
            Some(206),
        );
        check(
            &format!("{}{}x", "[".repeat(100), "]".repeat(100)),
            Some(200),
        );
        check("{\"a\":\n1}\n", Some(8));
    }

    #[test]
    fn what_is_cut_or_odd_is_left_to_others() {
        check(r#"{"a":"}"#, None);
        check("{\"a\":\"\n\"}", None);
        check(r#"{\"a":1}"#, None);
        assert_eq!(end_of(b""), None);
        assert_eq!(end_of(b"\"{}\""), None);
    }

    proptest! {
        #[test]
        fn an_end_is_where_the_scan_finds_it(text in "[{\\[][\\[\\]{}\"\\\\a,:é\n]{0,200}") {
            let bytes = text.as_bytes();
            if let Some(end) = end_of(bytes) {
                prop_assert_eq!(slow(bytes), Some(end));
            }
            prop_assert_eq!(end_of(bytes), portable(bytes));
        }

        #[test]
        fn every_sound_value_has_one(
            text in "\\{(\"([a\\[\\]{}é]|\\\\[\\\\\"n])*\"|[\\[{]{0,3}|[\\]}]{0,3}|[:,1\n]){0,99}",
        ) {
            prop_assert_eq!(end_of(text.as_bytes()), slow(text.as_bytes()));
        }

        #[test]
        fn every_key_has_its_mark(text in "[tNx]{0,200}", stop in 0..40usize) {
            let bytes = text.as_bytes();
            let marked = bytes.windows(2).enumerate();
            let marked = marked.filter(|(_, pair)| **pair == [FIRST, SECOND]);
            let marked: Vec<usize> = marked.map(|(at, _)| at + 1).take(stop + 1).collect();
            let mut found = Vec::new();
            let (ended, _) = through_list(bytes, |at| {
                found.push(at);
                found.len() <= stop
            });
            prop_assert_eq!(&found, &marked);
            prop_assert_eq!(ended == Stop::Through, marked.len() <= stop);
        }

        #[test]
        fn only_an_element_begins_an_element(
            head in "(\\{\"a\":\\[(\\{\\}|1|,){0,5}\\]\\},){0,5}",
            tail in "[\\[{]([\\[{a,]|\"[\\[\\]{}a]{0,9}\"){0,99}",
        ) {
            let text = format!("{head}{tail}");
            let (stop, end) = through_list(text.as_bytes(), |_| true);
            prop_assert_eq!(stop, Stop::Through);
            for start in 0..text.len() {
                let (before, place) = through_list(&text.as_bytes()[..start], |_| true);
                let is_element = before == Stop::Through && place == Place::IN_LIST;
                prop_assert_eq!(begins_element(&text.as_bytes()[start..], end), is_element, "{}", start);
            }
        }

        #[test]
        #[cfg(target_arch = "x86_64")]
        fn every_processor_says_the_same(
            bytes in prop::array::uniform32(any::<[u8; 2]>()),
            some in prop::collection::vec("[{}\\[\\]\"\\\\tNA\n]", 0..40),
            bits in any::<u64>(),
        ) {
            let mut block = [b' '; SIZE];
            let bytes = some.iter().flat_map(|some| some.bytes()).chain(bytes.concat());
            block.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
            let expected = (Any.masks(&block), Any.backslashes(&block), Any.parity(bits));
            if let Some(on) = x86::Avx2::detect() {
                prop_assert_eq!((on.masks(&block), on.backslashes(&block), on.parity(bits)), expected);
            }
            if let Some(on) = x86::Avx512::detect() {
                prop_assert_eq!((on.masks(&block), on.backslashes(&block), on.parity(bits)), expected);
            }
        }
    }
}
