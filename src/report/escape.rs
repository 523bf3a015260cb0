//! Text from logs is data that strangers wrote: made harmless for each output form.

/// For a terminal: control characters, escape sequences and marks that reorder text become
/// visible.
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown outside of code: nothing is a mark-up.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push(' '),
            _ if "\\`*_{}[]()#+!|~".contains(c) => {
                out.push('\\');
                out.push(c);
            }
            _ if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown inside a code span or a table's code: no backtick, no line end, no bar.
pub fn markdown_code(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '`' => '\'',
            '|' => '¦',
            c if is_hidden(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// For CSV: a spreadsheet takes it for no formula.
pub fn csv(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// Control characters, and marks that change the direction or the width of what follows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cut to so many characters, with a mark where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_harmless_in_each_form() {
        assert_eq!(terminal("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(markdown("<script>|`x`"), "&lt;script&gt;\\|\\`x\\`");
        assert_eq!(markdown_code("a`b|c\nd"), "a'b¦c\u{fffd}d");
        assert_eq!(csv("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv("plain"), "plain");
        assert_eq!(cut("éééé", 3), "éé…");
    }
}
