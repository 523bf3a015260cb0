//! `trailblame iam-policy`: the least that each source must be allowed.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Ended;

/// Print the least policy that each source needs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame iam-policy
  trailblame iam-policy cloudtrail settings

Narrow each `*` under Resource to what you read before you attach it.")]
pub struct Arguments {
    /// Sources [default: all].
    #[arg(value_enum, value_name = "SOURCE")]
    sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Source {
    /// The event history (`--cloudtrail`).
    Cloudtrail,
    /// Log groups (`--log-group`).
    Logs,
    /// Trail buckets (`s3://…`), encrypted ones too.
    S3,
    /// Athena (`--athena`): its queries, its catalogue and where it writes results, beside what
    /// `s3` allows.
    Athena,
    /// The settings as they are now.
    Settings,
    /// The state of a schedule in a bucket (`--state s3://…`).
    State,
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    let sources = match arguments.sources.is_empty() {
        true => Source::value_variants(),
        false => &arguments.sources,
    };
    let statements: Vec<Value> = sources.iter().map(|source| statement(*source)).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    writeln!(out, "{policy:#}")?;
    Ok(Ended::Well)
}

/// Asking who one is needs no permission.
fn statement(source: Source) -> Value {
    let (sid, actions): (&str, &[&str]) = match source {
        Source::Cloudtrail => ("EventHistory", &["cloudtrail:LookupEvents"]),
        Source::Logs => (
            "LogGroups",
            &[
                "logs:FilterLogEvents",
                "logs:StartQuery",
                "logs:GetQueryResults",
            ],
        ),
        Source::S3 => (
            "TrailBuckets",
            &["s3:ListBucket", "s3:GetObject", "kms:Decrypt"],
        ),
        Source::Athena => (
            "Athena",
            &[
                "athena:StartQueryExecution",
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:StopQueryExecution",
                "glue:GetDatabase",
                "glue:GetTable",
                "glue:GetPartitions",
                "s3:GetBucketLocation",
                "s3:ListBucket",
                "s3:GetObject",
                "s3:PutObject",
                "kms:Decrypt",
                "kms:GenerateDataKey",
            ],
        ),
        Source::Settings => (
            "SettingsAsTheyAre",
            &[
                "cognito-idp:DescribeUserPool",
                "cognito-idp:DescribeUserPoolClient",
            ],
        ),
        // Without the listing S3 does not say that there is no state yet.
        Source::State => ("State", &["s3:ListBucket", "s3:GetObject", "s3:PutObject"]),
    };
    json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"})
}
