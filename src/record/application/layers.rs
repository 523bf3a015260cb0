//! The layers of an error: what wraps what, the innermost first.

/// Between errors of which the later wraps the earlier (Python).
const WRAPPED_ABOVE: [&str; 2] = [
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
];

/// Between errors of which the earlier wraps the later (Java, JavaScript, .NET, Rust, PHP).
const WRAPPED_BELOW: [&str; 6] = [
    "Caused by:",
    "[cause]:",
    " ---> ",
    "nested exception is ",
    "InnerException:",
    "\nPrevious: ",
];

/// The layers of a text, the innermost first; the text alone where it has no more.
pub fn of(text: &str) -> Vec<&str> {
    let above = split(text, &WRAPPED_ABOVE);
    let layers = above.into_iter().flat_map(|part| {
        let mut below = split(part, &WRAPPED_BELOW);
        below.reverse();
        below
    });
    layers.collect()
}

fn split<'a>(text: &'a str, marks: &[&str]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, mark)) = marks
        .iter()
        .filter_map(|mark| rest.find(mark).map(|at| (at, mark)))
        .min()
    {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_wraps_below_and_the_others_above() {
        let java = "A: a\nCaused by: B: b\nCaused by: C: c";
        assert_eq!(of(java), [" C: c", " B: b\n", "A: a\n"]);
        let python =
            "A: a\nDuring handling of the above exception, another exception occurred:\nB: b";
        assert_eq!(of(python), ["A: a\n", "\nB: b"]);
        assert_eq!(of("one"), ["one"]);
    }
}
