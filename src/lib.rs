//! Finds the configuration change behind a Cognito sign-in outage, proves it, and prints the call
//! that undoes it.
//!
//! Data flow one way, and each step is a module of that name:
//!
//! ```text
//! source      record        frame            cognito           detect         attribute      report
//! bytes   ->  typed rows -> joined counts -> what a setting -> outages in  -> which change -> table, JSON,
//!             an event      requests,        means; settings   the counts     caused each     Markdown, HTML
//!                           changes, counts, over time; replay
//!                           coverage
//! ```
//!
//! [`plan`] reads what somebody means to change, [`check`] replays recorded requests against it, and
//! [`usage`] against each value of the settings.
//!
//! A module uses only modules to its left; [`cognito`] and [`detect`] do not see each other, so
//! that what counts as an outage never depends on what changed. The library returns values: the
//! binary alone prints, exits, reads the clock and the environment.
//!
//! # What it stands on
//!
//! Nearly all of a build is Polars and the AWS SDKs. CPU seconds of the first build, of 1,100 in all:
//! Polars 430 (`polars-core` 163, `polars-ops` 48, `polars-compute` 43), the SDKs 130
//! (cognitoidentityprovider 37, s3 28, cloudwatchlogs 26, athena 18, cloudtrail 15) and what they
//! share 30, macros 150, this crate 115, all else 240. So Polars has the two features that are used,
//! what waits for AWS is not optimised, and webhooks go through the SDKs' HTTP client.
//!
//! The program weighs 79 MB, of them 49 code: Polars 13 and the thread pool that it is compiled into
//! 9, parts of std instantiated by all 9, the SDKs 2 (s3 0.7, cognitoidentityprovider 0.6, athena 0.3,
//! sts and cloudwatchlogs 0.2 each) and what they share 2, this crate 2; tables for unwinding are 15.
//! Dead weight that no feature takes away: codecs of Parquet that nothing here writes (brotli, LZ4:
//! 1), checksums of S3 (0.7).
//!
//! Some crates come twice, all by others' choice: `syn` 2 and 3 (macros), `digest` 0.10 and `sha1`
//! 0.10 (`crc-fast`, `aws-config`) beside 0.11, `hashbrown` 0.15 with `foldhash` 0.1 (`planus`, of
//! Polars), `base64` 0.22 (`polars-parquet`) beside 0.23 (`hyper-util`).

pub mod error;
pub mod ids;
pub mod queries;
pub mod window;
// The way of the data.
pub mod archive;
pub mod attribute;
pub mod check;
pub mod cognito;
pub mod detect;
pub mod engine;
pub mod frame;
pub mod plan;
pub mod record;
pub mod report;
pub mod source;
pub mod usage;

pub use error::{Error, Result};
