//! What explaining one outage shares with explaining the next.

use super::{Scene, sets::change_sets, times::Times};
use crate::cognito::replay::Replay;

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
}

impl<'a> Inquiry<'a> {
    /// Begins with nothing explained.
    pub fn new(scene: &'a Scene<'a>) -> Self {
        let changes = scene.history.changes();
        Self {
            scene,
            sets: change_sets(changes),
            replays: changes.iter().map(Replay::new).collect(),
            times: Times::new(scene.ground.cells),
        }
    }
}
