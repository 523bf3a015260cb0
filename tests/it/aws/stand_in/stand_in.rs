//! What stands in for AWS: a server, what it holds, and how each service answers from it.

pub mod athena;
pub mod logs;
pub mod objects;
pub mod pattern;
pub mod server;
pub mod state;
