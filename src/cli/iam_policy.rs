//! `trailblame iam-policy`: the least that each source must be allowed.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Ended;

/// Print the minimal IAM policy for each source.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame iam-policy
  trailblame iam-policy cloudtrail settings

Words in capitals under Resource are to be filled in before you attach it; `*` stands only where an
action takes no resource.")]
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
    let statements = sources.iter().flat_map(|source| statements(*source));
    let statements: Vec<Value> = statements.map(Statement::json).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    writeln!(out, "{policy:#}")?;
    Ok(Ended::Well)
}

/// What may be done, and to what.
struct Statement {
    sid: &'static str,
    actions: &'static [&'static str],
    resources: &'static [&'static str],
}

impl Statement {
    const fn new(
        sid: &'static str,
        actions: &'static [&'static str],
        resources: &'static [&'static str],
    ) -> Self {
        Self {
            sid,
            actions,
            resources,
        }
    }

    fn json(&self) -> Value {
        json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": self.actions,
            "Resource": self.resources,
        })
    }
}

/// Of an action that takes no resource.
const ANY: &[&str] = &["*"];
const KEY: &[&str] = &["arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"];

/// Asking who one is needs no permission. Source: the service authorization reference of each
/// service, <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>.
fn statements(source: Source) -> &'static [Statement] {
    match source {
        Source::Cloudtrail => EVENT_HISTORY,
        Source::Logs => LOG_GROUPS,
        Source::S3 => BUCKETS,
        Source::Athena => ATHENA,
        Source::Settings => SETTINGS,
        Source::State => STATE,
    }
}

const EVENT_HISTORY: &[Statement] = &[Statement::new(
    "EventHistory",
    &["cloudtrail:LookupEvents"],
    ANY,
)];

const LOG_GROUPS: &[Statement] = &[
    Statement::new(
        "LogGroups",
        &["logs:FilterLogEvents", "logs:StartQuery"],
        &["arn:aws:logs:REGION:ACCOUNT:log-group:LOG_GROUP:*"],
    ),
    Statement::new("QueryResults", &["logs:GetQueryResults"], ANY),
];

const BUCKETS: &[Statement] = &[
    Statement::new("TrailBuckets", &["s3:ListBucket"], &["arn:aws:s3:::BUCKET"]),
    Statement::new(
        "TrailFiles",
        &["s3:GetObject"],
        &["arn:aws:s3:::BUCKET/AWSLogs/*"],
    ),
    Statement::new("TrailKey", &["kms:Decrypt"], KEY),
];

const ATHENA: &[Statement] = &[
    Statement::new(
        "AthenaQueries",
        &[
            "athena:StartQueryExecution",
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:StopQueryExecution",
        ],
        &["arn:aws:athena:REGION:ACCOUNT:workgroup/WORKGROUP"],
    ),
    Statement::new(
        "AthenaCatalogue",
        &["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
        &[
            "arn:aws:glue:REGION:ACCOUNT:catalog",
            "arn:aws:glue:REGION:ACCOUNT:database/DATABASE",
            "arn:aws:glue:REGION:ACCOUNT:table/DATABASE/TABLE",
        ],
    ),
    Statement::new(
        "AthenaBuckets",
        &["s3:GetBucketLocation", "s3:ListBucket"],
        &["arn:aws:s3:::BUCKET", "arn:aws:s3:::RESULTS_BUCKET"],
    ),
    Statement::new(
        "AthenaResults",
        &["s3:GetObject", "s3:PutObject"],
        &["arn:aws:s3:::RESULTS_BUCKET/*"],
    ),
    Statement::new("AthenaKey", &["kms:Decrypt", "kms:GenerateDataKey"], KEY),
];

const SETTINGS: &[Statement] = &[Statement::new(
    "SettingsAsTheyAre",
    &[
        "cognito-idp:DescribeUserPool",
        "cognito-idp:DescribeUserPoolClient",
    ],
    &["arn:aws:cognito-idp:REGION:ACCOUNT:userpool/USER_POOL_ID"],
)];

// Without the listing S3 does not say that there is no state yet.
const STATE: &[Statement] = &[
    Statement::new(
        "StateBucket",
        &["s3:ListBucket"],
        &["arn:aws:s3:::STATE_BUCKET"],
    ),
    Statement::new(
        "State",
        &["s3:GetObject", "s3:PutObject"],
        &["arn:aws:s3:::STATE_BUCKET/*"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_no_resource_stands_beside_a_star() {
        const WITHOUT_RESOURCE: [&str; 2] = ["cloudtrail:LookupEvents", "logs:GetQueryResults"];
        for statement in Source::value_variants()
            .iter()
            .flat_map(|one| statements(*one))
        {
            for action in statement.actions {
                let bare = WITHOUT_RESOURCE.contains(action);
                assert_eq!(statement.resources == ANY, bare, "{action}");
            }
        }
    }
}
