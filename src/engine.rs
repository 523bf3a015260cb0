//! Where the data lie: counts and records asked of the engine that holds a trail, instead of
//! bringing the trail here.

pub mod athena;
