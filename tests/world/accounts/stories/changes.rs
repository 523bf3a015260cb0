//! Changes that break something, by what they alter: for each kind of story, all that could be made
//! in an account.

pub mod access;
pub mod client;
pub mod domains;
pub mod edge;
pub mod pool;
pub mod scopes;
pub mod secrets;
pub mod stores;
pub mod tokens;
pub mod triggers;
pub mod unlisted;
