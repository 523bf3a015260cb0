//! Text from logs is data that strangers wrote: made harmless for each output form.

use std::fmt::{self, Write};

use askama::filters::Escaper;
use unicode_width::UnicodeWidthChar;

/// For HTML and the SVG in it; templates escape with it unless they are told otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Html;

impl Escaper for Html {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '<' => dest.write_str("&lt;")?,
                '>' => dest.write_str("&gt;")?,
                '&' => dest.write_str("&amp;")?,
                '"' => dest.write_str("&quot;")?,
                '\'' => dest.write_str("&#39;")?,
                _ if is_hidden(c) && c != '\n' => write!(dest, "{}", c.escape_unicode())?,
                c => dest.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// As [`Html`] writes it.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to memory cannot fail.
    let _ = Html.write_escaped_str(&mut out, text);
    out
}

/// For a terminal: control characters, escape sequences and marks that reorder text become
/// visible.
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match is_hidden(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
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

/// For CSV: a spreadsheet takes it for no formula, and a terminal for no command.
pub fn csv(text: &str) -> String {
    // Some spreadsheets take the wide forms of these signs for the signs.
    let formula = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    let mark = match text.trim_start_matches(' ').starts_with(formula) {
        true => "'",
        false => "",
    };
    format!("{mark}{}", terminal(text))
}

/// For JSON that is already written: what is hidden stands as `\u202e`, which means the same.
///
/// Also right for a shell command with JSON in it: what is sent does not change, and what is read
/// is what is sent. Line ends outside of strings stay.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            out.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, and marks that nobody sees or that change the direction of what follows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Cut to so many columns of a terminal, with a mark where something was cut.
pub fn cut(text: &str, columns: usize) -> String {
    // Marks that take no column, such as accents, could otherwise go on for ever.
    let most = columns.saturating_mul(2);
    let (mut used, mut end) = (0, 0);
    for (count, (at, c)) in text.char_indices().enumerate() {
        used += c.width().unwrap_or(0);
        if used > columns || count >= most {
            return format!("{}…", text.get(..end).unwrap_or_default());
        }
        if used < columns {
            end = at + c.len_utf8();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn hostile_text_is_harmless_in_each_form() {
        assert_eq!(terminal("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(terminal("a\u{9b}31m\u{61c}b"), "a\\u{9b}31m\\u{61c}b");
        assert_eq!(markdown("<script>|`x`"), "&lt;script&gt;\\|\\`x\\`");
        assert_eq!(markdown_code("a`b|c\nd"), "a'b¦c\u{fffd}d");
    }

    #[test]
    fn a_spreadsheet_sees_no_formula() {
        for (text, expected) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            (" =1+1", "' =1+1"),
            ("＝1+1", "'＝1+1"),
            ("\t=1", "'\\u{9}=1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("plain", "plain"),
            ("1=1", "1=1"),
        ] {
            assert_eq!(csv(text), expected);
        }
    }

    #[test]
    fn json_means_the_same() {
        let text = "a\u{202e}b\u{9b}\u{e0041}\u{7f}";
        let written = json(&serde_json::to_string(text).unwrap());
        assert_eq!(written, r#""a\u202eb\u009b\udb40\udc41\u007f""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }

    #[test]
    fn a_cut_counts_columns() {
        for (text, columns, expected) in [
            ("éééé", 3, "éé…"),
            ("éééé", 4, "éééé"),
            ("日本語", 4, "日…"),
            ("日本語", 6, "日本語"),
            ("", 0, ""),
            ("a", 0, "…"),
        ] {
            assert_eq!(cut(text, columns), expected);
        }
        let accents = "a".to_owned() + &"\u{301}".repeat(10_000);
        assert!(cut(&accents, 10).chars().count() <= 22);
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>(), columns in 1usize..40) {
            for safe in [terminal(&text), markdown(&text), markdown_code(&text), csv(&text)] {
                prop_assert!(!safe.chars().any(is_hidden), "{safe:?}");
            }
            prop_assert!(cut(&text, columns).width() <= columns || text.width() <= columns);
        }
    }
}
