//! What undoes a change: a three-way merge of the settings as they are now with only the guilty
//! lines put back.

use super::setting::Setting;

/// How a change is undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The API call in snake case (`update_user_pool_client`), or `steps` when no single call does.
    pub kind: &'static str,
    /// The AWS CLI command, ready for a POSIX shell; `None` when only `steps` help.
    pub command: Option<String>,
    /// The call's input as `--cli-input-json` takes it, for `--write-undo`.
    pub document: Option<serde_json::Value>,
    /// What a person has to do where no update can undo it, or has to check before.
    pub steps: Vec<String>,
    /// Settings the command sends whose value is assumed, not observed: to be reviewed.
    pub assumed: Vec<Setting>,
}
