//! Which change caused each outage, why we believe it, and an honest "no change".
//!
//! Knows nothing of how anything is printed.

pub mod finding;

pub use finding::{
    Alternative, AlternativeKind, Evidence, EvidenceKind, Finding, Investigation, Suspect,
    SuspectLine, Verdict,
};
