//! The program as people meet it: one binary of integration tests, since each that links Polars
//! weighs over 200 MB.

mod accounts;
mod accuracy;
mod acquitted;
mod architecture;
mod attribution;
mod aws;
mod bad_input;
#[allow(dead_code, reason = "the bench uses more of it")]
#[path = "../bench/accuracy/baselines.rs"]
mod baselines;
mod browser;
mod check;
mod commands;
mod emulator;
mod evidence;
#[path = "../bench/accuracy/foretold.rs"]
mod foretold;
mod forms;
mod hook;
mod intake;
mod organisation;
mod planted;
mod program;
mod reasoning;
mod records;
mod report;
mod sample;
mod schedule;
#[allow(dead_code, reason = "the bench uses more of it")]
#[path = "../bench/accuracy/score.rs"]
mod score;
mod streams;
mod sums;
mod usage;
mod webhooks;
mod windows;
#[allow(dead_code, reason = "the generator of sample-logs uses more of it")]
#[path = "../world/world.rs"]
mod world;
