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
//! A module uses only modules to its left; [`cognito`] and [`detect`] do not see each other, so
//! that what counts as an outage never depends on what changed. The library returns values: the
//! binary alone prints, exits, reads the clock and the environment.
//!
//! # What it stands on
//!
//! Nearly all of a build is Polars and the AWS SDKs. CPU seconds of the first build, of 1,080 in all:
//! Polars 450 (of it `polars-core` 160), the SDKs 140 (cognitoidentityprovider 37, s3 28,
//! cloudwatchlogs 25, athena 17, cloudtrail 15), what these two stand on 200, macros and what they
//! parse with 130, this crate 112. So Polars has the two features that are used, SDKs are not
//! optimised, and webhooks go through the SDKs' HTTP client.
//!
//! Of the program's SIZE MB, WEIGHTS. Dead weight that no feature takes away: the codecs of Parquet
//! that are never written (brotli, LZ4), the checksums of S3 that are never asked for.
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
pub mod cognito;
pub mod detect;
pub mod engine;
pub mod frame;
pub mod record;
pub mod report;
pub mod source;

pub use error::{Error, Result};
