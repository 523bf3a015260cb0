//! Secrets that are told by their shape, whatever stands before them.

use std::ops::Range;

use super::{find::Text, view::View};

/// Beginnings of tokens that their makers mark, with the fewest signs that follow.
const MARKED: [(&str, usize); 21] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("eyJ", 17),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("npm_", 30),
    ("rk_live_", 16),
    ("shpat_", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("ya29.", 20),
];

/// Addresses whose path is a secret.
const HOOKS: [&str; 3] = [
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
];

/// Credentials in the header `Authorization` begin with one of these.
const SCHEMES: [&str; 12] = [
    "apikey",
    "aws4hmacsha256",
    "basic",
    "bearer",
    "digest",
    "dpop",
    "hawk",
    "hmac",
    "negotiate",
    "ntlm",
    "oauth",
    "token",
];

/// A secret of a shape of its own that begins with a word.
pub fn at_word(view: &View, place: usize, text: Text) -> Option<Range<usize>> {
    let found = marked(view, place).or_else(|| hook(view, place));
    found.or_else(|| (text == Text::Line).then(|| random(view, place)).flatten())
}

/// One that begins inside of a word: a token that nothing parts from what stands before it.
pub fn in_word(view: &View, place: usize) -> Option<Range<usize>> {
    let is_token = view.is(place) == Some('e') && view.is(place + 1) == Some('y');
    is_token.then(|| marked(view, place)).flatten()
}

/// One that begins with a mark.
pub fn at_mark(view: &View, place: usize, text: Text) -> Option<Range<usize>> {
    match view.is(place)? {
        '-' => pem(view, place, text),
        ':' => in_address(view, place),
        '+' | '/' if text == Text::Line => random(view, place),
        _ => None,
    }
}

/// Whether a word names a scheme of the header `Authorization`.
pub fn is_scheme(word: &str) -> bool {
    SCHEMES.contains(&super::names::plain(word).as_str())
}

/// `AKIA…`, `eyJ….….…`, `ghp_…`.
fn marked(view: &View, place: usize) -> Option<Range<usize>> {
    let first = view.is(place).filter(char::is_ascii_alphabetic)?;
    let reads = |begin: &str| {
        let mut letters = begin.chars().enumerate();
        letters.all(|(at, letter)| view.is(place + at) == Some(letter))
    };
    let mut marks = MARKED.into_iter();
    let (begin, least) = marks.find(|(begin, _)| begin.starts_with(first) && reads(begin))?;
    let is_key = matches!(begin, "AKIA" | "ASIA");
    let part = |c: char| match is_key {
        true => c.is_ascii_uppercase() || c.is_ascii_digit(),
        false => c.is_ascii_alphanumeric() || "-_.=".contains(c),
    };
    let before = place.checked_sub(1).and_then(|at| view.is(at));
    if begin != "eyJ" && before.is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let start = place + begin.len();
    let length = length(view, start, part);
    let fits = if is_key {
        length == least
    } else {
        length >= least
    };
    fits.then_some(place..start + length)
}

/// A private key, to its end; in a log line whatever is no certificate.
fn pem(view: &View, place: usize, text: Text) -> Option<Range<usize>> {
    const BEGIN: &str = "-----begin ";
    const END: &str = "-----end ";
    /// A key of 16,384 bits has 13,000 signs.
    const LONGEST: usize = 16 << 10;
    if !view.reads(place, BEGIN) {
        return None;
    }
    let label: String =
        view.text(place + BEGIN.len()..(place + BEGIN.len() + 40).min(view.0.len()));
    let label = label.split("-----").next().unwrap_or_default();
    let label = label.to_ascii_uppercase();
    let open = ["CERTIFICATE", "PUBLIC KEY"]
        .iter()
        .any(|kind| label.ends_with(kind));
    let secret = match text {
        Text::Setting => label.contains("PRIVATE"),
        Text::Line | Text::Field => !open,
    };
    let most = view.0.len().min(place + LONGEST);
    let end = (place..most).find(|at| view.reads(*at, END));
    let end = end.map_or(most, |end| {
        let label = end + END.len();
        let dash = (label..most).find(|at| view.is(*at) == Some('-'));
        dash.map_or(most, |dash| dash + length(view, dash, |c| c == '-'))
    });
    secret.then_some(place..end)
}

/// The path of a webhook.
fn hook(view: &View, place: usize) -> Option<Range<usize>> {
    view.is(place).filter(|c| "hHdD".contains(*c))?;
    let host = HOOKS.into_iter().find(|hook| view.reads(place, hook))?;
    let start = place + host.len();
    let end = start
        + length(view, start, |c| {
            c.is_ascii_alphanumeric() || "-_/".contains(c)
        });
    (start < end).then_some(start..end)
}

/// The password of `https://user:password@host`.
fn in_address(view: &View, place: usize) -> Option<Range<usize>> {
    if !view.reads(place, "://") {
        return None;
    }
    let start = place + 3;
    let user = length(view, start, |c| {
        c.is_ascii_alphanumeric() || "-._~%+".contains(c)
    });
    let colon = start + user;
    if view.is(colon) != Some(':') {
        return None;
    }
    let outside = |c: char| c.is_whitespace() || "/@\"'<>".contains(c);
    let password = length(view, colon + 1, |c| !outside(c));
    let end = colon + 1 + password;
    (password > 0 && view.is(end) == Some('@')).then_some(colon + 1..end)
}

fn length(view: &View, start: usize, part: impl Fn(char) -> bool) -> usize {
    let signs = view.0.get(start..).unwrap_or_default().iter();
    signs.take_while(|sign| part(sign.is)).count()
}

/// Shorter texts that look random are ids.
const SHORTEST_RANDOM: usize = 32;
/// Of small letters and digits alone, ids are longer.
const SHORTEST_SMALL: usize = 40;

/// A word of a log line that looks random and is no id: nothing says so before it, and it is no
/// hash, number, UUID, ARN or path.
fn random(view: &View, place: usize) -> Option<Range<usize>> {
    let part = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
    let before = place.checked_sub(1).and_then(|at| view.is(at));
    if before.is_some_and(|c| part(c) || matches!(c, '.' | '$' | '[')) {
        return None;
    }
    let end = place + length(view, place, part);
    let end = end + length(view, end, |c| c == '=').min(2);
    if end - place < SHORTEST_RANDOM || view.is(end) == Some('.') {
        return None;
    }
    let word = view.text(place..end);
    (is_random(&word) && !is_named_id(view, place)).then_some(place..end)
}

/// Whether what stands before a word says that it is an id, a hash or an ARN.
fn is_named_id(view: &View, place: usize) -> bool {
    let start = place.saturating_sub(60);
    let before = view.text(start..place);
    let word = before.rsplit(|c: char| c.is_whitespace() || "\"'".contains(c));
    let word = word.take(2).collect::<String>().to_ascii_lowercase();
    if word.contains("arn:") {
        return true;
    }
    let name = before.trim_end_matches(|c: char| "=:\"' \\".contains(c));
    let name = name.rsplit(|c: char| c.is_whitespace() || "\"'&?,{(;".contains(c));
    let name = super::names::plain(name.take(1).collect::<String>().as_str());
    let ids = [
        "id",
        "id2",
        "arn",
        "hash",
        "digest",
        "etag",
        "sha256",
        "fingerprint",
        "kid",
        "trace",
        "span",
    ];
    let is_named = before.ends_with(|c: char| "=:\"' \\".contains(c));
    is_named && ids.iter().any(|id| name.ends_with(id))
}

/// Whether a word looks random: its letters, capitals and digits change as often as chance has it.
fn is_random(word: &str) -> bool {
    let core = word.trim_end_matches('=');
    let is_hash = core
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_hash || core.starts_with('/') {
        return false;
    }
    let has = |kind: fn(&u8) -> bool| core.as_bytes().iter().any(kind);
    let (small, large, digit) = (
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
    );
    let share = changes(core) as f64 / core.len() as f64;
    let is_plain = core.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match (small, large, digit) {
        (true, true, true) => share >= 0.4,
        (true, false, true) => is_plain && core.len() >= SHORTEST_SMALL && share >= 0.25,
        _ => false,
    }
}

/// How often one sign and the next are of different kinds.
fn changes(word: &str) -> usize {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let kinds: Vec<u8> = word.bytes().map(kind).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// Whether a word is language, a code or a status rather than a secret.
pub fn is_word(text: &str) -> bool {
    /// Language has no longer words.
    const LONGEST: usize = 32;
    let word = core(text);
    let small = !word.chars().skip(1).any(char::is_uppercase);
    let is_language = word.len() <= LONGEST && is_of_letters(word, "_-") && small;
    is_language || is_error(text)
}

/// Whether a word is a code or a status of an error: `401`, `invalid_grant`, `ECONNREFUSED`,
/// `NotAuthorizedException`.
pub fn is_error(text: &str) -> bool {
    const ENDS: [&str; 5] = ["Exception", "Error", "Failure", "Fault", "Timeout"];
    let word = core(text);
    let is_status = word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_exception = ENDS.iter().any(|end| word.ends_with(end)) && is_of_letters(word, ".$_");
    let has = |kind: fn(char) -> bool| word.chars().any(kind);
    let of_oauth = word.contains('_') && is_of_letters(word, "_") && !has(char::is_uppercase);
    let of_system = word.starts_with('E') && is_of_letters(word, "_") && !has(char::is_lowercase);
    is_status || is_exception || of_oauth || of_system
}

fn core(text: &str) -> &str {
    text.trim_matches(|c: char| ".,:;!?()[]".contains(c))
}

fn is_of_letters(word: &str, marks: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || marks.contains(c))
}

/// Whether what stands behind `Basic` or `Bearer` is a credential rather than language; `loud` where
/// the scheme is written in capitals, as the words of its line may be.
pub fn is_credential(value: &str, loud: bool) -> bool {
    const SHORTEST: usize = 8;
    let lower = value.to_ascii_lowercase();
    let named = value.split_once('=').is_some_and(|(name, rest)| {
        !name.is_empty() && !rest.trim_matches('=').is_empty() || rest.is_empty() && is_word(name)
    });
    let said = lower.starts_with("oauth") || lower.starts_with("http") || named;
    let shouted = loud && value.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let ends = value.ends_with('=') && value.len() >= 4;
    !said && !shouted && !is_word(value) && (ends || value.len() >= SHORTEST || has_digit(value))
}

fn has_digit(value: &str) -> bool {
    value.len() >= 5 && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a word is Base64 rather than language.
pub fn is_encoded(word: &str) -> bool {
    /// `internationalization` has 20 letters.
    const LONGEST_WORD: usize = 20;
    let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
    let mixed =
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    word.ends_with('=') || word.len() > LONGEST_WORD && mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_paths_do_not_look_random() {
        for word in [
            "1h57kf5cpq17m0eml12example",
            "0b1c2d3e-1111-4222-8333-444455556666",
            "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
            "37984671290123456789012345678901234567890123456789012345",
            "orders-service-deployment-7d4b9c6f5d-x2x9k",
            "src/main/java/OrdersTokenClientFactoryV2Handler",
            "AmazonCognitoIdentityProviderServiceException",
        ] {
            assert!(!is_random(word), "{word}");
        }
        for word in [
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "1k9m2c8e7n4p5q6r7s8t9u0v1w2x3y4z5a6b7c8d9e0f1g2h3j4k",
            "dGhpc0lzTm90QVJlYWxUb2tlbkJ1dDEyMzQ1",
        ] {
            assert!(is_random(word), "{word}");
        }
    }

    #[test]
    fn words_are_no_secrets() {
        for word in [
            "invalid_grant",
            "Expired",
            "401",
            "ECONNREFUSED",
            "NotAuthorizedException",
            "java.net.ConnectException",
        ] {
            assert!(is_word(word), "{word}");
        }
        for word in ["S3CRETVALUE", "hunter2", "123456", "aBcDeF", "SECRETVALUE"] {
            assert!(!is_word(word), "{word}");
        }
    }
}
