//! The program as people meet it: one binary of integration tests, since each that links Polars
//! weighs over 200 MB.

mod architecture;
mod aws;
mod bad_input;
mod commands;
mod emulator;
mod program;
mod records;
mod sample;
mod streams;
#[allow(dead_code)]
#[path = "../world/world.rs"]
mod world;
