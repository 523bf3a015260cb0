//! Every output form. Knows nothing of how anything was computed.

pub mod changes;
pub mod chart;
pub mod escape;
pub mod export;
pub mod failures;
pub mod json;
pub mod markdown;
pub mod outline;
pub mod terminal;
pub mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
