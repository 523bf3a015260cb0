//! How a text begins and ends, compared on the spot.
//!
//! What the standard library has for it is generic and not marked to be inlined: with more than one
//! codegen unit it is a call and a loop for each comparison with a constant of a few bytes.

#[inline(always)]
pub fn begins(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| start == with)
}

#[inline(always)]
pub fn ends(text: &[u8], with: &[u8]) -> bool {
    let start = text.len().wrapping_sub(with.len());
    text.get(start..).is_some_and(|end| end == with)
}

/// What stands behind a prefix.
#[inline(always)]
pub fn after<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    text.get(prefix.len()..).filter(|_| begins(text, prefix))
}

/// What stands before a suffix.
#[inline(always)]
pub fn before<'a>(text: &'a [u8], suffix: &[u8]) -> Option<&'a [u8]> {
    let end = text.len().wrapping_sub(suffix.len());
    text.get(..end).filter(|_| ends(text, suffix))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "[ab]{0,6}", edge in "[ab]{0,3}") {
            let (text, edge) = (text.as_bytes(), edge.as_bytes());
            prop_assert_eq!(begins(text, edge), text.starts_with(edge));
            prop_assert_eq!(ends(text, edge), text.ends_with(edge));
            prop_assert_eq!(after(text, edge), text.strip_prefix(edge));
            prop_assert_eq!(before(text, edge), text.strip_suffix(edge));
        }
    }
}
