//! The masks of a block on processors of the x86-64 family.
//!
//! Arrays and iterators would be neater, and their closures would not be inlined into functions that
//! use more than the least of these processors can do.

use std::arch::x86_64::*;

use super::{Block, FIRST, Masks, Processor, SECOND, SIZE, Specials, Stop, Walk, along};

/// The loops, each in a function that may use what the processor has and into which they are inlined.
macro_rules! loops {
    ($processor:ident, $features:literal) => {
        impl $processor {
            pub fn walk(
                self,
                from: Walk,
                bytes: &[u8],
                go_on: impl FnMut(usize) -> bool,
            ) -> (Stop, Walk) {
                #[target_feature(enable = $features)]
                fn walk(
                    on: $processor,
                    from: Walk,
                    bytes: &[u8],
                    go_on: impl FnMut(usize) -> bool,
                ) -> (Stop, Walk) {
                    from.through(bytes, go_on, on)
                }
                // SAFETY: the processor was asked for all of it.
                unsafe { walk(self, from, bytes, go_on) }
            }

            pub fn along_line(self, bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> bool {
                #[target_feature(enable = $features)]
                fn along_line(
                    on: $processor,
                    bytes: &[u8],
                    go_on: impl FnMut(usize) -> bool,
                ) -> bool {
                    along(bytes, go_on, on)
                }
                // SAFETY: the processor was asked for all of it.
                unsafe { along_line(self, bytes, go_on) }
            }
        }
    };
}

loops!(Avx2, "avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq");
loops!(Avx512, "avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq");

/// A processor with AVX2; there is one only where it was detected.
#[derive(Clone, Copy)]
pub struct Avx2(());

impl Avx2 {
    /// This processor, if it is one.
    pub fn detect() -> Option<Self> {
        let is = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq");
        is.then_some(Self(()))
    }
}

impl Processor for Avx2 {
    #[inline(always)]
    fn masks(self, block: &Block) -> Masks {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn masks(block: &Block) -> Masks {
            let (low, high) = halves(block);
            // This bit alone tells `[` from `{` and `]` from `}`.
            let bit = _mm256_set1_epi8(0x20);
            let (low_folded, high_folded) = (_mm256_or_si256(low, bit), _mm256_or_si256(high, bit));
            let special = _mm256_or_si256(special(low), special(high));
            Masks {
                quotes: joined(equal(low, b'"'), equal(high, b'"')),
                opens: joined(equal(low_folded, b'{'), equal(high_folded, b'{')),
                closes: joined(equal(low_folded, b'}'), equal(high_folded, b'}')),
                marks: marks(block),
                has_specials: _mm256_testz_si256(special, special) == 0,
            }
        }
        // SAFETY: the processor has AVX2.
        unsafe { masks(block) }
    }

    #[inline(always)]
    fn specials(self, block: &Block) -> Specials {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn specials(block: &Block) -> Specials {
            let (low, high) = halves(block);
            Specials {
                backslashes: joined(equal(low, b'\\'), equal(high, b'\\')),
                controls: joined(control(low), control(high)),
            }
        }
        // SAFETY: the processor has AVX2.
        unsafe { specials(block) }
    }

    #[inline(always)]
    fn marks(self, block: &Block) -> (u64, u64) {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn both(block: &Block) -> (u64, u64) {
            let (low, high) = halves(block);
            (marks(block), joined(equal(low, b'\n'), equal(high, b'\n')))
        }
        // SAFETY: the processor has AVX2.
        unsafe { both(block) }
    }

    #[inline(always)]
    fn parity(self, bits: u64) -> u64 {
        // SAFETY: the processor can multiply without carries.
        unsafe { parity(bits) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn halves(block: &Block) -> (__m256i, __m256i) {
    let start = block.as_ptr();
    // SAFETY: behind its first byte a block has the 64 of two loads, which need no alignment.
    unsafe { (half(start.add(1)), half(start.add(33))) }
}

/// The bytes one before those of a block.
#[inline]
#[target_feature(enable = "avx2")]
fn halves_before(block: &Block) -> (__m256i, __m256i) {
    let start = block.as_ptr();
    // SAFETY: a block has the 64 bytes of two loads, which need no alignment.
    unsafe { (half(start), half(start.add(32))) }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn half(start: *const u8) -> __m256i {
    // SAFETY: the caller has so many bytes there.
    unsafe { _mm256_loadu_si256(start.cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn marks(block: &Block) -> u64 {
    let ((low, high), (low_before, high_before)) = (halves(block), halves_before(block));
    joined(
        _mm256_and_si256(equal(low_before, FIRST), equal(low, SECOND)),
        _mm256_and_si256(equal(high_before, FIRST), equal(high, SECOND)),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx2")]
fn control(bytes: __m256i) -> __m256i {
    _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes)
}

#[inline]
#[target_feature(enable = "avx2")]
fn special(bytes: __m256i) -> __m256i {
    _mm256_or_si256(control(bytes), equal(bytes, b'\\'))
}

/// The highest bit of each of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn joined(low: __m256i, high: __m256i) -> u64 {
    let low = _mm256_movemask_epi8(low).cast_unsigned();
    let high = _mm256_movemask_epi8(high).cast_unsigned();
    u64::from(low) | u64::from(high) << 32
}

/// A product without carries, by all ones.
#[inline]
#[target_feature(enable = "pclmulqdq")]
fn parity(bits: u64) -> u64 {
    let bits = _mm_set_epi64x(0, bits.cast_signed());
    let product = _mm_clmulepi64_si128::<0>(bits, _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// A processor with AVX-512, whose comparisons give masks at once; there is one only where it was
/// detected.
#[derive(Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    /// This processor, if it is one.
    pub fn detect() -> Option<Self> {
        let is = is_x86_feature_detected!("avx512bw") && Avx2::detect().is_some();
        is.then_some(Self(()))
    }
}

impl Processor for Avx512 {
    #[inline(always)]
    fn masks(self, block: &Block) -> Masks {
        #[inline]
        #[target_feature(enable = "avx512bw")]
        fn masks(block: &Block) -> Masks {
            let bytes = whole(block);
            // What was inflated lies in a farther cache; nothing is read there, if there is anything.
            _mm_prefetch::<_MM_HINT_T0>(block.as_ptr().wrapping_add(768).cast());
            let folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
            let Specials {
                backslashes,
                controls,
            } = specials(bytes);
            Masks {
                quotes: are(bytes, b'"'),
                opens: are(folded, b'{'),
                closes: are(folded, b'}'),
                marks: marks_in(block, bytes),
                has_specials: _kortestz_mask64_u8(backslashes, controls) == 0,
            }
        }
        // SAFETY: the processor has AVX-512.
        unsafe { masks(block) }
    }

    #[inline(always)]
    fn specials(self, block: &Block) -> Specials {
        // SAFETY: the processor has AVX-512.
        unsafe { specials(whole(block)) }
    }

    #[inline(always)]
    fn marks(self, block: &Block) -> (u64, u64) {
        #[inline]
        #[target_feature(enable = "avx512bw")]
        fn both(block: &Block) -> (u64, u64) {
            let bytes = whole(block);
            (marks_in(block, bytes), are(bytes, b'\n'))
        }
        // SAFETY: the processor has AVX-512.
        unsafe { both(block) }
    }

    #[inline(always)]
    fn parity(self, bits: u64) -> u64 {
        // SAFETY: the processor can multiply without carries.
        unsafe { parity(bits) }
    }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn whole(block: &Block) -> __m512i {
    // SAFETY: behind its first byte a block has the 64 of a load, which needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().add(1).cast()) }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn are(bytes: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn specials(bytes: __m512i) -> Specials {
    Specials {
        backslashes: are(bytes, b'\\'),
        controls: _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)),
    }
}

/// The marks of a block of these bytes.
#[inline]
#[target_feature(enable = "avx512bw")]
fn marks_in(block: &Block, bytes: __m512i) -> u64 {
    // SAFETY: a block has the 64 bytes of a load, which needs no alignment.
    let before = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
    let first = _mm512_set1_epi8(FIRST.cast_signed());
    _mm512_mask_cmpeq_epi8_mask(are(bytes, SECOND), before, first)
}

/// The stops of a block, by what every processor of the family can do.
#[inline]
pub fn stops(bytes: &[u8; SIZE]) -> u64 {
    let (parts, _) = bytes.as_chunks();
    let masks = parts.iter().rev();
    masks.fold(0, |mask, part| mask << 16 | u64::from(stops_of(part)))
}

/// The first stop.
#[inline]
pub fn first_stop(bytes: &[u8]) -> Option<usize> {
    let (parts, rest) = bytes.as_chunks();
    for (number, part) in parts.iter().enumerate() {
        let stops = stops_of(part);
        if stops != 0 {
            return Some(number * 16 + stops.trailing_zeros() as usize);
        }
    }
    let last = rest.iter().position(|byte| super::is_stop(*byte))?;
    Some(parts.len() * 16 + last)
}

#[inline]
fn stops_of(bytes: &[u8; 16]) -> u16 {
    // SAFETY: these are the 16 bytes of a load, which needs no alignment, and every processor of the
    // family has SSE2.
    unsafe {
        let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
        let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"'.cast_signed()));
        let backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\'.cast_signed()));
        let controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        let all = _mm_or_si128(_mm_or_si128(quotes, backslashes), controls);
        // Sixteen bits of it are set at most.
        _mm_movemask_epi8(all).cast_unsigned() as u16
    }
}
