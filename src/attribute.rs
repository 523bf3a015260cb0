//! Which change caused each outage, why we believe it, and an honest "no change".
//!
//! Knows nothing of how anything is printed.

pub mod alternatives;
pub mod breakdown;
pub mod case;
pub mod explain;
pub mod finding;
mod inquiry;
pub mod merge;
pub mod parameters;
pub mod phrase;
pub mod recurrence;
pub mod second_look;
pub mod sets;
mod times;
pub mod unlisted;
pub mod usual;
pub mod weigh;

pub use explain::{Scene, explain};
pub use finding::{
    Alternative, AlternativeKind, Around, Crossing, Evidence, EvidenceKind, Explained, Finding,
    Investigation, Suspect, SuspectLine, Verdict, Zone, utc,
};
