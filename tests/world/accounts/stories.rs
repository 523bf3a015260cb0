//! What is done to an account.

use super::model::World;

/// The account of a seed, with its story.
pub fn draw(_seed: u64, _kind: Option<&str>) -> World {
    todo!()
}
