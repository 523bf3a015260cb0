//! Replay: would a request that was accepted before a change be refused after it?
//!
//! Reads the [effects table](super::effects) against a change's diff. Says "cannot tell" wherever
//! the log or the settings are silent; it never guesses.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    effects::{EFFECTS, Effect, Need, Test},
    history::{ConfigChange, DiffLine, Standing},
    setting::{Known, Resource, Setting, Settings, is_nothing},
};
/// A kind of request, as far as a log tells it. `None` means the log does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The endpoint or sign-in API.
    pub endpoint: &'a str,
    /// OAuth grant or auth flow.
    pub grant: Option<&'a str>,
    /// The redirect URI sent.
    pub redirect_uri: Option<&'a str>,
    /// Scopes asked for, separated by spaces.
    pub scopes: Option<&'a str>,
    /// The identity provider asked for.
    pub identity_provider: Option<&'a str>,
}

/// What a change does to a kind of request.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// Nothing: accepted or refused as before.
    Unaffected,
    /// Accepted before, refused after, by each of these.
    Breaks(Vec<Break>),
    /// Refused before, accepted after.
    Cures(Vec<Setting>),
    /// The log or the settings do not say enough.
    CannotTell,
}

/// One diff line that refuses a request.
#[derive(Clone, Debug)]
pub struct Break {
    /// The row of the effects table.
    pub effect: &'static Effect,
    /// The diff line's setting.
    pub setting: Setting,
    /// Whether every such request is refused, not only some (callers with the old secret).
    pub certain: bool,
    /// Whether no log tells the attribute of the requests that decides: perhaps none needed what was
    /// taken away.
    pub unseen: bool,
    /// Where no log tells the setting before the change, which then need not have altered it:
    /// whether the setting after it refuses every such request.
    pub untold: Option<bool>,
}

impl PartialEq for Break {
    fn eq(&self, other: &Self) -> bool {
        (self.effect.id, &self.setting, self.certain)
            == (other.effect.id, &other.setting, other.certain)
    }
}

/// What one value says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    Pass,
    Refuse,
    Unknown,
}

/// A change laid out against the effects table, to be asked of many kinds of requests.
#[derive(Debug)]
pub struct Replay<'a> {
    change: &'a ConfigChange,
    lines: Cow<'a, [DiffLine]>,
    /// Lines by place, and what is about them, in the order of the lines and of the table.
    about: Vec<(usize, &'static Effect)>,
}

impl<'a> Replay<'a> {
    /// Looks up what each line of the change's own diff may do.
    pub fn new(change: &'a ConfigChange) -> Self {
        let lines = match is_creation(change) {
            true => Cow::Borrowed(&[] as &[DiffLine]),
            false => lines(change),
        };
        let about = lines.iter().enumerate().flat_map(|(place, line)| {
            let effects = EFFECTS.iter();
            let about = effects.filter(move |effect| about(effect, &change.resource, line));
            about.map(move |effect| (place, effect))
        });
        Self {
            about: about.collect(),
            lines,
            change,
        }
    }

    /// Whether it does nothing to requests of any kind.
    pub fn is_idle(&self) -> bool {
        self.about.is_empty()
    }

    /// What the change does to requests of this kind.
    pub fn predict(&self, attempt: &Attempt<'_>) -> Prediction {
        let change = self.change;
        if is_of_another_provider(change, attempt) {
            return Prediction::Unaffected;
        }
        let mut breaks = Vec::new();
        let mut cures = Vec::new();
        let mut silent = false;
        for (place, effect) in &self.about {
            let line = &self.lines[*place];
            let looks = applies(effect, attempt);
            if looks == Judgement::Refuse {
                continue;
            }
            match (looks, verdict(effect, line, attempt, &change.resource)) {
                (Judgement::Refuse, _) | (_, Verdict::Same) => {}
                (_, Verdict::Cures) => cures.push(line.setting.clone()),
                (Judgement::Unknown, _) | (_, Verdict::CannotTell) => silent = true,
                (Judgement::Pass, Verdict::Breaks { certain }) => breaks.push(Break {
                    effect,
                    setting: line.setting.clone(),
                    certain,
                    unseen: is_unseen(effect, line, attempt),
                    untold: (is_whole(change) && is_untold(line))
                        .then(|| refuses(effect, line, attempt)),
                }),
            }
        }
        if !breaks.is_empty() {
            Prediction::Breaks(breaks)
        } else if silent {
            Prediction::CannotTell
        } else if !cures.is_empty() {
            Prediction::Cures(cures)
        } else {
            Prediction::Unaffected
        }
    }
}

/// Whether neither state of a list says anything of the request, for want of its attribute.
fn is_unseen(effect: &Effect, line: &DiffLine, attempt: &Attempt<'_>) -> bool {
    let silent = |known: &Known| {
        known.value().is_some() && judge(effect.test, known, attempt) == Some(Judgement::Unknown)
    };
    silent(&line.before) && silent(&line.after)
}

/// Whether the call sends every setting, of which it alters few: others are about what they send.
fn is_whole(change: &ConfigChange) -> bool {
    ["UpdateUserPoolClient", "UpdateUserPool"].contains(&change.change.name.as_str())
}

/// Whether a log might have told what the setting was, and none does.
fn is_untold(line: &DiffLine) -> bool {
    line.before.value().is_none() && line.after.value().is_some()
}

/// Whether the setting after a change refuses every request of the kind by itself.
fn refuses(effect: &Effect, line: &DiffLine, attempt: &Attempt<'_>) -> bool {
    judge(effect.test, &line.after, attempt) == Some(Judgement::Refuse)
        && breaks_all(effect, attempt)
}

/// What did not exist before cannot have worked before.
fn is_creation(change: &ConfigChange) -> bool {
    change.diff.iter().any(|line| {
        line.setting.0 == "Exists" && line.before.value().and_then(Value::as_bool) == Some(false)
    })
}

/// A request that asks for one identity provider does not meet the settings of another.
fn is_of_another_provider(change: &ConfigChange, attempt: &Attempt<'_>) -> bool {
    match (&change.resource, attempt.identity_provider) {
        (Resource::IdentityProvider(_, name), Some(asked)) => name != asked,
        _ => false,
    }
}

/// The setting that refuses requests of this kind in a state of a client's or pool's settings, if
/// one certainly does.
pub fn refused_by(
    settings: &Settings,
    attempt: &Attempt<'_>,
) -> Option<(&'static Effect, Setting)> {
    EFFECTS
        .iter()
        .filter(|effect| applies(effect, attempt) == Judgement::Pass)
        .find_map(|effect| {
            let setting = Setting(Cow::Borrowed(effect.setting));
            let value = settings.get(&setting)?;
            (judge(effect.test, value, attempt) == Some(Judgement::Refuse))
                .then_some((effect, setting))
        })
}

/// The diff, with a line of its own for what no log shows: a function's code, a rule.
fn lines(change: &ConfigChange) -> Cow<'_, [DiffLine]> {
    let opaque = change.standing == Standing::Opaque;
    let name = match &change.resource {
        Resource::Function(_) => "Function",
        Resource::Firewall(_) => "WebACL",
        Resource::IdentityProvider(..) => "IdentityProvider",
        Resource::Other(service, _) => match service.split('.').next() {
            Some("secretsmanager" | "ssm") => "StoredSecret",
            Some("acm" | "route53") => "Host",
            Some("kms") => "Key",
            Some("iam") => "Role",
            Some("elasticloadbalancing") => "Listener",
            _ => return Cow::Borrowed(&change.diff),
        },
        Resource::Pool(_) | Resource::Client(..) if is_of_pages(change) => "Pages",
        Resource::Pool(_) | Resource::Client(..)
            if opaque && change.change.name == "SetRiskConfiguration" =>
        {
            "RiskConfiguration"
        }
        _ => return Cow::Borrowed(&change.diff),
    };
    if matches!(
        change.standing,
        Standing::NoDifference | Standing::Failed(_)
    ) {
        return Cow::Borrowed(&[]);
    }
    Cow::Owned(vec![DiffLine {
        setting: Setting(Cow::Borrowed(name)),
        before: Known::Unknown,
        after: Known::Unknown,
    }])
}

/// Whether requests of this kind look at a setting, as far as is known.
pub fn look_at(setting: &Setting, attempt: &Attempt<'_>) -> bool {
    let name = setting.as_str();
    let about = |effect: &&Effect| match effect.setting.strip_suffix('.') {
        Some(beginning) => name.starts_with(beginning),
        None => name == effect.setting,
    };
    let mut rows = EFFECTS.iter().filter(about).peekable();
    rows.peek().is_none() || rows.any(|effect| applies(effect, attempt) != Judgement::Refuse)
}

/// Whether it is about how the sign-in pages look, or what they ask to agree to.
fn is_of_pages(change: &ConfigChange) -> bool {
    let parts = ["Branding", "UICustomization", "Terms"];
    parts.iter().any(|part| change.change.name.contains(part))
}

/// Whether an effect is about this line of this resource.
fn about(effect: &Effect, resource: &Resource, line: &DiffLine) -> bool {
    let name: &str = &line.setting.0;
    let name = match (resource, name) {
        (Resource::ResourceServer(..), "Exists") => "Scopes",
        (Resource::Domain(..), "Exists") => "Domain",
        _ => name,
    };
    if effect.setting.ends_with('.') {
        name.starts_with(effect.setting)
    } else {
        name == effect.setting
    }
}

/// Whether requests of this kind look at the setting: `Pass` yes, `Refuse` no.
fn applies(effect: &Effect, attempt: &Attempt<'_>) -> Judgement {
    let looks = effect.endpoints.is_empty() || effect.endpoints.contains(&attempt.endpoint);
    match (looks, attempt.grant) {
        (false, _) => Judgement::Refuse,
        (true, _) if effect.grants.is_empty() => Judgement::Pass,
        (true, None) => Judgement::Unknown,
        (true, Some(grant)) if effect.grants.contains(&grant) => Judgement::Pass,
        (true, Some(_)) => Judgement::Refuse,
    }
}

/// What a line does under an effect.
enum Verdict {
    Same,
    Breaks { certain: bool },
    Cures,
    CannotTell,
}

fn verdict(
    effect: &Effect,
    line: &DiffLine,
    attempt: &Attempt<'_>,
    resource: &Resource,
) -> Verdict {
    let before = judge(effect.test, &line.before, attempt);
    let after = judge(effect.test, &line.after, attempt);
    match (before, after) {
        (Some(Judgement::Unknown), Some(Judgement::Unknown)) if lost_items(line) => {
            Verdict::Breaks { certain: false }
        }
        (Some(before), Some(after)) => stated(effect, attempt, before, after),
        _ => compared(effect, line, attempt, resource),
    }
}

/// Whether a list lost an item that the request may need, if only the log said.
fn lost_items(line: &DiffLine) -> bool {
    match (line.before.value(), line.after.value()) {
        (Some(before), Some(after)) => {
            let after = items(after);
            items(before).iter().any(|item| !after.contains(item))
        }
        _ => false,
    }
}

/// The verdict of a test that each state passes or fails by itself.
fn stated(effect: &Effect, attempt: &Attempt<'_>, before: Judgement, after: Judgement) -> Verdict {
    use Judgement::{Pass, Refuse, Unknown};
    match (before, after) {
        (Pass, Refuse) => Verdict::Breaks {
            certain: breaks_all(effect, attempt),
        },
        (Unknown, Refuse) => Verdict::Breaks { certain: false },
        (Refuse, Pass) => Verdict::Cures,
        (Pass, Pass) | (Refuse, Refuse) | (Unknown, Pass) => Verdict::Same,
        (_, Unknown) => Verdict::CannotTell,
    }
}

/// Whether an effect refuses every request of the kind. Not so for a deleted secret (other callers
/// have another), nor for a scope with client credentials: AWS documents that it is ignored, the
/// field reports `invalid_scope` (domain.md §4.1).
fn breaks_all(effect: &Effect, attempt: &Attempt<'_>) -> bool {
    let some_secret = effect.setting == "ClientSecret.";
    let ignored =
        effect.test == Test::Lists(Need::Scopes) && attempt.grant == Some("client_credentials");
    !some_secret && !ignored
}

/// The verdict of a test that compares two states.
fn compared(
    effect: &Effect,
    line: &DiffLine,
    attempt: &Attempt<'_>,
    resource: &Resource,
) -> Verdict {
    let (before, after) = (line.before.value(), line.after.value());
    let differs = match (before, after) {
        (Some(before), Some(after)) => before != after,
        _ => true,
    };
    let may = |broken: bool| match broken {
        true => Verdict::Breaks { certain: false },
        false => Verdict::Same,
    };
    match effect.test {
        Test::Same => may(differs),
        Test::NotAdded => may(differs && !after.is_some_and(is_nothing)),
        Test::Not(text) => may(differs && after.and_then(Value::as_str) == Some(text)),
        Test::NotShorter => match (before.and_then(length), after.and_then(length)) {
            (Some(before), Some(after)) => may(after < before),
            _ => Verdict::CannotTell,
        },
        Test::NotNarrower => narrowed(line, attempt, resource),
        _ => Verdict::Same,
    }
}

/// A list that lost items; for scopes of a resource server the request may name the lost one.
fn narrowed(line: &DiffLine, attempt: &Attempt<'_>, resource: &Resource) -> Verdict {
    let (Some(before), Some(after)) = (line.before.value(), line.after.value()) else {
        return Verdict::CannotTell;
    };
    if let (Resource::ResourceServer(_, identifier), "Exists") = (resource, &*line.setting.0) {
        let gone = after.as_bool() == Some(false);
        let asked = attempt.scopes.map(|scopes| {
            scopes
                .split(' ')
                .any(|s| s.starts_with(&format!("{identifier}/")))
        });
        return match (gone, asked) {
            (false, _) | (_, Some(false)) => Verdict::Same,
            (true, Some(true)) => Verdict::Breaks { certain: true },
            (true, None) => Verdict::Breaks { certain: false },
        };
    }
    let after = items(after);
    let lost: Vec<&str> = items(before)
        .into_iter()
        .filter(|item| !after.contains(item))
        .collect();
    if lost.is_empty() {
        return Verdict::Same;
    }
    match (resource, attempt.scopes) {
        (Resource::ResourceServer(_, identifier), Some(scopes)) => {
            let asked = scopes.split(' ').any(|scope| {
                let name = scope.strip_prefix(&format!("{identifier}/"));
                name.is_some_and(|name| lost.contains(&name))
            });
            match asked {
                true => Verdict::Breaks { certain: true },
                false => Verdict::Same,
            }
        }
        _ => Verdict::Breaks { certain: false },
    }
}

/// What one state says; `None` for tests that need two.
fn judge(test: Test, known: &Known, attempt: &Attempt<'_>) -> Option<Judgement> {
    let pass = |passes: bool| match passes {
        true => Judgement::Pass,
        false => Judgement::Refuse,
    };
    let comparing = matches!(
        test,
        Test::Same | Test::NotShorter | Test::NotNarrower | Test::NotAdded | Test::Not(_)
    );
    if comparing {
        return None;
    }
    let Some(value) = known.value() else {
        return Some(Judgement::Unknown);
    };
    Some(match test {
        Test::Lists(need) => lists(need, value, attempt),
        Test::IsTrue => pass(value.as_bool() == Some(true)),
        Test::IsSet => pass(!is_nothing(value)),
        Test::Exists => pass(value.as_bool() == Some(true)),
        _ => return None,
    })
}

/// Whether a list holds what the request needs.
fn lists(need: Need, list: &Value, attempt: &Attempt<'_>) -> Judgement {
    let items = items(list);
    let holds = |item: &str| items.contains(&item);
    let verdict = match need {
        Need::RedirectUri => attempt.redirect_uri.map(holds),
        Need::IdentityProvider => attempt.identity_provider.map(holds),
        Need::Scopes => attempt.scopes.map(|scopes| scopes.split(' ').all(holds)),
        Need::OAuthFlow => match attempt.grant {
            Some("authorization_code") => Some(holds("code")),
            Some(flow @ ("implicit" | "client_credentials")) => Some(holds(flow)),
            _ => None,
        },
        Need::AuthFlow => auth_flow(attempt, &items),
    };
    match verdict {
        None => Judgement::Unknown,
        Some(true) => Judgement::Pass,
        Some(false) => Judgement::Refuse,
    }
}

/// Whether `ExplicitAuthFlows` allows the request's flow (domain.md §3). Legacy values do not
/// govern SRP, unless custom authentication is the only flow.
fn auth_flow(attempt: &Attempt<'_>, flows: &[&str]) -> Option<bool> {
    let any = |allowed: &[&str]| Some(flows.iter().any(|flow| allowed.contains(flow)));
    match attempt.grant? {
        "USER_PASSWORD_AUTH" => any(&["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"]),
        "USER_SRP_AUTH" | "PASSWORD_VERIFIER" => Some(
            flows.contains(&"ALLOW_USER_SRP_AUTH")
                || flows.contains(&"ADMIN_NO_SRP_AUTH")
                || flows.contains(&"USER_PASSWORD_AUTH"),
        ),
        "CUSTOM_AUTH" | "CUSTOM_CHALLENGE" => any(&["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"]),
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            any(&["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => any(&["ALLOW_REFRESH_TOKEN_AUTH"]),
        "USER_AUTH" => any(&["ALLOW_USER_AUTH"]),
        _ => None,
    }
}

fn items(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}

/// A number, or the length of a unit of time.
fn length(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("seconds") => Some(1.0),
        Some("minutes") => Some(60.0),
        Some("hours") => Some(3_600.0),
        Some("days") => Some(86_400.0),
        _ => value.as_f64(),
    }
}

#[cfg(test)]
mod tests;
