//! What tells repeated events apart from new ones, in sixteen bytes.

use std::{fmt, ops::Range};

use sha2::{Digest, Sha256};

/// An event id as a number: a UUID as it is, of any other text 128 bits of its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(u128);

impl fmt::Display for EventKey {
    /// As the UUID that it was made of, mostly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let mut from = 0;
        for (place, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if place > 0 {
                f.write_str("-")?;
            }
            f.write_str(&digits[from..from + length])?;
            from += length;
        }
        Ok(())
    }
}

impl EventKey {
    /// The number of an event id.
    pub fn new(event_id: &str) -> Self {
        let hash = || u128::from_be_bytes(first_half(&Sha256::digest(event_id.as_bytes())));
        Self(uuid(event_id.as_bytes()).unwrap_or_else(hash))
    }
}

/// The number that a UUID of lower case is.
fn uuid(text: &[u8]) -> Option<u128> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let dashes = [8, 13, 18, 23].map(|at: usize| text[at]);
    let mut odd = u8::from(dashes != [b'-'; 4]) << 7;
    let mut number = |parts: &[Range<usize>]| {
        let mut number: u64 = 0;
        for part in parts {
            for digit in &text[part.clone()] {
                let digit = DIGITS[usize::from(*digit)];
                odd |= digit;
                number = number << 4 | u64::from(digit & 0xf);
            }
        }
        number
    };
    let high = number(&[0..8, 9..13, 14..18]);
    let low = number(&[19..23, 24..36]);
    (odd & 0x80 == 0).then_some(u128::from(high) << 64 | u128::from(low))
}

/// What a byte is worth as a digit of base 16; the highest bit is set for one that is none.
const DIGITS: [u8; 256] = {
    let mut digits = [0x80; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// The first half of a SHA-256.
pub fn first_half(digest: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = *from);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_its_own_number() {
        let key = EventKey::new("00000000-0000-0000-0000-0000000000ff");
        assert_eq!(key, EventKey(255));
        let key = EventKey::new("80000000-0000-0000-0000-000000000000");
        assert_eq!(key, EventKey(1 << 127));
    }

    #[test]
    fn other_texts_have_other_numbers() {
        let texts = [
            "",
            "e-1",
            "00000000-0000-0000-0000-0000000000ff",
            "00000000-0000-0000-0000-0000000000FF",
            "00000000-0000-0000-00000-000000000ff",
            "000000000000000000000000000000000000",
        ];
        let keys: std::collections::HashSet<_> = texts.map(EventKey::new).into();
        assert_eq!(keys.len(), texts.len());
    }
}
