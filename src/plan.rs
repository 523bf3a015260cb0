//! What somebody plans to change, whichever tool wrote it down, in the words of Cognito's API.
//!
//! The format is told by the content. Nothing here knows which requests there are.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    cognito::setting::{Resource, Setting},
    ids::{AppClientId, UserPoolId},
};

mod cli_input;
mod cloudformation;
mod obscure;
mod pulumi;
mod template;
mod terraform;
mod yaml;

/// A plan, as far as it concerns Cognito.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The file as the user named it.
    pub path: String,
    /// Which tool wrote it.
    pub format: Format,
    /// What it would alter.
    pub targets: Vec<Target>,
    /// Resources that it would alter, and that nothing of Cognito depends on.
    pub passed_over: u64,
    /// What it does not say, as sentences without an end.
    pub gaps: Vec<String>,
}

/// Which tool wrote a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `terraform show -json PLAN`, `tofu show -json PLAN`.
    Terraform,
    /// `aws cloudformation describe-change-set --include-property-values`.
    ChangeSet,
    /// A CloudFormation template, as CDK writes it too.
    Template,
    /// `pulumi preview --json`.
    Pulumi,
    /// What `--cli-input-json` of the AWS CLI takes, as `--write-undo` writes it too.
    CliInput,
}

impl Format {
    /// The name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform plan",
            Self::ChangeSet => "CloudFormation change set",
            Self::Template => "CloudFormation template",
            Self::Pulumi => "Pulumi preview",
            Self::CliInput => "AWS CLI input",
        }
    }
}

/// One resource that a plan would alter.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its name in the plan: an address, a logical id, an operation.
    pub name: String,
    /// The line of the file that names it, from 1.
    pub line: usize,
    /// What happens to it.
    pub action: Action,
    /// What it is.
    pub subject: Subject,
    /// What it would become.
    pub intent: Intent,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is made.
    Create,
    /// It is altered.
    Update,
    /// It is deleted, and another is made in its place, with another id.
    Replace,
    /// It is deleted.
    Delete,
}

impl Action {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }
}

/// What a target is, as far as the plan says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Of what kind.
    pub kind: Kind,
    /// The AWS account.
    pub account: Option<String>,
    /// The user pool that it belongs to, or is.
    pub pool: Option<UserPoolId>,
    /// Its id or name within the account or pool; an app client's id.
    pub id: Option<String>,
    /// What it is called, where the plan knows no id: of a template.
    pub called: Option<Called>,
}

/// What a template calls a resource whose id it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The logical id, with which names begin that CloudFormation makes.
    pub logical_id: String,
    /// The name that the template gives it.
    pub name: Option<String>,
    /// The logical id of its pool, where that is in the template too.
    pub pool: Option<String>,
}

/// Kinds of resources that sign-in depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An app client.
    #[default]
    Client,
    /// A user pool.
    Pool,
    /// A resource server.
    ResourceServer,
    /// An identity provider.
    IdentityProvider,
    /// A domain.
    Domain,
    /// What is set for a pool, or for one of its clients where `id` names one, by a call of its own:
    /// branding, risk configuration, the web ACL.
    Attachment,
    /// A Lambda function.
    Function,
}

impl Subject {
    /// The resource, where the plan names it.
    pub fn resource(&self) -> Option<Resource> {
        let (pool, id) = (self.pool.clone(), self.id.clone());
        Some(match self.kind {
            Kind::Client => Resource::Client(pool?, AppClientId::new(id?)),
            Kind::Pool => Resource::Pool(pool?),
            Kind::ResourceServer => Resource::ResourceServer(pool?, id?),
            Kind::IdentityProvider => Resource::IdentityProvider(pool?, id?),
            Kind::Domain => Resource::Domain(pool?, id?),
            Kind::Attachment => match id {
                Some(client) => Resource::Client(pool?, AppClientId::new(client)),
                None => Resource::Pool(pool?),
            },
            Kind::Function => Resource::Function(id?),
        })
    }
}

/// What a target would become.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Another state than it is in: every member on both sides, as the API names them. What is not
    /// there has its default.
    States {
        /// As the tool found it.
        before: Map<String, Value>,
        /// As it shall be.
        after: Map<String, Value>,
        /// Settings that differ and whose values nobody is to see.
        hidden: Vec<Setting>,
        /// Members that the tool was given before and is not given any more.
        omitted: Vec<String>,
    },
    /// What a call does to the state it is in.
    Call {
        /// The service, such as `cognito-idp`.
        service: &'static str,
        /// The operation.
        api: Cow<'static, str>,
        /// Its input.
        request: Map<String, Value>,
    },
    /// Gone.
    Deletion,
}

/// Why a file is no plan, or not one that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is something else.
    #[error("it is no plan")]
    OtherContent,
    /// It looks like a plan, and is broken.
    #[error("{0}")]
    Broken(String),
    /// A version that this program does not know.
    #[error("{format} of format version {version}, and only versions {known} are known")]
    OtherVersion {
        /// What wrote it.
        format: &'static str,
        /// The version it says.
        version: String,
        /// The versions that can be read.
        known: &'static str,
    },
}

impl Plan {
    /// Reads a plan, of whichever tool.
    ///
    /// # Errors
    ///
    /// It is something else, it is broken, or of an unknown version.
    pub fn read(path: &str, text: &str) -> Result<Self, Error> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if yaml::is_template(text) {
            return yaml::read(path, text);
        }
        let top = match serde_json::from_str::<Members<'_>>(text) {
            Ok(top) => top,
            Err(error) if looks_like_a_plan(text) => return Err(broken(&error)),
            Err(_) => return Err(Error::OtherContent),
        };
        let has = |name: &str| top.0.iter().any(|(key, _)| key == name);
        if has("format_version") && (has("resource_changes") || has("planned_values")) {
            return terraform::read(path, text);
        }
        if has("Changes") && (has("StackName") || has("ChangeSetName")) {
            return cloudformation::read(path, text);
        }
        if has("Resources") && !has("Records") {
            return template::read(path, text);
        }
        if has("steps") && has("changeSummary") {
            return pulumi::read(path, text);
        }
        cli_input::read(path, text)
    }

    fn new(path: &str, format: Format) -> Self {
        Self {
            path: path.to_owned(),
            format,
            targets: Vec::new(),
            passed_over: 0,
            gaps: Vec::new(),
        }
    }
}

/// The members of an object, unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Text(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A text that is borrowed where nothing in it is escaped.
#[derive(Debug, Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether the beginning of a broken file has what only plans begin with.
fn looks_like_a_plan(text: &str) -> bool {
    const MARKS: [&str; 6] = [
        "\"format_version\"",
        "\"resource_changes\"",
        "\"AWSTemplateFormatVersion\"",
        "\"ChangeSetName\"",
        "\"AWS::",
        "\"urn:pulumi:",
    ];
    let begin: String = text.chars().take(4_096).collect();
    MARKS.iter().any(|mark| begin.contains(mark))
}

fn broken(error: &serde_json::Error) -> Error {
    Error::Broken(format!("broken JSON: {error}"))
}

/// Lines of a text, by where they begin.
struct Lines<'a> {
    text: &'a str,
    ends: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
        }
    }

    /// The line, from 1, in which a part of the text begins.
    fn of_part(&self, part: &str) -> usize {
        let place = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.ends.partition_point(|end| *end < place) + 1
    }
}

#[cfg(test)]
mod tests;
