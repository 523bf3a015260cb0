//! What a write that nobody has made yet would alter.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    ConfigChange, DiffLine, History, Standing,
    effect::{effect, full_pool},
    parts, standing,
    timeline::Step,
    write::Write,
};
use crate::{
    cognito::{
        members::{CLIENT, DOMAIN, IDENTITY_PROVIDER},
        read::{self, full},
        setting::{Known, Resource, Setting, Settings, known},
    },
    record::Change,
};

/// A change to come, and the settings that it would leave.
#[derive(Clone, Debug)]
pub struct Planned {
    /// With its diff.
    pub change: ConfigChange,
    /// Settings after it, as far as they are known.
    pub after: Settings,
}

/// What the call would alter in the settings as they are now.
pub fn call(change: Change, resource: Resource, now: &Settings) -> Planned {
    let write = Write::new(&change);
    let made = effect(&write, &resource, now);
    let mut before = now.clone();
    before.insert(Setting::EXISTS, Known::Observed(Value::Bool(true)));
    let step = Step {
        change: 0,
        before,
        after: made.after,
        touched: made.touched,
        described: BTreeSet::new(),
        opaque: made.opaque,
    };
    let diff = step.diff();
    let standing = standing(&write, &diff, step.opaque);
    Planned {
        change: ConfigChange {
            standing,
            diff,
            resource,
            change,
        },
        after: step.after,
    }
}

/// What the call would be made to; `history` knows the pools of app clients.
pub fn resource(change: &Change, history: &History) -> Resource {
    Write::new(change).resource(&history.pools)
}

/// What a tool would alter that knows every setting before and after. Members are named as the API
/// names them; `hidden` settings differ, and nobody is shown how.
pub fn states(
    change: Change,
    resource: Resource,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    hidden: &[Setting],
) -> Planned {
    let (mut before, mut after) = (whole(&resource, before), whole(&resource, after));
    fill(&mut before, &after);
    fill(&mut after, &before);
    let names: BTreeSet<&Setting> = before.keys().chain(after.keys()).collect();
    // A value that is known on one side alone may be another one.
    let half = |setting: &&&Setting| {
        let known = |settings: &Settings| known(settings, setting).value().is_some();
        known(&before) != known(&after)
    };
    let touched: BTreeSet<Setting> = names
        .iter()
        .filter(half)
        .map(|name| (*name).clone())
        .collect();
    let step = Step {
        change: 0,
        before,
        after,
        touched,
        described: BTreeSet::new(),
        opaque: false,
    };
    let mut diff = step.diff();
    let shown: BTreeSet<Setting> = diff.iter().map(|line| line.setting.clone()).collect();
    let unseen = hidden.iter().filter(|setting| !shown.contains(*setting));
    diff.extend(unseen.map(|setting| DiffLine {
        setting: setting.clone(),
        before: Known::Unknown,
        after: Known::Unknown,
    }));
    Planned {
        change: ConfigChange {
            standing: match diff.is_empty() {
                true => Standing::NoDifference,
                false => Standing::Effective,
            },
            diff,
            resource,
            change,
        },
        after: step.after,
    }
}

/// What one state does not show at all, it does not have.
fn fill(settings: &mut Settings, others: &Settings) {
    let absent = || Known::Observed(Value::Null);
    for setting in others.keys() {
        settings.entry(setting.clone()).or_insert_with(absent);
    }
}

/// The end of a resource.
pub fn deletion(change: Change, resource: Resource) -> Planned {
    let is = |there: bool| Known::Observed(Value::Bool(there));
    let diff = vec![DiffLine {
        setting: Setting::EXISTS,
        before: is(true),
        after: is(false),
    }];
    Planned {
        after: Settings::from([(Setting::EXISTS, is(false))]),
        change: ConfigChange {
            standing: Standing::Effective,
            diff,
            resource,
            change,
        },
    }
}

/// The settings of a resource that `object` shows in full.
pub fn whole(resource: &Resource, object: &Map<String, Value>) -> Settings {
    match resource {
        Resource::Client(..) => full(object, CLIENT),
        Resource::Pool(_) => full_pool(object),
        Resource::IdentityProvider(..) => full(object, IDENTITY_PROVIDER),
        Resource::Domain(..) => full(object, DOMAIN),
        Resource::ResourceServer(..) => parts::scopes(object),
        Resource::Function(_) | Resource::Firewall(_) | Resource::Other(..) => {
            read::given(object, &[])
        }
    }
}
