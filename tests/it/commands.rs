//! The other commands.
