//! Writes one record as CloudTrail does: its members in its order.

use std::fmt::Write as _;

use super::{
    super::{
        clock::{Second, folder, iso, spelled},
        dice::Dice,
    },
    account::{Account, Actor, Session, access_key},
    calls::{By, Call},
    identity, long,
};

const HEX: &[u8] = b"0123456789abcdef";
const BASE36: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ASPECTS: [&str; 4] = ["acl", "location", "policy", "tagging"];

/// Share of records with credentials that the file has not had before.
const FRESH: f64 = 0.04;
/// How many credentials of one kind are in use at a time.
const KNOWN: i64 = 8;
/// Share of records about the same thing as the one before: calls come in bursts.
const SAME: f64 = 0.5;
const CHOICES: i64 = 1 << 20;
/// Share of reads that are refused.
const DENIED: f64 = 0.015;

/// Writes records of one account into one text.
pub struct Pen<'a> {
    pub account: &'a Account,
    pub dice: Dice,
    pub out: String,
    sessions: Vec<Session>,
    choice: usize,
}

/// What the placeholders of one record stand for.
struct Subject<'a> {
    account: &'a Account,
    session: Session,
    /// Chooses among the things of the account; the same all over the record.
    choice: usize,
    time: Second,
}

impl<'a> Pen<'a> {
    pub fn new(account: &'a Account, dice: Dice) -> Self {
        let (out, sessions) = (String::new(), Vec::new());
        Self {
            account,
            dice,
            out,
            sessions,
            choice: 0,
        }
    }

    /// A record with an event id of its own.
    pub fn record(&mut self, call: &Call<'_>, time: Second) {
        let event_id = self.dice.uuid();
        self.identified(call, time, &event_id);
    }

    /// The record with this event id.
    pub fn identified(&mut self, call: &Call<'_>, time: Second, event_id: &str) {
        let subject = self.subject(call.by, time);
        let denied =
            call.read_only && !matches!(call.by, By::Service(_)) && self.dice.chance(DENIED);
        self.out
            .push_str(r#"{"eventVersion":"1.11","userIdentity":"#);
        identity::write(&mut self.out, call.by, self.account, &subject.session);
        let (out, source, name) = (&mut self.out, call.source, call.name);
        let region = if is_global(source) {
            "us-east-1"
        } else {
            self.account.region
        };
        let (address, agent) = identity::origin(call.by, &subject.session);
        let _ = write!(
            out,
            r#","eventTime":"{}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{address}","userAgent":"{agent}","#,
            iso(time),
        );
        if denied {
            refusal(out, call, self.account, &subject.session);
        }
        self.members(call, &subject, denied, event_id);
        self.ending(call);
    }

    fn members(&mut self, call: &Call<'_>, subject: &Subject<'_>, denied: bool, event_id: &str) {
        let Self { out, dice, .. } = self;
        out.push_str(r#""requestParameters":"#);
        subject.fill(call.request, out, dice);
        out.push_str(r#","responseElements":"#);
        subject.fill(if denied { "null" } else { call.response }, out, dice);
        out.push(',');
        subject.fill(call.extra, out, dice);
        let request_id = match call.source {
            "s3" => dice.letters(BASE36, 16),
            "dynamodb" => dice.letters(BASE36, 52),
            _ => dice.uuid(),
        };
        let read_only = call.read_only;
        let _ = write!(
            out,
            r#""requestID":"{request_id}","eventID":"{event_id}","readOnly":{read_only},"#
        );
        subject.fill(call.resources, out, dice);
    }

    fn ending(&mut self, call: &Call<'_>) {
        let (out, account) = (&mut self.out, self.account);
        let (version, id) = (api_version(call.source), account.id);
        let _ = write!(
            out,
            r#""eventType":"AwsApiCall",{version}"managementEvent":true,"recipientAccountId":"{id}","#,
        );
        // A role may be of another account, whose trail has the call too.
        if let ("AssumeRole", By::Actor(_)) = (call.name, call.by) {
            let _ = write!(out, r#""sharedEventID":"{}","#, self.dice.uuid());
        }
        out.push_str(r#""eventCategory":"Management""#);
        if let By::Actor(actor) = call.by {
            let _ = write!(
                out,
                r#","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{}.{}.amazonaws.com"}}"#,
                call.source, account.region,
            );
            if actor == Actor::Person {
                out.push_str(r#","sessionCredentialFromConsole":"true""#);
            }
        }
        out.push('}');
    }

    fn subject(&mut self, by: By, time: Second) -> Subject<'a> {
        let actor = match by {
            By::Actor(actor) | By::For(actor, _) => actor,
            By::Service(_) => Actor::Function,
        };
        let session = self.session(actor, time);
        if !self.dice.chance(SAME) {
            // The lowest of three: some things are busier than others.
            let mut draw = || self.dice.between(0, CHOICES - 1).unsigned_abs() as usize;
            self.choice = draw().min(draw()).min(draw());
        }
        let choice = self.choice;
        Subject {
            account: self.account,
            session,
            choice,
            time,
        }
    }

    /// Credentials met before, most often the latest, or fresh ones.
    fn session(&mut self, actor: Actor, time: Second) -> Session {
        let Self { sessions, dice, .. } = self;
        let mut known = sessions
            .iter()
            .rev()
            .filter(|session| session.actor == actor);
        let among = dice.between(0, KNOWN);
        let nth = dice.between(0, among) as usize;
        if let Some(session) = known.nth(nth)
            && !dice.chance(FRESH)
        {
            return session.clone();
        }
        let session = self.account.session(actor, time, dice);
        sessions.push(session.clone());
        session
    }
}

impl Subject<'_> {
    /// Writes `template` with its placeholders replaced.
    fn fill(&self, template: &str, out: &mut String, dice: &mut Dice) {
        fill(template, out, |word, out| self.word(word, out, dice));
    }

    fn word(&self, word: &str, out: &mut String, dice: &mut Dice) {
        let account = self.account;
        match word {
            "account" => out.push_str(account.id),
            "region" => out.push_str(account.region),
            "name" => out.push_str(self.one_of(&account.names)),
            "key" => out.push_str(self.one_of(&account.keys)),
            "id" => out.push_str(self.one_of(&account.ids)),
            "instance" => out.push_str(self.one_of(&account.instances)),
            "image" => out.push_str(self.one_of(&account.images)),
            "hex" => out.push_str(self.one_of(&account.hexes)),
            "aspect" => out.push_str(ASPECTS[self.choice % ASPECTS.len()]),
            "session" => out.push_str(&self.session.name),
            "principal" => out.push_str(&self.session.principal),
            "time" => out.push_str(&iso(self.time)),
            "day" => out.push_str(&folder(self.time)),
            "spelled" => out.push_str(&spelled(self.time)),
            "expiry" => out.push_str(&spelled(self.time + 3600)),
            "policy" => long::policy(out, dice, self.one_of(&account.names)),
            "containers" => long::containers(out, dice, self.one_of(&account.names)),
            "evaluations" => long::evaluations(out, dice, &iso(self.time), account.id),
            "script" => long::script(out, dice),
            _ => out.push_str(&random(word, dice)),
        }
    }

    fn one_of<'b>(&self, things: &'b [String]) -> &'b str {
        &things[self.choice * things.len() / CHOICES as usize]
    }
}

/// What is different in each record.
fn random(word: &str, dice: &mut Dice) -> String {
    match word {
        "uuid" => dice.uuid(),
        "address" => dice.address(),
        "number" => dice.between(200, 99_999).to_string(),
        "access-key" => access_key(dice),
        "hash" => dice.letters(HEX, 32),
        "digest" => dice.letters(HEX, 64),
        "base64-76" => dice.letters(BASE64, 75) + "=",
        "token" => {
            let length = dice.between(320, 560) as usize;
            format!("IQoJEXAMPLE{}==", dice.letters(BASE64, length))
        }
        unknown => panic!("no placeholder is called `{unknown}`"),
    }
}

/// Writes `template`, handing each word in angle brackets to `name`.
pub fn fill(template: &str, out: &mut String, mut name: impl FnMut(&str, &mut String)) {
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('<') {
        let (word, after) = after.split_once('>').expect("a placeholder ends");
        out.push_str(text);
        name(word, out);
        rest = after;
    }
    out.push_str(rest);
}

fn refusal(out: &mut String, call: &Call<'_>, account: &Account, session: &Session) {
    let Session { role, name, .. } = session;
    let (account, source, api) = (account.id, call.source, call.name);
    let _ = write!(
        out,
        r#""errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::{account}:assumed-role/{role}/{name} is not authorized to perform: {source}:{api} because no identity-based policy allows the {source}:{api} action","#,
    );
}

fn api_version(source: &str) -> &'static str {
    match source {
        "logs" => r#""apiVersion":"20140328","#,
        "elasticloadbalancing" => r#""apiVersion":"2015-12-01","#,
        _ => "",
    }
}

/// Whether the service keeps its trail in one Region.
fn is_global(source: &str) -> bool {
    matches!(source, "iam" | "route53")
}
