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

/// For Markdown outside of code: nothing is a mark-up, a link or a call for somebody.
///
/// Addresses and `@names` become links without any mark-up, and no escape keeps them from it: they
/// are written as code, in which nothing is one.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (word, gap) in words(text) {
        match is_live(word) {
            true => out.push_str(&code(word)),
            false => plain_markdown(word, &mut out),
        }
        out.push_str(gap.map_or("", |_| " "));
    }
    out
}

fn plain_markdown(word: &str, out: &mut String) {
    for c in word.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if "\\`*_{}[]()#+!|~".contains(c) => {
                out.push('\\');
                out.push(c);
            }
            _ if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

/// Words, each with the space or line end behind it.
fn words(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    let is_gap = |c: char| c == ' ' || c == '\n';
    text.split_inclusive(is_gap).map(move |part| {
        match part.chars().next_back().filter(|c| is_gap(*c)) {
            Some(gap) => (part.strip_suffix(gap).unwrap_or(part), Some(gap)),
            None => (part, None),
        }
    })
}

fn code(word: &str) -> String {
    format!("`{}`", markdown_code(word))
}

/// Whether a word is a link or a call for somebody where it is shown, without any mark-up: addresses,
/// `www.`, e-mail addresses, `@names`, numbers of issues.
fn is_live(word: &str) -> bool {
    const MARKS: [&str; 6] = ["://", "www.", "mailto:", "xmpp:", "tel:", "@"];
    let lower = word.to_ascii_lowercase();
    let follows = |mark: &str, is: fn(char) -> bool| {
        let mut behind = lower.split(mark).skip(1);
        behind.any(|rest| rest.starts_with(is))
    };
    MARKS.iter().any(|mark| lower.contains(mark))
        || follows("#", char::is_alphanumeric)
        || follows("gh-", |c| c.is_ascii_digit())
}

/// Whether Slack makes a link of a word: of bare names of hosts too.
fn is_live_in_slack(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    let host = core.split(['/', ':', '?']).next().unwrap_or_default();
    let mut labels = host.rsplit('.');
    let top = labels.next().unwrap_or_default();
    let is_top = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
    is_live(word) || is_top && labels.next().is_some_and(|label| !label.is_empty())
}

/// For Slack: its three signs are escaped, what stands between backticks is code, and so is what it
/// would make a link or a call of.
pub fn slack(text: &str) -> String {
    let lines: Vec<String> = lines(text).lines().map(slack_line).collect();
    let text = lines.join("\n");
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn slack_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (part, is_code) in spans(line) {
        if is_code {
            out.push_str(&code(part));
            continue;
        }
        for (word, gap) in words(part) {
            match is_live_in_slack(word) {
                true => out.push_str(&code(word)),
                false => out.push_str(word),
            }
            out.extend(gap);
        }
    }
    out
}

/// The parts of a sentence of ours: those between two backticks are code.
pub fn spans(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let count = text.matches('`').count();
    let parts = text.split('`').enumerate();
    parts.map(move |(at, part)| (part, at % 2 == 1 && at < count && !part.is_empty()))
}

/// For a message of several lines: no sequence that moves a cursor or sets a title, and nothing
/// hidden but line ends.
pub fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\u{1b}' | '\u{9b}' | '\u{9d}' | '\u{90}' => rest = behind_sequence(c, rest),
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if is_hidden(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// What follows a sequence for terminals that `begin` begins (ECMA-48): `ESC [ 3 1 m`, `ESC ] 0 ; t BEL`.
fn behind_sequence(begin: char, rest: &str) -> &str {
    let mut chars = rest.chars();
    let kind = match begin {
        '\u{1b}' => chars.next().unwrap_or(' '),
        '\u{9b}' => '[',
        _ => ']',
    };
    let rest = chars.as_str();
    let last = match kind {
        '[' => rest.find(|c: char| ('@'..='~').contains(&c)),
        ']' | 'P' | 'X' | '^' | '_' => rest.find(['\u{7}', '\u{9c}', '\u{1b}', '\n']),
        _ => return rest,
    };
    let rest = last.and_then(|last| rest.get(last..)).unwrap_or_default();
    match rest.strip_prefix("\u{1b}\\") {
        Some(rest) => rest,
        // The line end stays.
        None if rest.starts_with('\n') => rest,
        None => rest
            .get(rest.chars().next().map_or(0, char::len_utf8)..)
            .unwrap_or_default(),
    }
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
    fn nothing_becomes_a_link_or_a_call() {
        for (text, expected) in [
            (
                "see https://a.example/?x=1, now",
                "see `https://a.example/?x=1,` now",
            ),
            ("www.example.com", "`www.example.com`"),
            ("by al@example.com", "by `al@example.com`"),
            ("thanks @al", "thanks `@al`"),
            ("x`@al", "`x'@al`"),
            ("fixes #12 and GH-7", "fixes `#12` and `GH-7`"),
            ("HTTPS://A", "`HTTPS://A`"),
            ("# one, a.example", "\\# one, a.example"),
            ("two  spaces\nand lines", "two  spaces and lines"),
        ] {
            assert_eq!(markdown(text), expected);
        }
        for (text, expected) in [
            ("<!channel> @here", "&lt;!channel&gt; `@here`"),
            (
                "a.example.com/x is `b.example`",
                "`a.example.com/x` is `b.example`",
            ),
            ("x ` y www.example", "x  y `www.example`"),
            ("one.\nTwo 1.5 e.g", "one.\nTwo 1.5 e.g"),
        ] {
            assert_eq!(slack(text), expected);
        }
    }

    #[test]
    fn a_message_moves_no_cursor() {
        for (text, expected) in [
            ("a\u{1b}[31mb\u{1b}[0m\nc", "ab\nc"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{1b}]8;;https://x\u{1b}\\b", "ab"),
            ("a\u{9b}2Jb\u{9d}0;t\u{9c}c", "abc"),
            ("a\u{1b}]0;open\nb", "a\nb"),
            ("a\u{0}b\tc\u{202e}\u{1b}", "ab c"),
        ] {
            assert_eq!(lines(text), expected);
        }
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
            for safe in [lines(&text), slack(&text)] {
                prop_assert!(!safe.chars().any(|c| is_hidden(c) && c != '\n'), "{safe:?}");
            }
            prop_assert!(cut(&text, columns).width() <= columns || text.width() <= columns);
        }
    }
}
