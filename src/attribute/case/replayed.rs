//! One change, replayed against the requests around an outage.

use super::{Case, is_client};
use crate::{
    cognito::{
        history::At,
        replay::{self, Prediction},
        setting::{self, Resource, Setting},
    },
    frame::Key,
};

/// A change that is replayed.
pub struct Replayed<'c, 'a> {
    case: &'c Case<'a>,
    index: usize,
    /// Of a function: the triggers of the pool that name it, and the version of its token trigger.
    triggers: Vec<&'a Setting>,
    version: Option<&'a str>,
}

impl<'c, 'a> Replayed<'c, 'a> {
    /// The change at `index`.
    pub fn new(case: &'c Case<'a>, index: usize) -> Self {
        let triggers = match &case.history.changes()[index].resource {
            Resource::Function(name) => case.triggers(index, name),
            _ => Vec::new(),
        };
        let version = match triggers.is_empty() {
            true => None,
            false => token_trigger_version(case, index),
        };
        Self {
            case,
            index,
            triggers,
            version,
        }
    }

    /// What the change does to requests of a kind.
    pub fn predict(&self, key: &Key) -> Prediction {
        let replay = &self.case.inquiry.replays[self.index];
        match !replay.is_idle() && self.governs(key) {
            true => replay.predict(&self.case.attempt(key)),
            false => Prediction::Unaffected,
        }
    }

    /// Whether it refuses every request of a kind.
    pub fn refuses(&self, key: &Key) -> bool {
        match self.predict(key) {
            Prediction::Breaks(breaks) => breaks.iter().any(|broken| broken.certain),
            _ => false,
        }
    }

    /// Whether the settings of what was changed govern requests of a kind.
    fn governs(&self, key: &Key) -> bool {
        let client = self.case.cells.text(key.client);
        match &self.case.history.changes()[self.index].resource {
            Resource::Client(_, own) => client == Some(own.as_str()),
            Resource::Other(..) => is_client(self.case.incident, client),
            Resource::Function(_) => {
                let attempt = self.case.attempt(key);
                let mut triggers = self.triggers.iter();
                self.triggers.is_empty()
                    || triggers.any(|setting| replay::look_at(setting, self.version, &attempt))
            }
            _ => true,
        }
    }
}

/// The version of the pool's token trigger after a change, where a log tells it.
fn token_trigger_version<'a>(case: &Case<'a>, index: usize) -> Option<&'a str> {
    let pool = Resource::Pool(case.incident.user_pool.clone()?);
    let settings = case.history.settings(&pool, At::After(index))?;
    setting::value(
        settings,
        "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
    )?
    .as_str()
}
