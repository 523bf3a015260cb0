//! Where a text of several sentences may be divided.

/// The sentences of a text; what stands between backticks is never divided.
pub fn sentences(text: &str) -> Vec<String> {
    let begins = |c: char| c.is_uppercase() || c.is_ascii_digit() || c == '`';
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    for (at, sign) in text.char_indices() {
        in_code ^= sign == '`';
        let rest = text[at..].strip_prefix(". ").filter(|_| !in_code);
        if rest.is_some_and(|rest| rest.starts_with(begins)) {
            sentences.push(text[start..=at].to_owned());
            start = at + 2;
        }
    }
    sentences.push(text[start..].to_owned());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_divided_between_sentences_only() {
        let text = "96 of 96 failed, v1.2 too. `A. B` did it. 13 passed; e.g. those at 10:02.";
        assert_eq!(
            sentences(text),
            [
                "96 of 96 failed, v1.2 too.",
                "`A. B` did it.",
                "13 passed; e.g. those at 10:02."
            ]
        );
        assert_eq!(sentences("One only."), ["One only."]);
    }
}
