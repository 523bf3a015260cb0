//! What explaining one outage shares with explaining the next.

use std::cell::OnceCell;

use super::{Scene, sets::change_sets, times::Times, unlisted::Reachable, usual::Usual};
use crate::{
    cognito::replay::Replay,
    detect::{Incident, Kind},
    ids::{AppClientId, UserPoolId},
};

/// A scene with what is worked out once for all outages.
pub struct Inquiry<'a> {
    /// Attempts and changes.
    pub scene: &'a Scene<'a>,
    /// The change set of each change.
    pub sets: Vec<Option<String>>,
    /// Each change against the effects table.
    pub replays: Vec<Replay<'a>>,
    /// When attempts came.
    pub times: Times<'a>,
    /// Whose requests began to fail when.
    pub begun: Vec<Begun>,
    /// What requests ask for.
    pub usual: Usual<'a>,
    reachable: OnceCell<Reachable>,
}

/// That an outage began.
pub struct Begun {
    pub kind: Kind,
    /// The last success before it, in microseconds since 1970.
    pub since: i64,
    /// The first failure.
    pub onset: i64,
    pub user_pool: Option<UserPoolId>,
    pub clients: Vec<AppClientId>,
}

impl<'a> Inquiry<'a> {
    /// Begins with nothing explained.
    pub fn new(scene: &'a Scene<'a>, incidents: &[Incident]) -> Self {
        let changes = scene.history.changes();
        let begun = incidents.iter().map(|incident| Begun {
            kind: incident.kind,
            since: incident.onset_interval.0.timestamp_micros(),
            onset: incident.onset.timestamp_micros(),
            user_pool: incident.user_pool.clone(),
            clients: incident.clients.clone(),
        });
        Self {
            scene,
            sets: change_sets(changes),
            replays: changes.iter().map(Replay::new).collect(),
            times: Times::new(scene.ground.cells),
            begun: begun.collect(),
            usual: Usual::new(scene.ground.cells),
            reachable: OnceCell::new(),
        }
    }

    /// What resources lead to over links.
    pub fn reachable(&self) -> &Reachable {
        self.reachable
            .get_or_init(|| Reachable::new(self.scene.history))
    }
}
