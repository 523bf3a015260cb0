//! The masks of a block on processors of the x86-64 family.
//!
//! Arrays and iterators would be neater, and their closures would not be inlined into functions that
//! use more than the least of these processors can do.

use std::arch::x86_64::*;

use super::{Block, FIRST, Masks, Processor, SECOND, Stop, Walk};

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

    pub fn walk(self, from: Walk, bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> (Stop, Walk) {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq")]
        fn walk(
            on: Avx2,
            from: Walk,
            bytes: &[u8],
            go_on: impl FnMut(usize) -> bool,
        ) -> (Stop, Walk) {
            from.through(bytes, go_on, on)
        }
        // SAFETY: the processor was asked for all of it.
        unsafe { walk(self, from, bytes, go_on) }
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
            Masks {
                quotes: joined(equal(low, b'"'), equal(high, b'"')),
                opens: joined(equal(low_folded, b'{'), equal(high_folded, b'{')),
                closes: joined(equal(low_folded, b'}'), equal(high_folded, b'}')),
                specials: joined(special(low), special(high)),
                firsts: joined(equal(low, FIRST), equal(high, FIRST)),
                seconds: joined(equal(low, SECOND), equal(high, SECOND)),
            }
        }
        // SAFETY: the processor has AVX2.
        unsafe { masks(block) }
    }

    #[inline(always)]
    fn backslashes(self, block: &Block) -> u64 {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn backslashes(block: &Block) -> u64 {
            let (low, high) = halves(block);
            joined(equal(low, b'\\'), equal(high, b'\\'))
        }
        // SAFETY: the processor has AVX2.
        unsafe { backslashes(block) }
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
    let start = block.as_ptr().cast::<__m256i>();
    // SAFETY: a block has the 64 bytes of two loads, which need no alignment.
    unsafe { (_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx2")]
fn special(bytes: __m256i) -> __m256i {
    let control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
    _mm256_or_si256(control, equal(bytes, b'\\'))
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

    pub fn walk(self, from: Walk, bytes: &[u8], go_on: impl FnMut(usize) -> bool) -> (Stop, Walk) {
        #[target_feature(enable = "avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq")]
        fn walk(
            on: Avx512,
            from: Walk,
            bytes: &[u8],
            go_on: impl FnMut(usize) -> bool,
        ) -> (Stop, Walk) {
            from.through(bytes, go_on, on)
        }
        // SAFETY: the processor was asked for all of it.
        unsafe { walk(self, from, bytes, go_on) }
    }
}

impl Processor for Avx512 {
    #[inline(always)]
    fn masks(self, block: &Block) -> Masks {
        #[inline]
        #[target_feature(enable = "avx512bw")]
        fn masks(block: &Block) -> Masks {
            let bytes = whole(block);
            let folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
            let control = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20));
            Masks {
                quotes: are(bytes, b'"'),
                opens: are(folded, b'{'),
                closes: are(folded, b'}'),
                specials: control | are(bytes, b'\\'),
                firsts: are(bytes, FIRST),
                seconds: are(bytes, SECOND),
            }
        }
        // SAFETY: the processor has AVX-512.
        unsafe { masks(block) }
    }

    #[inline(always)]
    fn backslashes(self, block: &Block) -> u64 {
        #[inline]
        #[target_feature(enable = "avx512bw")]
        fn backslashes(block: &Block) -> u64 {
            are(whole(block), b'\\')
        }
        // SAFETY: the processor has AVX-512.
        unsafe { backslashes(block) }
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
    // SAFETY: a block has the 64 bytes of a load, which needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn are(bytes: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()))
}
