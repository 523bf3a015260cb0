//! gzip that is in memory inflated at once, twice as fast as bit by bit.

use std::ptr::NonNull;

use libdeflate_sys::{
    libdeflate_alloc_decompressor, libdeflate_decompressor, libdeflate_free_decompressor,
    libdeflate_gzip_decompress_ex, libdeflate_result_LIBDEFLATE_INSUFFICIENT_SPACE as NO_ROOM,
    libdeflate_result_LIBDEFLATE_SUCCESS as SUCCESS,
};

/// Inflates whole inputs; keeps what it needs for that from one to the next.
#[derive(Debug)]
pub struct Decompressor(Option<NonNull<libdeflate_decompressor>>);

// SAFETY: a decompressor is memory of its own, used by one thread at a time (`&mut`).
unsafe impl Send for Decompressor {}

/// A member of a file of logs is at least this size when inflated, for the first try.
const LEAST: usize = 64 << 10;

impl Default for Decompressor {
    /// A decompressor; without memory for one nothing is inflated at once.
    fn default() -> Self {
        // SAFETY: no preconditions; null where there is no memory.
        Self(NonNull::new(unsafe { libdeflate_alloc_decompressor() }))
    }
}

impl Decompressor {
    /// Inflates all members of `packed` into `text`, in the place of what was there, and counts
    /// them. `None`, and `text` worthless, when they are not sound gzip to their end or hold more than
    /// `most` bytes.
    pub fn inflate(&mut self, packed: &[u8], text: &mut Vec<u8>, most: usize) -> Option<u64> {
        text.clear();
        let mut rest = packed;
        let mut members = 0;
        while !rest.is_empty() {
            let hint = size_hint(rest).max(LEAST).min(most);
            let read = self.member(rest, text, hint, most)?;
            rest = rest.get(read..).unwrap_or_default();
            members += 1;
        }
        Some(members)
    }

    /// Appends the first member of `packed`; how long it was.
    fn member(
        &mut self,
        packed: &[u8],
        text: &mut Vec<u8>,
        hint: usize,
        most: usize,
    ) -> Option<usize> {
        let decompressor = self.0?;
        let left = most.checked_sub(text.len())?;
        let mut room = hint.min(left);
        loop {
            text.reserve(room);
            let space = text.spare_capacity_mut().get_mut(..room)?;
            let (mut read, mut written) = (0, 0);
            // SAFETY: both areas are valid for the lengths given, and apart; both counts are ours.
            let result = unsafe {
                libdeflate_gzip_decompress_ex(
                    decompressor.as_ptr(),
                    packed.as_ptr().cast(),
                    packed.len(),
                    space.as_mut_ptr().cast(),
                    space.len(),
                    &mut read,
                    &mut written,
                )
            };
            match result {
                SUCCESS if read > 0 && written <= space.len() => {
                    // SAFETY: so many bytes of the spare capacity were just written.
                    unsafe { text.set_len(text.len() + written) };
                    return Some(read);
                }
                NO_ROOM if room < left => room = room.saturating_mul(2).min(left),
                _ => return None,
            }
        }
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        if let Some(decompressor) = self.0 {
            // SAFETY: it was allocated by `new` and is freed once.
            unsafe { libdeflate_free_decompressor(decompressor.as_ptr()) };
        }
    }
}

/// How much the last member says it holds: a hint, since there may be others, and it may lie.
fn size_hint(packed: &[u8]) -> usize {
    let size = packed
        .last_chunk::<4>()
        .map(|size| u32::from_le_bytes(*size));
    usize::try_from(size.unwrap_or_default()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::bufread::MultiGzDecoder;
    use proptest::prelude::*;

    use super::{super::tests::gzip, *};

    fn slow(packed: &[u8]) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let result = MultiGzDecoder::new(packed).read_to_end(&mut text);
        result.is_ok().then_some(text)
    }

    fn fast(packed: &[u8], most: usize) -> Option<Vec<u8>> {
        let mut text = b"of before".to_vec();
        let members = Decompressor::default().inflate(packed, &mut text, most);
        members.map(|_| text)
    }

    #[test]
    fn every_member_is_inflated() {
        let members = [gzip(b"one "), gzip(&[b'x'; 300_000]), gzip(b"")].concat();
        assert_eq!(fast(&members, 1 << 20), slow(&members));
        assert_eq!(
            fast(&members, 1 << 20).map(|text| text.len()),
            Some(300_004)
        );
    }

    #[test]
    fn what_is_too_large_is_left_to_others() {
        assert_eq!(fast(&gzip(b"0123"), 4), Some(b"0123".to_vec()));
        assert_eq!(fast(&gzip(b"01234"), 4), None);
        let two = [gzip(b"012"), gzip(b"34")].concat();
        assert_eq!(fast(&two, 4), None);
        assert_eq!(fast(&gzip(&vec![b'x'; 1 << 20]), 1 << 19), None);
    }

    proptest! {
        #[test]
        fn any_bytes_give_what_reading_bit_by_bit_gives(
            text in ".{0,300}",
            cut in any::<prop::sample::Index>(),
            flip in any::<prop::sample::Index>(),
            by in 0..=255u8,
            tail in prop::collection::vec(any::<u8>(), 0..3),
        ) {
            let mut packed = [gzip(text.as_bytes()), gzip(b"more")].concat();
            let at = flip.index(packed.len());
            packed[at] ^= by;
            packed.truncate(cut.index(packed.len() * 2) + 1);
            packed.extend(tail);
            if let Some(text) = fast(&packed, 1 << 20) {
                prop_assert_eq!(slow(&packed), Some(text));
            }
        }
    }
}
