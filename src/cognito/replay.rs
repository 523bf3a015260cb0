//! Replay: would a request that was accepted before a change be refused after it?
//!
//! Reads the [effects table](super::effects) against a change's diff. Says "cannot tell" wherever
//! the log or the settings are silent; it never guesses.

use std::{borrow::Cow, collections::BTreeMap};

use self::{
    judge::{Judgement, judge},
    verdict::{Beside, Verdict, breaks_all, verdict},
};
use super::{
    effects::{self, Effect, Test},
    history::{ConfigChange, DiffLine},
    read,
    setting::{Resource, Setting, Settings},
};
use crate::queries::endpoint;

mod judge;
mod lines;
mod verdict;

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

/// A change laid out against the effects table, to be asked of many kinds of requests.
#[derive(Debug)]
pub struct Replay<'a> {
    change: &'a ConfigChange,
    lines: Cow<'a, [DiffLine]>,
    /// Lines by place, and what is about them, in the order of the lines and of the table.
    about: Vec<(usize, &'static Effect)>,
    /// Whether something changed of which the table says nothing.
    unlisted: bool,
    /// The version of the token trigger after it, where the change tells it.
    version: Option<String>,
}

impl<'a> Replay<'a> {
    /// Looks up what each line of the change's own diff may do.
    pub fn new(change: &'a ConfigChange) -> Self {
        let lines = lines::lines(change);
        let mut about = Vec::new();
        let mut unlisted = false;
        for (place, line) in lines.iter().enumerate() {
            let name = name_of(&change.resource, line);
            let before = about.len();
            let effects = effects::effects().filter(|effect| effect.is_about(name));
            about.extend(effects.map(|effect| (place, effect)));
            unlisted |= about.len() == before && !effects::is_indifferent(name);
        }
        let versioned = |(_, effect): &(usize, &Effect)| matches!(effect.test, Test::NotAddedAt(_));
        let version = about.iter().any(versioned).then(|| version(change));
        Self {
            about,
            lines,
            change,
            unlisted,
            version: version.flatten(),
        }
    }

    /// Whether it does nothing to requests of any kind.
    pub fn is_idle(&self) -> bool {
        self.about.is_empty() && !self.unlisted
    }

    /// What the change does to requests of this kind.
    pub fn predict(&self, attempt: &Attempt<'_>) -> Prediction {
        let change = self.change;
        if is_of_another_provider(change, attempt) {
            return Prediction::Unaffected;
        }
        let beside = self.beside();
        let mut breaks = Vec::new();
        let mut cures = Vec::new();
        let mut silent = false;
        for (place, effect) in &self.about {
            let line = &self.lines[*place];
            match self.outcome(effect, line, attempt, &beside) {
                None | Some(Outcome::Same) => {}
                Some(Outcome::Cures) => cures.push(line.setting.clone()),
                Some(Outcome::Silent) => silent = true,
                Some(Outcome::Breaks(broken)) => breaks.push(broken),
            }
        }
        if !breaks.is_empty() {
            Prediction::Breaks(breaks)
        } else if silent {
            Prediction::CannotTell
        } else if !cures.is_empty() {
            Prediction::Cures(cures)
        } else if self.unlisted {
            Prediction::CannotTell
        } else {
            Prediction::Unaffected
        }
    }

    /// What each line does by itself to requests of this kind; lines at which they do not look are
    /// left out.
    pub fn by_line(&self, attempt: &Attempt<'_>) -> BTreeMap<&Setting, Prediction> {
        let mut found = BTreeMap::new();
        if is_of_another_provider(self.change, attempt) {
            return found;
        }
        let beside = self.beside();
        for (place, effect) in &self.about {
            let line = &self.lines[*place];
            if let Some(outcome) = self.outcome(effect, line, attempt, &beside) {
                let prediction = found.entry(&line.setting).or_insert(Prediction::Unaffected);
                outcome.add_to(prediction, &line.setting);
            }
        }
        found
    }

    /// Settings that differ and of which the table says nothing, which may break anything.
    pub fn unlisted(&self) -> impl Iterator<Item = &Setting> {
        let lines = self.lines.iter().enumerate();
        let unlisted = lines.filter(|(place, line)| {
            let name = name_of(&self.change.resource, line);
            !self.about.iter().any(|(about, _)| about == place) && !effects::is_indifferent(name)
        });
        unlisted.map(|(_, line)| &line.setting)
    }

    /// The lines that are replayed: the change's own, or one that stands for what is not shown.
    pub fn lines(&self) -> &[DiffLine] {
        &self.lines
    }

    fn beside(&self) -> Beside<'_> {
        Beside {
            resource: &self.change.resource,
            lines: &self.lines,
            version: self.version.as_deref(),
        }
    }

    /// What one line does under one row of the table; `None` where requests do not look at it.
    fn outcome(
        &self,
        effect: &'static Effect,
        line: &DiffLine,
        attempt: &Attempt<'_>,
        beside: &Beside<'_>,
    ) -> Option<Outcome> {
        let looks = applies(effect, attempt);
        if looks == Judgement::Refuse {
            return None;
        }
        Some(match (looks, verdict(effect, line, attempt, beside)) {
            (_, Verdict::Same) => Outcome::Same,
            (_, Verdict::Cures) => Outcome::Cures,
            (Judgement::Pass, Verdict::Breaks { certain }) => Outcome::Breaks(Break {
                effect,
                setting: line.setting.clone(),
                certain,
                unseen: is_unseen(effect, line, attempt),
                untold: (is_whole(self.change) && is_untold(line))
                    .then(|| refuses(effect, line, attempt)),
            }),
            (_, Verdict::CannotTell | Verdict::Breaks { .. }) => Outcome::Silent,
        })
    }
}

/// What one line does to one kind of request under one row of the table.
enum Outcome {
    Same,
    Breaks(Break),
    Cures,
    Silent,
}

impl Outcome {
    /// Adds it to what other rows say of the same line; what is worse counts.
    fn add_to(self, prediction: &mut Prediction, setting: &Setting) {
        match (self, &mut *prediction) {
            (Self::Breaks(broken), Prediction::Breaks(breaks)) => breaks.push(broken),
            (Self::Breaks(broken), _) => *prediction = Prediction::Breaks(vec![broken]),
            (Self::Silent, Prediction::Unaffected | Prediction::Cures(_)) => {
                *prediction = Prediction::CannotTell;
            }
            (Self::Cures, Prediction::Unaffected) => {
                *prediction = Prediction::Cures(vec![setting.clone()]);
            }
            _ => {}
        }
    }
}

/// Whether the state after says nothing of the request, for want of its attribute.
fn is_unseen(effect: &Effect, line: &DiffLine, attempt: &Attempt<'_>) -> bool {
    let told = line.before.value().is_some() && line.after.value().is_some();
    told && judge(effect.test, &line.after, attempt) == Some(Judgement::Unknown)
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
    effects::effects()
        .filter(|effect| applies(effect, attempt) == Judgement::Pass)
        .find_map(|effect| {
            let setting = Setting(Cow::Borrowed(effect.setting));
            let value = settings.get(&setting)?;
            (judge(effect.test, value, attempt) == Some(Judgement::Refuse))
                .then_some((effect, setting))
        })
}

/// Whether requests of this kind look at a setting, as far as is known; `version` is the token
/// trigger's, where it is known.
pub fn look_at(setting: &Setting, version: Option<&str>, attempt: &Attempt<'_>) -> bool {
    let name = setting.as_str();
    let mut rows = effects::effects()
        .filter(|effect| effect.is_about(name))
        .peekable();
    let looks = |effect: &Effect| match (effect.test, version) {
        (Test::NotAddedAt(of), Some(version)) if of != version => false,
        _ => applies(effect, attempt) != Judgement::Refuse,
    };
    rows.peek().is_none() || rows.any(looks)
}

/// The name of a line in the table: what is there or not, by what it is.
fn name_of<'a>(resource: &Resource, line: &'a DiffLine) -> &'a str {
    match (resource, line.setting.as_str()) {
        (Resource::ResourceServer(..), "Exists") => "Scopes",
        (Resource::Domain(..), "Exists") => "Domain",
        (Resource::IdentityProvider(..), "Exists") => "Provider",
        (Resource::Function(_), "Exists") => "TriggerFunction",
        (_, name) => name,
    }
}

/// The version of the token trigger that a whole update gives, or a diff shows.
pub fn version(change: &ConfigChange) -> Option<String> {
    const VERSION: &str = "LambdaConfig.PreTokenGenerationConfig.LambdaVersion";
    let mut lines = change.diff.iter();
    if let Some(line) = lines.find(|line| line.setting.as_str() == VERSION) {
        return line.after.value()?.as_str().map(str::to_owned);
    }
    let request = read::object(change.change.request.as_deref()?)?;
    let config = read::get_object(&request, "LambdaConfig")?;
    let config = read::get_object(config, "PreTokenGenerationConfig")?;
    read::get_text(config, "LambdaVersion").map(str::to_owned)
}

/// Whether requests of this kind look at the setting: `Pass` yes, `Refuse` no.
fn applies(effect: &Effect, attempt: &Attempt<'_>) -> Judgement {
    let looks = effect.endpoints.is_empty() || effect.endpoints.contains(&attempt.endpoint);
    match (looks, attempt.grant) {
        (false, _) => Judgement::Refuse,
        (true, _) if effect.grants.is_empty() => Judgement::Pass,
        (true, None) if is_page(attempt) && is_of_pages(effect) => Judgement::Pass,
        (true, None) => Judgement::Unknown,
        (true, Some(grant)) if effect.grants.contains(&grant) => Judgement::Pass,
        (true, Some(_)) => Judgement::Refuse,
    }
}

/// A page is met on the way to a code or a token in the fragment, whether or not it tells to which.
fn is_page(attempt: &Attempt<'_>) -> bool {
    [
        endpoint::AUTHORIZE,
        endpoint::LOGIN,
        endpoint::IDP_RESPONSE,
        endpoint::ERROR_PAGE,
    ]
    .contains(&attempt.endpoint)
}

fn is_of_pages(effect: &Effect) -> bool {
    let has = |grant: &str| effect.grants.contains(&grant);
    has("authorization_code") && has("implicit")
}

#[cfg(test)]
mod tests;
