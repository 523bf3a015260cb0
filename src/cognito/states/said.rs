//! What one write says of each member: whether its request gave it, whether its response showed
//! it, and how a value after it is known.

use serde_json::{Map, Value, json};

use super::KnownFrom;
use crate::{
    cognito::{
        effects::Strength,
        history::Step,
        lifetime::{lifetime, token_of_validity},
        members::{self, CLIENT, DOMAIN, IDENTITY_PROVIDER, Member, Omission, POOL},
        read::{get, get_object, object},
        setting::{Known, Resource, Setting, Settings, may_exist},
    },
    record::Change,
};

/// A write with its JSON parsed.
pub(super) struct Said<'a> {
    change: &'a Change,
    table: &'static [Member],
    request: Option<Map<String, Value>>,
    response: Option<Map<String, Value>>,
}

impl<'a> Said<'a> {
    pub fn new(change: &'a Change, resource: &Resource) -> Self {
        Self {
            change,
            table: table(resource),
            request: change.request.as_deref().and_then(object),
            response: change.response.as_deref().and_then(object),
        }
    }

    /// Whether the request gave it.
    pub fn gives(&self, setting: &Setting) -> bool {
        has(self.request.as_ref(), setting)
    }

    /// Whether the write says what the value after it is, be it by leaving it out of a state that
    /// is shown whole.
    pub fn tells(&self, setting: &Setting, after: &Known, step: &Step) -> bool {
        let overlaid = step.touched.contains(setting) && after.observed().is_some();
        *setting == Setting::EXISTS || overlaid || self.gives(setting) || self.shows(setting)
    }

    fn shows(&self, setting: &Setting) -> bool {
        has(self.response.as_ref(), setting) || self.is_whole() && self.member(setting).is_some()
    }

    /// Whether the response shows the whole state.
    fn is_whole(&self) -> bool {
        let wrapper = match self.change.name.as_str() {
            "CreateUserPoolClient" | "UpdateUserPoolClient" => "UserPoolClient",
            "CreateUserPool" | "UpdateUserPool" => "UserPool",
            _ => return false,
        };
        let whole = |response| get_object(response, wrapper);
        self.response.as_ref().and_then(whole).is_some()
    }

    /// Whether the write explains the value: it gave it, or reset it, or made the resource. What a
    /// response merely shows was there before.
    pub fn explains(&self, setting: &Setting, after: &Known, step: &Step) -> bool {
        if *setting == Setting::EXISTS {
            return step.touched.contains(setting);
        }
        !may_exist(&step.before)
            || self.request.is_none()
            || self.gives(setting)
            || !self.shows(setting)
            || after.value() == self.default_of(setting).as_ref()
    }

    /// How the value after the write is known.
    pub fn source(&self, setting: &Setting, after: &Known, step: &Step) -> Option<KnownFrom> {
        match after {
            Known::Unknown => None,
            _ if step.described.contains(setting) => Some(KnownFrom::Description),
            Known::Observed(_) if is_version(setting) => Some(KnownFrom::Response),
            _ if *setting == Setting::EXISTS && !step.touched.contains(setting) => {
                Some(KnownFrom::Implied)
            }
            Known::Observed(_) if has(self.response.as_ref(), setting) => Some(KnownFrom::Response),
            Known::Observed(_) if self.gives(setting) => Some(KnownFrom::Request),
            Known::Observed(_) if self.is_whole() => Some(KnownFrom::Response),
            // A creation that left it out.
            Known::Observed(value)
                if !step.touched.contains(setting)
                    && self.default_of(setting).as_ref() == Some(value) =>
            {
                Some(KnownFrom::Default)
            }
            Known::Observed(_) => Some(KnownFrom::Request),
            Known::Assumed(value) if self.is_established(setting, value) => {
                Some(KnownFrom::Default)
            }
            Known::Assumed(_) => Some(KnownFrom::Assumed),
        }
    }

    /// Whether it is documented or was seen that the write brings the default back.
    fn is_established(&self, setting: &Setting, value: &Value) -> bool {
        let Some(member) = self.member(setting) else {
            return false;
        };
        let resets = member.omission == Omission::Resets && member.strength > Strength::Inferred;
        let is_default = self.default_of(setting).as_ref() == Some(value);
        // Lists given empty, and a bare `SetUserPoolMfaConfig`.
        let given = self.gives(setting) && value.is_array();
        is_default && (resets || given || self.change.name == "SetUserPoolMfaConfig")
    }

    /// The default, of lifetimes in seconds.
    fn default_of(&self, setting: &Setting) -> Option<Value> {
        let Some(token) = token_of_validity(setting.as_str()) else {
            return self.member(setting)?.default_value();
        };
        // Zero stands for the default, in any unit.
        let zero = Settings::from([(setting.clone(), Known::Observed(json!(0)))]);
        lifetime(&zero, token).map(|length| json!(length.num_seconds()))
    }

    fn member(&self, setting: &Setting) -> Option<&'static Member> {
        members::find(self.table, setting.as_str())
    }

    /// The versions of content that no log shows, as far as the response tells them.
    pub fn versions(&self, step: &Step) -> Settings {
        let told = |name: &str| Some(get(self.response.as_ref()?, name)?.clone());
        let observed = |value: Option<Value>| value.map_or(Known::Unknown, Known::Observed);
        let mut versions = Settings::new();
        let is_function = self.change.service.starts_with("lambda.");
        let sha = told("CodeSha256");
        if is_function && (sha.is_some() || self.change.name.starts_with("UpdateFunctionCode")) {
            versions.insert(Setting::named("CodeSha256"), observed(sha));
        }
        if is_function && self.change.name.starts_with("UpdateFunction") {
            versions.insert(Setting::named("RevisionId"), observed(told("RevisionId")));
        } else if step.opaque {
            const NAMES: &[&str] = &["VersionId", "Version", "NextLockToken", "ETag"];
            let version = NAMES.iter().find_map(|name| told(name));
            versions.insert(Setting::named("Version"), observed(version));
        }
        versions
    }
}

/// Members of content that no log shows.
pub(super) fn is_version(setting: &Setting) -> bool {
    matches!(setting.as_str(), "CodeSha256" | "RevisionId" | "Version")
}

fn table(resource: &Resource) -> &'static [Member] {
    match resource {
        Resource::Client(..) => CLIENT,
        Resource::Pool(_) => POOL,
        Resource::IdentityProvider(..) => IDENTITY_PROVIDER,
        Resource::Domain(..) => DOMAIN,
        _ => &[],
    }
}

/// Whether `body`, or an object that it wraps, holds the member, or the unit of a lifetime.
fn has(body: Option<&Map<String, Value>>, setting: &Setting) -> bool {
    let Some(body) = body else {
        return false;
    };
    let names = match token_of_validity(setting.as_str()) {
        Some(token) => [token.validity(), token.unit()],
        None => [setting.as_str(); 2],
    };
    let wrapped = body.values().filter_map(Value::as_object);
    let mut bodies = std::iter::once(body).chain(wrapped);
    bodies.any(|body| names.iter().any(|name| holds(body, name)))
}

/// Whether `object` holds what the dotted `name` leads to, in whatever case; keys may hold dots.
fn holds(object: &Map<String, Value>, name: &str) -> bool {
    object.iter().any(|(key, value)| {
        let (Some(start), Some(rest)) = (name.get(..key.len()), name.get(key.len()..)) else {
            return false;
        };
        let inner = || value.as_object().zip(rest.strip_prefix('.'));
        // A mask stands in place of all that is below.
        let below = || match inner() {
            Some((inner, rest)) => holds(inner, rest),
            None => rest.starts_with('.') && value.is_string(),
        };
        start.eq_ignore_ascii_case(key) && !value.is_null() && (rest.is_empty() || below())
    })
}
