//! Lines that tell how a sign-in ended in plain words, with neither code nor status.

use super::{about::About, entry::Entry, network::is_of_another_subject};

/// What was done to a token or session that was got.
const DONE: [&str; 13] = [
    "acquired",
    "exchanged",
    "fetched",
    "granted",
    "got",
    "issued",
    "minted",
    "obtained",
    "redeemed",
    "refreshed",
    "renewed",
    "retrieved",
    "rotated",
];

/// How a sign-in, a callback or an exchange went well.
const WELL: [&str; 8] = [
    "complete",
    "completed",
    "done",
    "ok",
    "succeeded",
    "success",
    "successful",
    "successfully",
];

/// A sign-in, by its names.
const SIGN_INS: [&str; 4] = ["login", "logon", "signin", "sso"];

/// What was got.
const GOT: [&str; 4] = ["code", "session", "token", "tokens"];

/// How begins what is done to get a token.
const DOING: [&str; 10] = [
    "acqui", "exchang", "fetch", "get", "obtain", "redeem", "refresh", "renew", "request",
    "retriev",
];

/// How begins that it was not done.
const FAILED: [&str; 7] = [
    "cannot",
    "could",
    "error",
    "fail",
    "unable",
    "unsuccess",
    "reject",
];

/// Beginnings of words that no success goes with.
const TROUBLE: [&str; 16] = [
    "cannot",
    "denied",
    "error",
    "exception",
    "expir",
    "fail",
    "incorrect",
    "invalid",
    "not",
    "refus",
    "reject",
    "timeout",
    "unable",
    "unauthori",
    "unsuccess",
    "wrong",
];

/// Words of a sentence that denies, expects, counts or explains.
const NO_EVENT: [&str; 25] = [
    "already", "before", "cache", "cached", "count", "could", "every", "if", "last", "must",
    "never", "no", "please", "retry", "should", "since", "total", "unless", "until", "users",
    "waiting", "when", "will", "without", "would",
];

/// Words of a sentence about another token, or one that somebody else brings along.
const OTHER_TOKENS: [&str; 24] = [
    "apns",
    "bearer",
    "captcha",
    "csrf",
    "decode",
    "device",
    "fcm",
    "github",
    "header",
    "invite",
    "jwt",
    "mfa",
    "page",
    "parse",
    "push",
    "registration",
    "reset",
    "sas",
    "signature",
    "validate",
    "validation",
    "vault",
    "verification",
    "xsrf",
];

/// Words this near belong together.
const NEAR: usize = 3;

/// Whether a line tells of a sign-in that succeeded or of one that was refused, if it does.
pub fn of(entry: &Entry<'_>, about: &About) -> Option<bool> {
    let sentence = entry.sentence();
    if sentence.contains('?') || is_of_another_subject(&sentence.to_ascii_lowercase()) {
        return None;
    }
    let words = Words::of(&sentence);
    if words.has(&OTHER_TOKENS) {
        return None;
    }
    if words.tells_refusal() {
        return (!words.has(&["if", "when"])).then_some(false);
    }
    let troubled = words.begin(&TROUBLE) || entry.is_error();
    let tells = words.tells_success(about) && !troubled && !words.has(&NO_EVENT);
    tells.then_some(true)
}

/// The words of a sentence in lower case; `signedIn`, `signed-in` and `signed in` are one word.
struct Words(Vec<String>);

impl Words {
    fn of(sentence: &str) -> Self {
        let mut text = String::with_capacity(sentence.len());
        let mut previous = ' ';
        for c in sentence.chars() {
            if previous.is_lowercase() && c.is_uppercase() {
                text.push(' ');
            }
            text.push(c.to_ascii_lowercase());
            previous = c;
        }
        let mut words: Vec<String> = Vec::new();
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            let joins = ["sign", "signed", "log", "logged"];
            match words.last_mut() {
                Some(last) if ["in", "on"].contains(&word) && joins.contains(&last.as_str()) => {
                    last.push_str(word);
                }
                _ if word.is_empty() => {}
                _ => words.push(word.to_owned()),
            }
        }
        Self(words)
    }

    fn has(&self, list: &[&str]) -> bool {
        self.0.iter().any(|word| list.contains(&word.as_str()))
    }

    fn begin(&self, list: &[&str]) -> bool {
        self.0.iter().any(|word| begins(word, list))
    }

    fn tells_success(&self, about: &About) -> bool {
        let session = self.has(&["session"]) && !self.has(&["refreshed", "renewed"]);
        let code = self.has(&["code"]) && !self.begin(&["exchang", "redeem", "authorization"]);
        let token = self.has(&GOT) && !session && !code;
        let callback = about.on_topic && self.near(&["callback"], &WELL);
        self.has(&["signedin", "loggedin"])
            || self.near(&SIGN_INS, &WELL)
            || callback
            || token && self.near(&GOT, &DONE)
            || token && self.near(&["exchange", "refresh", "token", "tokens"], &WELL)
    }

    /// `login failed`, `failed login`, `token refresh failed`, `could not obtain an access token`.
    fn tells_refusal(&self) -> bool {
        let words = &self.0;
        (0..words.len()).any(|at| {
            let around = &words[at.saturating_sub(NEAR)..words.len().min(at + NEAR + 1)];
            let sign_in = SIGN_INS.contains(&words[at].as_str());
            let token = GOT.contains(&words[at].as_str());
            let next = words.get(at + 1).is_some_and(|word| begins(word, &DOING));
            let before = &words[at.saturating_sub(2 * NEAR)..at];
            let failed = before.iter().position(|word| begins(word, &FAILED));
            let doing = before.iter().rposition(|word| begins(word, &DOING));
            let tried = failed
                .zip(doing)
                .is_some_and(|(failed, doing)| failed < doing);
            let fails = around.iter().any(|word| begins(word, &FAILED));
            sign_in && fails || token && next && fails || token && tried
        })
    }

    /// Whether a word of one list stands near one of the other.
    fn near(&self, ones: &[&str], others: &[&str]) -> bool {
        self.0.iter().enumerate().any(|(at, word)| {
            let end = self.0.len().min(at + NEAR + 1);
            let around = &self.0[at.saturating_sub(NEAR)..end];
            ones.contains(&word.as_str())
                && around.iter().any(|word| others.contains(&word.as_str()))
        })
    }
}

fn begins(word: &str, list: &[&str]) -> bool {
    list.iter().any(|begin| word.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<bool>) {
        let entry = Entry::read(line);
        let about = About::of(&entry, &line.to_ascii_lowercase());
        assert_eq!(of(&entry, &about), expected, "{line}");
    }

    #[test]
    fn successes_in_plain_words() {
        for line in [
            "INFO signed in",
            "User 42 logged in via hosted UI",
            r#"{"msg":"login ok","level":"info"}"#,
            r#"{"event":"signedIn"}"#,
            r#"{"event":"token_refreshed","level":"info"}"#,
            "Login succeeded for tenant example",
            "session renewed",
            "issued new access token",
            "authorization code exchanged",
            "OAuth callback completed",
            "Refreshed the access token in 31 ms",
            r#"time="2026-03-02T10:00:00Z" level=info msg="token ok""#,
        ] {
            check(line, Some(true));
        }
    }

    #[test]
    fn refusals_in_plain_words() {
        for line in [
            "Login failed for tenant example",
            r#"{"event":"signIn_failure"}"#,
            "token refresh failed",
            "Failed to obtain an access token",
            "could not exchange authorization code",
            r#"{"level":"error","msg":"unable to sign in"}"#,
        ] {
            check(line, Some(false));
        }
    }

    #[test]
    fn other_sentences() {
        for line in [
            "user is not logged in",
            "users logged in: 12",
            "waiting until token is refreshed",
            "token from cache issued 3 min ago",
            "csrf token issued",
            "device token refreshed",
            "invalid token in request",
            "token validation failed",
            "error code 5 received, get help",
            "database session renewed",
            "Spark session ok",
            "country code issued",
            "callback completed",
            "login to postgres ok",
            "is the user signed in?",
            "request failed: invalid token",
            r#"{"level":"error","msg":"signed in"}"#,
        ] {
            check(line, None);
        }
    }
}
