//! What a partial update reset besides what broke: told, and offered to be put back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Case, Resets, call::Call, document::Document, named};
use crate::cognito::{
    members::{CLIENT, Member, POOL},
    read::{given, object},
    setting::{Setting, Settings, known},
};

impl Case<'_> {
    /// Settings that the call left out and so reset, that are not guilty, and that nobody has put
    /// back since.
    pub(super) fn resets(&self) -> Vec<Setting> {
        let Some((table, given)) = self.given() else {
            return Vec::new();
        };
        let is_reset = |setting: &&Setting| {
            let (was, is) = (known(self.before, setting), known(self.now, setting));
            super::document::member_of(table, setting.as_str()).is_some()
                && !given.contains_key(setting)
                && !self.guilty.contains(setting)
                && was.differs(is)
                && known(self.after, setting).same(is)
        };
        let lines = self.found.diff.iter().map(|line| &line.setting);
        lines.filter(is_reset).cloned().collect()
    }

    /// What an update that replaces everything gave.
    fn given(&self) -> Option<(&'static [Member], Settings)> {
        let table = match self.found.change.name.as_str() {
            "UpdateUserPoolClient" => CLIENT,
            "UpdateUserPool" => POOL,
            _ => return None,
        };
        let request = object(self.found.change.request.as_deref()?)?;
        Some((table, given(&request, table)))
    }
}

/// A sentence on them.
pub(super) fn sentence(case: &Case<'_>, settings: &[Setting]) -> String {
    let is_seen = |setting: &Setting| known(case.after, setting).observed().is_some();
    let did = match settings.iter().all(is_seen) {
        true => "also reset",
        false => "may also have reset",
    };
    let members: BTreeSet<&str> = settings.iter().filter_map(member).collect();
    let what = match members.len() {
        1 => "one setting".to_owned(),
        count => format!("{count} settings"),
    };
    let members: Vec<Setting> = members
        .into_iter()
        .map(|name| Setting::from(name.to_owned()))
        .collect();
    format!(
        "The same call {did} {what} that broke none of the failed requests, and nobody has put back \
         since: {}.",
        named(&members)
    )
}

/// The member that a setting is, or is a part of.
fn member(setting: &Setting) -> Option<&str> {
    setting.as_str().split('.').next()
}

/// With the call that puts them back.
pub(super) fn offered(settings: Vec<Setting>, call: &Call<'_>, document: Document) -> Resets {
    let input = Value::from(document.members);
    Resets {
        settings,
        command: Some(call.command(&input)),
        document: Some(input),
        assumed: document.assumed,
    }
}

/// Where no call can be offered.
pub(super) fn unoffered(settings: Vec<Setting>) -> Resets {
    Resets {
        settings,
        command: None,
        document: None,
        assumed: Vec::new(),
    }
}
