//! Hides people, addresses, e-mail addresses and account ids in a page, each under one name wherever
//! it stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde_json::Value;

use super::escape;
use crate::{attribute::Investigation, cognito::history::ConfigChange};

/// What stands in place of what.
#[derive(Debug, Default)]
pub struct Redaction {
    names: BTreeMap<String, String>,
    addresses: BTreeMap<IpAddr, String>,
    emails: BTreeMap<String, String>,
    /// So many accounts have a name.
    accounts: usize,
}

/// Names shorter than this are no names.
const SHORTEST: usize = 2;

impl Redaction {
    /// Hides whom an investigation names, and whom these records do.
    pub fn new<'a>(
        investigation: &Investigation,
        records: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut found = Found::default();
        let suspects = investigation
            .findings
            .iter()
            .flat_map(|finding| &finding.suspects);
        for actor in suspects.clone().flat_map(|suspect| &suspect.actors) {
            found.arn(actor);
        }
        let suspects = suspects.map(|suspect| &suspect.change);
        for change in investigation.changes.iter().chain(suspects) {
            found.change(change);
        }
        let coverage = investigation.coverage.iter();
        let incidents = investigation.findings.iter();
        let accounts = coverage.filter_map(|row| row.account.as_ref());
        let accounts = accounts.chain(incidents.filter_map(|f| f.incident.account.as_ref()));
        let blips = investigation.blips.iter();
        let accounts = accounts.chain(blips.filter_map(|blip| blip.account.as_ref()));
        found.accounts.extend(accounts.map(ToString::to_string));
        for record in records {
            if let Ok(value) = serde_json::from_str::<Value>(record) {
                found.value(&value);
            }
        }
        found.names()
    }

    /// An HTML page without them: what stands between marks, and not the marks.
    pub fn html(&mut self, page: &str) -> String {
        self.meet_accounts(page);
        let mut hidden = String::with_capacity(page.len());
        let mut rest = page;
        while let Some(start) = rest.find('<') {
            let (text, mark) = rest.split_at(start);
            hidden.push_str(&self.hidden(text));
            let end = match () {
                () if mark.starts_with("<style") => mark.find("</style>"),
                // The page allows its script by its hash.
                () if mark.starts_with("<script") => mark.find("</script>"),
                () => mark.find('>').map(|end| end + 1),
            };
            let (mark, after) = mark.split_at(end.unwrap_or(mark.len()));
            hidden.push_str(mark);
            rest = after;
        }
        hidden + &self.hidden(rest)
    }

    /// A JSON document without them: its values, and not its keys.
    pub fn json(&mut self, document: &str) -> String {
        self.meet_accounts(document);
        match serde_json::from_str(document) {
            Ok(mut value) => {
                self.value(&mut value);
                format!("{}\n", escape::json(&format!("{value:#}")))
            }
            // What is no document is text.
            Err(_) => self.text(document),
        }
    }

    fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.hidden(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => members.values_mut().for_each(|value| self.value(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text without them.
    pub fn text(&mut self, page: &str) -> String {
        self.meet_accounts(page);
        self.hidden(page)
    }

    /// Names the accounts that ARNs on the page tell of: settings hold roles and functions of others.
    fn meet_accounts(&mut self, page: &str) {
        for arn in page.split("arn:").skip(1) {
            let account = arn.split(':').nth(3).unwrap_or_default();
            let is_one = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if is_one && !self.names.contains_key(account) {
                self.accounts += 1;
                let name = format!("account-{}", self.accounts);
                self.names.insert(account.to_owned(), name);
            }
        }
    }

    fn hidden(&mut self, page: &str) -> String {
        let mut hidden = String::with_capacity(page.len());
        let mut rest = page;
        while !rest.is_empty() {
            let before = hidden.chars().next_back();
            if let Some((length, name)) = self.name_at(rest, before) {
                hidden.push_str(name);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            let address = self.email_at(rest, before);
            if let Some((length, name)) = address.or_else(|| self.address_at(rest, before)) {
                hidden.push_str(&name);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            let mut chars = rest.chars();
            hidden.extend(chars.next());
            rest = chars.as_str();
        }
        hidden
    }

    /// A name that stands at the beginning, not inside of a word.
    fn name_at(&self, text: &str, before: Option<char>) -> Option<(usize, &str)> {
        if before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        // The longest of those that begin so comes last.
        let first = text.get(..text.chars().next()?.len_utf8())?;
        let names = self.names.range(first.to_owned()..).rev();
        let mut names = names.filter(|(name, _)| {
            let rest = text.strip_prefix(name.as_str());
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
        names
            .next()
            .map(|(name, hidden)| (name.len(), hidden.as_str()))
    }

    /// An e-mail address that stands at the beginning, with its `@` as it is or as in a URL.
    fn email_at(&mut self, text: &str, before: Option<char>) -> Option<(usize, String)> {
        let part = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
        if before.is_some_and(part) || !text.starts_with(char::is_alphanumeric) {
            return None;
        }
        let own = text.find(|c| !part(c)).unwrap_or(text.len());
        let encoded = text.get(..own)?.find("%40");
        let (user, host) = match encoded {
            Some(at) => (at, at + 3),
            None if text.get(own..)?.starts_with('@') => (own, own + 1),
            None => return None,
        };
        let rest = text.get(host..)?;
        let end = rest.find(|c: char| !(c.is_alphanumeric() || ".-".contains(c)));
        let domain = rest.get(..end.unwrap_or(rest.len()))?;
        let domain = domain.trim_end_matches(['.', '-']);
        if user == 0 || !domain.contains('.') {
            return None;
        }
        let address = format!("{}@{domain}", text.get(..user)?).to_lowercase();
        let next = self.emails.len() + 1;
        let name = self.emails.entry(address);
        let name = name.or_insert_with(|| format!("email-{next}"));
        Some((host + domain.len(), name.clone()))
    }

    /// An address that stands at the beginning.
    fn address_at(&mut self, text: &str, before: Option<char>) -> Option<(usize, String)> {
        let part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
        if before.is_some_and(|c| part(c) || c.is_alphanumeric()) || !text.starts_with(part) {
            return None;
        }
        let token = text.split(|c| !part(c)).next()?;
        let token = token.trim_end_matches(['.', ':']);
        let address: IpAddr = token.parse().ok()?;
        let next = self.addresses.len() + 1;
        let name = self.addresses.entry(address);
        let name = name.or_insert_with(|| format!("address-{next}"));
        (token.len() > 2).then(|| (token.len(), name.clone()))
    }
}

#[derive(Default)]
struct Found {
    accounts: BTreeSet<String>,
    people: BTreeSet<String>,
}

impl Found {
    fn change(&mut self, change: &ConfigChange) {
        let record = &change.change;
        self.accounts.extend(record.account.clone());
        for link in record.actor_chain.iter().chain(&record.actor) {
            self.arn(link);
        }
    }

    /// The person at the end of an ARN, and its account; another name is a person's.
    fn arn(&mut self, text: &str) {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, _, _, account, tail] = parts[..] else {
            if !text.contains('.') || text.contains('@') {
                self.people.insert(text.to_owned());
            }
            return;
        };
        if account.len() == 12 {
            self.accounts.insert(account.to_owned());
        }
        let is_role = tail.starts_with("role/");
        let person = tail
            .rsplit('/')
            .next()
            .filter(|_| !is_role && tail.contains('/'));
        self.people.extend(person.map(str::to_owned));
    }

    /// Names in a record, by what its members are called.
    fn value(&mut self, value: &Value) {
        const PEOPLE: [&str; 8] = [
            "sub",
            "userName",
            "username",
            "USERNAME",
            "principalId",
            "accessKeyId",
            "email",
            "sourceIdentity",
        ];
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        // A role, which is nobody: people are told apart by their sessions.
                        Value::Object(_) if name == "sessionIssuer" => {}
                        Value::String(text) if PEOPLE.contains(&name.as_str()) => {
                            self.people.insert(text.clone());
                        }
                        Value::String(text) if text.starts_with("arn:") => self.arn(text),
                        Value::String(text) if name.ends_with("ccountId") => {
                            self.accounts.insert(text.clone());
                        }
                        value => self.value(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            _ => {}
        }
    }

    fn names(self) -> Redaction {
        let mut names = BTreeMap::new();
        let accounts = self.accounts.len();
        for (kind, found) in [("account", self.accounts), ("person", self.people)] {
            let found = found.into_iter().filter(|name| name.len() >= SHORTEST);
            for (at, name) in found.enumerate() {
                let hidden = format!("{kind}-{}", at + 1);
                // As each form writes it.
                let json = serde_json::to_string(&name).unwrap_or_default();
                let json = json.trim_matches('"').to_owned();
                for written in [escape::markdown(&name), escape::html(&name), json, name] {
                    names.insert(written, hidden.clone());
                }
            }
        }
        Redaction {
            names,
            accounts,
            ..Redaction::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::Verdict, report::fixture::investigation};

    #[test]
    fn each_is_hidden_under_one_name_and_nothing_else_is() {
        let record =
            r#"{"userIdentity":{"userName":"al","arn":"arn:aws:iam::111122223333:user/al"}}"#;
        let investigation = investigation(Verdict::Change, None);
        let mut redaction = Redaction::new(&investigation, [record]);
        let page = "al met al-b at 14:05:04 from 192.0.2.7, then 198.51.100.9 and 192.0.2.7; \
                    total 1.5, also 2001:db8::1; account 111122223333, event 0a-111122223334";
        let hidden = redaction.text(page);
        assert!(
            !hidden.contains("192.0.2.7") && !hidden.contains("111122223333"),
            "{hidden}"
        );
        assert_eq!(hidden.matches("address-1").count(), 2, "{hidden}");
        for kept in ["14:05:04", "total 1.5", "also", "111122223334", "address-3"] {
            assert!(hidden.contains(kept), "{kept}: {hidden}");
        }
        assert!(hidden.starts_with("person-"), "{hidden}");
        let page = "From \"Shop\" <no-reply@shop.example.com>, no-reply%40shop.example.com or \
                    help@example.com. account 444455556666 has \
                    arn:aws:lambda:eu-west-1:444455556666:function:x";
        let hidden = redaction.text(page);
        assert!(
            !hidden.contains("example.com") && !hidden.contains("444455556666"),
            "{hidden}"
        );
        assert_eq!(hidden.matches("email-1").count(), 2, "{hidden}");
        assert!(hidden.contains("email-2. account"), "{hidden}");
        let html = redaction.html("<al title=\"al\">al</al><style>al{}</style>");
        assert!(html.starts_with("<al title=\"al\">person-"), "{html}");
        assert!(html.ends_with("</al><style>al{}</style>"), "{html}");
        let json = redaction.json(r#"{"al": ["al"]}"#);
        assert!(
            json.contains("\"al\": [") && json.contains("\"person-"),
            "{json}"
        );
    }
}
