//! Every output form. Knows nothing of how anything was computed.

mod axis;
mod blips;
pub mod changes;
pub mod chart;
pub mod check;
pub mod escape;
pub mod export;
pub mod failures;
pub mod html;
pub mod incidents;
pub mod json;
pub mod links;
pub mod markdown;
pub mod notice;
pub mod outline;
pub mod overview;
pub mod page;
pub mod redact;
pub mod terminal;
pub mod usage;
pub mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
