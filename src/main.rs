//! The program: the only place that prints, exits, reads the clock and the environment.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
