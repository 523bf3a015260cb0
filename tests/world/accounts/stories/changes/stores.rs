//! Changes of stored secrets and parameters that services read.

use serde_json::json;

use super::{
    super::{
        super::model::{Kind, Tool},
        calls::Call,
        draft::Draft,
        guilty::Change,
    },
    pool,
};

const OPERATORS: &[Tool] = &[
    Tool::Console,
    Tool::Cli,
    Tool::Script,
    Tool::Terraform,
    Tool::Pipeline,
];

/// A value is stored that Cognito does not know.
pub fn wrong(draft: &mut Draft, kind: Kind, call: &'static str) -> Vec<Change> {
    let service = match kind {
        Kind::Parameter => "ssm.amazonaws.com",
        _ => "secretsmanager.amazonaws.com",
    };
    let call: Call = (service, call);
    let changes = pool::set_on(draft, kind, "value", json!("wrong")).into_iter();
    changes
        .map(|change| change.by(OPERATORS).call(call))
        .collect()
}

pub fn deleted(draft: &mut Draft, kind: Kind) -> Vec<Change> {
    let changes = pool::deleted(draft, kind).into_iter();
    changes.map(|change| change.by(OPERATORS)).collect()
}
