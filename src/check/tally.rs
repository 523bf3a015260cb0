//! What each changed setting does to the recorded attempts, counted.

use std::collections::BTreeMap;

use super::{
    Asked, Begins, Count, SettingCheck, Verdict, days,
    reach::Reach,
    traffic::{Counted, Traffic},
};
use crate::{
    cognito::{
        effects::{Effect, Need, Strength, Test},
        history::DiffLine,
        replay::{Attempt, Break, Prediction, Replay},
        setting::{Known, Setting},
    },
    frame::Owner,
    queries::endpoint,
};
use chrono::DateTime;

/// Attempts under one setting.
#[derive(Default)]
pub(super) struct Tally {
    of: u64,
    broken: Refused,
    perhaps: Refused,
    untold: u64,
    untold_last: i64,
    /// What no log tells of the untold ones.
    unseen: Option<Need>,
}

/// Attempts that are refused, or may be.
#[derive(Default)]
struct Refused {
    requests: u64,
    last: i64,
    hours: [u64; 24],
    rules: BTreeMap<&'static str, (u64, &'static Effect)>,
    asked: Asked,
}

/// Counts the attempts of some owners under each line of a change.
pub(super) fn tallies<'a>(
    replay: &'a Replay<'_>,
    owners: &[&Owner],
    traffic: &Traffic<'_>,
) -> BTreeMap<&'a Setting, Tally> {
    let mut tallies: BTreeMap<&Setting, Tally> = BTreeMap::new();
    let unlisted: Vec<&Setting> = replay.unlisted().collect();
    for owner in owners {
        let client = traffic.cells.text(owner.client);
        for (key, counted) in traffic.of(owner) {
            let attempt = traffic.attempt(key);
            for (setting, prediction) in replay.by_line(&attempt) {
                let tally = tallies.entry(setting).or_default();
                tally.of += counted.requests;
                match prediction {
                    Prediction::Unaffected | Prediction::Cures(_) => {}
                    Prediction::CannotTell => tally.miss(counted, None),
                    Prediction::Breaks(breaks) => {
                        let told = |need| {
                            attempt.endpoint == endpoint::TOKEN && traffic.tells(owner, need)
                        };
                        tally.add(&breaks, &attempt, counted, client, told);
                    }
                }
            }
            for setting in &unlisted {
                let tally = tallies.entry(setting).or_default();
                tally.of += counted.requests;
                tally.miss(counted, None);
            }
        }
    }
    tallies
}

impl Tally {
    /// What is altered out of sight, such as a function's code, may do anything, and mostly does
    /// nothing: that no rule is replayed against it is all that is known.
    fn hide(&mut self) {
        for refused in [
            std::mem::take(&mut self.broken),
            std::mem::take(&mut self.perhaps),
        ] {
            self.untold += refused.requests;
            self.untold_last = self.untold_last.max(refused.last);
        }
    }

    fn miss(&mut self, counted: &Counted, unseen: Option<Need>) {
        self.untold += counted.requests;
        self.untold_last = self.untold_last.max(counted.last);
        self.unseen = self.unseen.or(unseen);
    }

    /// One kind that is refused by some rows: the surest counts.
    fn add(
        &mut self,
        breaks: &[Break],
        attempt: &Attempt<'_>,
        counted: &Counted,
        client: Option<&str>,
        told: impl Fn(Need) -> bool,
    ) {
        let harmful = breaks.iter().filter(|broken| !broken.effect.is_harmless());
        let Some(worst) = harmful.max_by_key(|broken| surety(broken)) else {
            return;
        };
        if let Some(need) = unseen(worst) {
            if !told(need) {
                self.miss(counted, Some(need));
            }
            return;
        }
        let refused = match is_sure(worst) {
            true => &mut self.broken,
            false => &mut self.perhaps,
        };
        refused.add(worst.effect, attempt, counted, client);
    }

    /// What the tally says of its setting.
    pub fn verdict(mut self, line: DiffLine, by_omission: bool, reach: &Reach<'_>) -> SettingCheck {
        let is_hidden = line.before == Known::Unknown && line.after == Known::Unknown;
        if is_hidden {
            self.hide();
        }
        let verdict = match (self.broken.requests, self.perhaps.requests, self.untold) {
            (1.., ..) => Verdict::Breaks,
            (_, 1.., _) => Verdict::MayBreak,
            (_, _, 1..) => Verdict::CannotTell,
            _ => Verdict::Safe,
        };
        let missing = (verdict == Verdict::CannotTell).then(|| match is_hidden {
            true => "the plan does not show what it becomes".to_owned(),
            false => missing(self.unseen),
        });
        let refused = match verdict {
            Verdict::Breaks => self.broken,
            _ => self.perhaps,
        };
        let rules = refused.rules.values();
        let rule = rules
            .max_by_key(|(requests, _)| *requests)
            .map(|(_, rule)| *rule);
        let last = match verdict {
            Verdict::CannotTell => self.untold_last,
            _ => refused.last,
        };
        SettingCheck {
            line,
            by_omission,
            verdict,
            rule,
            refused: refused.requests,
            of: self.of,
            untold: self.untold,
            last_seen: DateTime::from_timestamp_micros(last).filter(|_| last > 0),
            begins: rule.map(|rule| Begins::new(rule.delay, &refused.hours, days(reach.window))),
            errors: rule.map_or_else(Vec::new, |rule| {
                rule.codes.iter().map(|code| code.0).collect()
            }),
            asked: refused.asked,
            missing,
        }
    }
}

impl Refused {
    fn add(
        &mut self,
        rule: &'static Effect,
        attempt: &Attempt<'_>,
        counted: &Counted,
        client: Option<&str>,
    ) {
        self.requests += counted.requests;
        self.last = self.last.max(counted.last);
        for (all, own) in self.hours.iter_mut().zip(counted.hours) {
            *all += own;
        }
        self.rules.entry(rule.id).or_insert((0, rule)).0 += counted.requests;
        let note = |counts: &mut BTreeMap<String, Count>, text: Option<&str>| {
            if let Some(text) = text {
                let count = counts.entry(text.to_owned()).or_default();
                count.requests += counted.requests;
                count.last = count.last.max(counted.last);
            }
        };
        note(&mut self.asked.endpoints, Some(attempt.endpoint));
        note(&mut self.asked.grants, attempt.grant);
        note(&mut self.asked.redirect_uris, attempt.redirect_uri);
        note(&mut self.asked.scopes, attempt.scopes);
        note(&mut self.asked.providers, attempt.identity_provider);
        self.asked.clients.extend(client.map(str::to_owned));
    }
}

/// Whether every such attempt is refused, by a rule that somebody documents or has seen.
fn is_sure(broken: &Break) -> bool {
    (broken.certain || broken.untold == Some(true)) && broken.effect.strength > Strength::Inferred
}

fn surety(broken: &Break) -> (bool, bool, Strength) {
    (
        is_sure(broken),
        unseen(broken).is_none(),
        broken.effect.strength,
    )
}

/// What a list would have to hold, where no log tells what these attempts ask for.
fn unseen(broken: &Break) -> Option<Need> {
    match broken.effect.test {
        Test::Lists(need) if broken.unseen => Some(need),
        _ => None,
    }
}

fn missing(unseen: Option<Need>) -> String {
    let what = match unseen {
        Some(Need::RedirectUri) => "the redirect URI",
        Some(Need::Scopes | Need::ReadAttributes) => "the scopes",
        Some(Need::IdentityProvider) => "the identity provider",
        Some(Need::AuthFlow | Need::OAuthFlow | Need::FirstFactor) => "the flow",
        None => return "no rule, plan or log tells what it does to these requests".to_owned(),
    };
    format!("no log tells {what} of these requests; a trail with authorize requests would")
}
