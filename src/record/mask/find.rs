//! Where secrets stand in a text: behind names, and by their shape.

use std::ops::Range;

use super::{
    loose,
    names::{self, Secrecy},
    shape,
    view::{Sign, View},
};

/// What a text is, which decides what may be masked in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// A line of a log: whatever may be a secret is one.
    Line,
    /// An id, address, agent, list of scopes: what looks random may be an id, and `secret:read` is a
    /// scope.
    Field,
    /// A setting: names and messages speak of passwords, and only a credential is one.
    Setting,
}

/// A name is not longer than this, …
pub const LONGEST_NAME: usize = 64;
/// … and a value without quotes not than this.
pub const LONGEST_WORD: usize = 8 << 10;

/// The places of all secrets of a text, in order, none inside another.
pub fn secrets(view: &View, text: Text) -> Vec<Range<usize>> {
    let finder = Finder { view, text };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut place = 0;
    while place < view.0.len() {
        let here = finder.at(place);
        match here.filter(|signs| signs.start < signs.end) {
            Some(signs) => {
                place = signs.end;
                found.push(signs);
            }
            None => place += 1,
        }
    }
    found
}

/// Looks for secrets in a text.
pub struct Finder<'a> {
    pub view: &'a View,
    pub text: Text,
}

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// `name=value`, `name => value`, `name := value`.
    Equals,
    /// `"name": value`.
    Quoted,
    /// `name:value`.
    Colon,
    /// `name: value`, which may be prose.
    Prose,
    /// `<name>value</name>`.
    Tag,
    /// `--name value`.
    Flag,
    /// `("name", "value")`.
    Comma,
}

/// A name before a value.
pub struct Name {
    secrecy: Secrecy,
    /// Where it begins.
    start: usize,
    /// Whether one word of it says so, which programs write, and not the words of a sentence.
    is_one_word: bool,
    /// Whether people choose such secrets, which may be words.
    is_chosen: bool,
    is_password: bool,
    is_code: bool,
    quoted: bool,
    pub is_cookie: bool,
    pub is_header: bool,
}

impl Finder<'_> {
    /// The secret that begins at a place, or that the sign there leads to. Most places are inside of a
    /// word, and most words are none of ours: they are passed over at a glance.
    fn at(&self, place: usize) -> Option<Range<usize>> {
        let is = self.view.is(place)?;
        let before = place.checked_sub(1).and_then(|at| self.view.is(at));
        let in_word = before.is_some_and(char::is_alphanumeric);
        match (in_word, is.is_alphanumeric()) {
            (true, true) => shape::in_word(self.view, place),
            (false, true) => self
                .behind_scheme(place)
                .or_else(|| shape::at_word(self.view, place, self.text)),
            _ => self
                .behind_name(place)
                .or_else(|| loose::behind_word(self, place))
                .or_else(|| shape::at_mark(self.view, place, self.text)),
        }
    }

    /// The value whose name ends before a mark at `place`.
    fn behind_name(&self, place: usize) -> Option<Range<usize>> {
        let mark = self.view.at(place)?;
        match mark.is {
            '=' | ':' => self.behind_mark(place, mark),
            '>' => self.behind_tag(place),
            ',' => self.behind_comma(place, mark),
            ' ' => self.behind_flag(place),
            _ => None,
        }
    }

    fn behind_mark(&self, place: usize, mark: Sign) -> Option<Range<usize>> {
        let doubled = |at: Option<usize>| at.is_some_and(|at| self.view.is(at) == Some(mark.is));
        let is_path = self.view.reads(place, "://");
        let is_half = mark.is == ':' && self.view.is(place + 1) == Some('=');
        if is_path || is_half || doubled(place.checked_sub(1)) || doubled(Some(place + 1)) {
            return None;
        }
        // `:=`: the name stands before both.
        let before = place.checked_sub(1);
        let walrus = before.filter(|at| mark.is == '=' && self.view.is(*at) == Some(':'));
        let name = self.name_before(walrus.unwrap_or(place))?;
        let next = place + 1;
        let spaced = self.view.is(next).is_some_and(char::is_whitespace);
        let between = match mark.is {
            '=' => Between::Equals,
            _ if name.quoted => Between::Quoted,
            _ if spaced => Between::Prose,
            _ => Between::Colon,
        };
        // `=>`
        let arrow = mark.is == '=' && self.view.is(next) == Some('>');
        let start = self.skip_blanks(next + usize::from(arrow));
        self.value(&name, between, start, mark)
    }

    /// `<client_secret>x</client_secret>`.
    fn behind_tag(&self, place: usize) -> Option<Range<usize>> {
        let name = self.name_before(place)?;
        let opens = self.view.is(name.start.checked_sub(1)?) == Some('<');
        let mark = self.view.at(place)?;
        let value = || self.value(&name, Between::Tag, place + 1, mark);
        opens.then(value).flatten()
    }

    /// `("client_secret", "x")`, and `"name":"client_secret","value":"x"`.
    fn behind_comma(&self, place: usize, mark: Sign) -> Option<Range<usize>> {
        self.view
            .is(place.checked_sub(1)?)
            .filter(|c| is_quote(*c))?;
        let name = self.name_before(place)?;
        let start = self.skip_blanks(place + 1);
        let next = self.view.at(start).filter(|sign| is_quote(sign.is))?;
        let inner = start + 1;
        let end = (inner..inner + LONGEST_NAME).find(|at| self.view.is(*at) == Some(next.is))?;
        let colon = self.skip_blanks(end + 1);
        let is_member = self.view.is(colon) == Some(':');
        match is_member {
            false => self.value(&name, Between::Comma, start, mark),
            true => {
                let is_value = names::plain(&self.view.text(inner..end)).contains("value");
                let value =
                    || self.value(&name, Between::Quoted, self.skip_blanks(colon + 1), mark);
                is_value.then(value).flatten()
            }
        }
    }

    /// `--client-secret x`.
    fn behind_flag(&self, place: usize) -> Option<Range<usize>> {
        let part = |at: &usize| {
            self.view
                .is(*at)
                .is_some_and(|c| c.is_alphanumeric() || "-_.".contains(c))
        };
        let length = (0..place).rev().take(LONGEST_NAME).take_while(part).count();
        if ["-u", "--user", "--proxy-user"]
            .contains(&self.view.text(place - length..place).as_str())
        {
            return self.behind_user(place);
        }
        if length < 3 || !self.view.reads(place - length, "--") {
            return None;
        }
        let start = self.skip_blanks(place);
        self.view.is(start).filter(|c| *c != '-')?;
        let name = self.name_before(place)?;
        self.value(&name, Between::Flag, start, self.view.at(place)?)
    }

    /// `-u name:password`.
    fn behind_user(&self, place: usize) -> Option<Range<usize>> {
        let start = self.skip_blanks(place);
        let inside = |at: &usize| self.view.is(*at).is_some_and(|c| !c.is_whitespace());
        let end = start + (start..).take(LONGEST_WORD).take_while(inside).count();
        let colon = (start..end).find(|at| self.view.is(*at) == Some(':'))?;
        Some(colon + 1..end)
    }

    pub fn skip_blanks(&self, place: usize) -> usize {
        let blank = |at: &usize| self.view.is(*at).is_some_and(|c| c == ' ' || c == '\t');
        place + (place..).take_while(blank).count()
    }

    /// The name that ends before `end`, if it is one of a secret.
    pub fn name_before(&self, end: usize) -> Option<Name> {
        let is = |at: usize| self.view.is(at);
        let closes = |c: char| is_quote(c) || c == ']' || c == '\\' || c.is_whitespace();
        let mut last = end;
        while last > 0 && end - last < 4 && is(last - 1).is_some_and(closes) {
            last -= 1;
        }
        let quoted = (last..end).any(|at| is(at).is_some_and(is_quote));
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
        let mut start = last;
        while start > 0 && last - start < LONGEST_NAME && is(start - 1).is_some_and(part) {
            start -= 1;
        }
        let end = self.view.0.get(start..last)?.iter().rev();
        let mut end = end.map(|sign| sign.is).filter(|c| c.is_alphanumeric());
        if !names::may_end([end.next()?, end.next()?, end.next()?]) {
            return None;
        }
        let word = names::plain(&self.view.text(start..last));
        let one = names::secrecy(&word);
        // `Client Secret: x`, `private key = x`.
        let first = self.words_before(start, quoted);
        let sentence = names::plain(&self.view.text(first..last));
        let secrecy = one.max(names::secrecy(&sentence).filter(|_| first < start))?;
        if word == "code" && names::is_of_errors(&sentence) {
            return None;
        }
        let word_is = |names: &[&str]| names.iter().any(|name| word.ends_with(name));
        Some(Name {
            secrecy,
            start,
            is_one_word: one == Some(secrecy),
            is_chosen: !word_is(&["token", "authorization"]),
            is_password: word_is(&["password"]),
            is_code: word == "code",
            quoted,
            is_cookie: word_is(&["cookie", "cookies"]),
            is_header: word_is(&["authorization"]),
        })
    }

    /// Where the words before a word begin, two of them at most.
    fn words_before(&self, start: usize, quoted: bool) -> usize {
        let is = |at: usize| self.view.is(at);
        let mut first = start;
        for _ in 0..2 {
            let gap = first.checked_sub(1).filter(|at| is(*at) == Some(' '));
            let Some(gap) = gap else { break };
            let letter = |at: &usize| is(*at).is_some_and(char::is_alphanumeric);
            let length = (0..gap).rev().take_while(letter).count();
            if length == 0 || start - (gap - length) > LONGEST_NAME {
                break;
            }
            first = gap - length;
            // In quotes they are one name.
            if !quoted && length > 14 {
                break;
            }
        }
        first
    }

    /// The value that begins at `start`, if it is to be masked.
    fn value(
        &self,
        name: &Name,
        between: Between,
        start: usize,
        mark: Sign,
    ) -> Option<Range<usize>> {
        let signs = self.extent(name, between, start, mark)?;
        if self.text == Text::Setting
            && !may_be_setting(name, between)
            && !self.is_drawn(between, &signs)
        {
            return None;
        }
        let blank = |at: &usize| {
            self.view
                .at(*at)
                .is_some_and(|sign| sign.is == ' ' && sign.escaped > 0)
        };
        let first = signs.clone().find(blank).unwrap_or(signs.end);
        let value = self.view.text(signs.start..first);
        let trimmed = value.trim_matches(|c| is_quote(c) || c == ' ');
        let keep = trimmed.is_empty()
            || is_blank(trimmed)
            || is_said(trimmed)
            || shape::is_word(trimmed) && !self.masks_words(name, between, trimmed);
        (!keep).then_some(signs)
    }

    /// Whether it is a code or token as of the query of a URL: campaigns number theirs, Cognito draws them
    /// at random.
    fn is_drawn(&self, between: Between, signs: &Range<usize>) -> bool {
        const SHORTEST: usize = 16;
        between == Between::Equals
            && signs.len() >= SHORTEST
            && !shape::is_word(&self.view.text(signs.clone()))
    }

    fn is_in_query(&self, name: &Name) -> bool {
        let before = name.start.checked_sub(1).and_then(|at| self.view.is(at));
        before.is_some_and(|c| "?&#".contains(c))
    }

    /// Whether what stands behind the name is masked though it is a word.
    fn masks_words(&self, name: &Name, between: Between, word: &str) -> bool {
        match (name.secrecy, between) {
            (_, Between::Comma) => false,
            // `orders/secret:read` is a scope.
            (_, Between::Colon) if self.text == Text::Field => false,
            // `?reset_password=1`
            (_, Between::Equals) if self.text == Text::Setting => !name.is_password,
            // `Run it with --password first.`
            (_, Between::Flag | Between::Prose) if self.text == Text::Setting => false,
            (Secrecy::Certain, Between::Prose) => name.is_one_word && name.is_chosen,
            (Secrecy::Certain, _) => true,
            (Secrecy::Perhaps, Between::Prose | Between::Colon) => false,
            (Secrecy::Perhaps, Between::Quoted) if name.is_code => false,
            (Secrecy::Perhaps, _) => self.is_in_query(name) || !shape::is_error(word),
        }
    }

    /// `Basic x`, `bearer x`, wherever they stand.
    fn behind_scheme(&self, place: usize) -> Option<Range<usize>> {
        let scheme = match self.view.is(place)? {
            'b' | 'B' if self.view.reads(place, "basic") => "basic",
            'b' | 'B' => "bearer",
            'd' | 'D' => "dpop",
            'n' | 'N' => "negotiate",
            _ => return None,
        };
        if !self.view.reads(place, scheme) {
            return None;
        }
        let gap = place + scheme.len();
        let mark = self
            .view
            .at(gap)
            .filter(|sign| matches!(sign.is, ' ' | '+' | ':' | '='))?;
        let start = self.skip_blanks(gap + 1);
        let part = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let inside = |at: &usize| {
            let sign = self.view.at(*at);
            sign.is_some_and(|sign| part(sign.is) && sign.percent <= mark.percent + 1)
        };
        let end = start + (start..).take_while(inside).count();
        let value = self.view.text(start..end);
        let loud = self.view.is(place).is_some_and(char::is_uppercase)
            && self.view.is(place + 1).is_some_and(char::is_uppercase);
        let is_credential = match self.text {
            Text::Setting => shape::is_encoded(&value),
            Text::Line | Text::Field => shape::is_credential(&value, loud),
        };
        is_credential.then_some(start..end)
    }
}

/// Settings hold `?reset_password=true` and `Your password: {####}`: a credential stands behind a
/// certain name of one word, as programs write it.
fn may_be_setting(name: &Name, between: Between) -> bool {
    // `arn:…:secret:name`
    let written = !matches!(between, Between::Colon | Between::Comma);
    name.secrecy == Secrecy::Certain && written && name.is_one_word
}

/// Whether a value is a place that is left free: `{####}`, `<password>`, `${SECRET}`, `***`.
fn is_blank(value: &str) -> bool {
    let opens = ["<", "${", "$(", "%{", "%s", "%v"];
    let stars = value.chars().all(|c| "*•.-#?".contains(c))
        || value.len() > 2 && value.chars().all(|c| "xX".contains(c));
    let place = value.starts_with('{') && !value.contains(['"', '\'', ':', '=']);
    stars || place || opens.iter().any(|open| value.starts_with(open))
}

/// What programs write where there is no secret.
fn is_said(value: &str) -> bool {
    const SAID: [&str; 21] = [
        "[]",
        "{}",
        "absent",
        "empty",
        "expired",
        "false",
        "filtered",
        "hidden",
        "invalid",
        "masked",
        "missing",
        "n/a",
        "nil",
        "none",
        "null",
        "redacted",
        "required",
        "true",
        "undefined",
        "unknown",
        "unset",
    ];
    let value = value.trim_matches(|c: char| "[]()<>.,;:!".contains(c));
    let lower = value.to_ascii_lowercase();
    value.is_empty() || SAID.contains(&lower.as_str())
}

pub fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}
