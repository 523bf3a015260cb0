//! Resource types of the AWS provider, and what their attributes are to Cognito's API. Data.
//!
//! Source: the provider's documentation of each type,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

use serde_json::{Map, Value, json};

use crate::plan::Kind;

/// What a resource type is to the API.
pub(in crate::plan) struct Shape {
    /// What it is.
    pub kind: Kind,
    /// The attribute that names it within its pool or account.
    pub id: &'static str,
    /// The service that is called.
    pub service: &'static str,
    /// Where it is set by a call of its own: the operation and its input; the flag says that it goes.
    pub call: Option<Call>,
    /// Attributes that are no settings.
    not_settings: &'static [&'static str],
    /// Attributes by another name than theirs, with dots between: a prefix as well.
    renamed: &'static [(&'static str, &'static str)],
    /// Attributes whose keys are anybody's.
    maps: &'static [&'static str],
}

type Call = fn(&Map<String, Value>, bool) -> (&'static str, Map<String, Value>);

const COGNITO: &str = "cognito-idp.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";

const PLAIN: Shape = Shape {
    kind: Kind::Client,
    id: "id",
    service: COGNITO,
    call: None,
    not_settings: &[],
    renamed: &[],
    maps: &[],
};

const CLIENT: Shape = Shape {
    renamed: &[("name", "ClientName")],
    not_settings: &[
        "client_secret",
        "generate_secret",
        "id",
        "name_pattern",
        "name_prefix",
        "region",
        "user_pool_id",
    ],
    ..PLAIN
};

const POOL: Shape = Shape {
    kind: Kind::Pool,
    id: "",
    not_settings: &[
        "alias_attributes",
        "arn",
        "creation_date",
        "custom_domain",
        "domain",
        "endpoint",
        "estimated_number_of_users",
        "id",
        "last_modified_date",
        "region",
        "schema",
        "tags_all",
        "username_attributes",
        "username_configuration",
    ],
    renamed: &[
        ("name", "PoolName"),
        ("tags", "UserPoolTags"),
        ("password_policy", "Policies.PasswordPolicy"),
        ("sign_in_policy", "Policies.SignInPolicy"),
        (
            "email_configuration.from_email_address",
            "EmailConfiguration.From",
        ),
        (
            "account_recovery_setting.recovery_mechanism",
            "AccountRecoverySetting.RecoveryMechanisms",
        ),
        (
            "admin_create_user_config.invite_message_template.sms_message",
            "AdminCreateUserConfig.InviteMessageTemplate.SMSMessage",
        ),
    ],
    maps: &["tags"],
    ..PLAIN
};

const DOMAIN: Shape = Shape {
    kind: Kind::Domain,
    id: "domain",
    not_settings: &[
        "aws_account_id",
        "cloudfront_distribution",
        "cloudfront_distribution_arn",
        "cloudfront_distribution_zone_id",
        "domain",
        "id",
        "region",
        "s3_bucket",
        "user_pool_id",
        "version",
    ],
    renamed: &[("certificate_arn", "CustomDomainConfig.CertificateArn")],
    ..PLAIN
};

const PROVIDER: Shape = Shape {
    kind: Kind::IdentityProvider,
    id: "provider_name",
    not_settings: &["id", "provider_name", "region", "user_pool_id"],
    maps: &["attribute_mapping", "provider_details"],
    ..PLAIN
};

const RESOURCE_SERVER: Shape = Shape {
    kind: Kind::ResourceServer,
    id: "identifier",
    not_settings: &[
        "id",
        "identifier",
        "region",
        "scope_identifiers",
        "user_pool_id",
    ],
    renamed: &[("scope", "Scopes")],
    ..PLAIN
};

const PAGES: Shape = Shape {
    kind: Kind::Attachment,
    id: "client_id",
    call: Some(pages),
    ..PLAIN
};

const RISK: Shape = Shape {
    kind: Kind::Attachment,
    id: "client_id",
    call: Some(risk),
    ..PLAIN
};

const WEB_ACL: Shape = Shape {
    kind: Kind::Attachment,
    id: "",
    service: "wafv2.amazonaws.com",
    call: Some(web_acl),
    ..PLAIN
};

const PERMISSION: Shape = Shape {
    kind: Kind::Function,
    id: "function_name",
    service: LAMBDA,
    call: Some(permission),
    ..PLAIN
};

const FUNCTION: Shape = Shape {
    call: Some(function),
    ..PERMISSION
};

/// The types that sign-in depends on.
const SHAPES: &[(&str, Shape)] = &[
    ("aws_cognito_user_pool_client", CLIENT),
    ("aws_cognito_managed_user_pool_client", CLIENT),
    ("aws_cognito_user_pool", POOL),
    ("aws_cognito_user_pool_domain", DOMAIN),
    ("aws_cognito_identity_provider", PROVIDER),
    ("aws_cognito_resource_server", RESOURCE_SERVER),
    ("aws_cognito_user_pool_ui_customization", PAGES),
    ("aws_cognito_managed_login_branding", PAGES),
    ("aws_cognito_risk_configuration", RISK),
    ("aws_wafv2_web_acl_association", WEB_ACL),
    ("aws_lambda_permission", PERMISSION),
    ("aws_lambda_function", FUNCTION),
];

/// What a resource type is, if sign-in depends on it.
pub(in crate::plan) fn shape(name: &str) -> Option<&'static Shape> {
    let mut shapes = SHAPES.iter();
    shapes.find(|(of, _)| *of == name).map(|(_, shape)| shape)
}

impl Shape {
    /// Whether nothing differs on which a call to the function depends.
    pub fn is_idle(&self, before: &Value, after: &Value) -> bool {
        const ASIDE: [&str; 12] = [
            "description",
            "filename",
            "last_modified",
            "logging_config",
            "publish",
            "qualified_arn",
            "qualified_invoke_arn",
            "source_code_size",
            "tags",
            "tags_all",
            "tracing_config",
            "version",
        ];
        let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
            return false;
        };
        let mut names = before.keys().chain(after.keys());
        self.kind == Kind::Function
            && names
                .all(|name| ASIDE.contains(&name.as_str()) || before.get(name) == after.get(name))
    }

    /// Attributes as the API names them.
    pub fn members(&self, attributes: &Map<String, Value>) -> Map<String, Value> {
        let mut members = Map::new();
        for (name, value) in attributes {
            if !self.not_settings.contains(&name.as_str()) {
                self.put(&mut members, name, value);
            }
        }
        members
    }

    fn put(&self, members: &mut Map<String, Value>, name: &str, value: &Value) {
        let Some(value) = self.value(name, value) else {
            return;
        };
        let path = self.renamed_to(name).unwrap_or_else(|| api_path(name));
        let mut parts: Vec<&str> = path.split('.').collect();
        let last = parts.pop().unwrap_or_default();
        let mut inner = members;
        for part in parts {
            let entry = inner.entry(part).or_insert_with(|| json!({}));
            if !entry.is_object() {
                *entry = json!({});
            }
            let Value::Object(object) = entry else { return };
            inner = object;
        }
        inner.insert(last.to_owned(), value);
    }

    /// A value as the API takes it: a block is a list of one object. `None` where nothing is given.
    fn value(&self, name: &str, value: &Value) -> Option<Value> {
        if self.maps.contains(&name) {
            return Some(value.clone());
        }
        match value {
            Value::Null => None,
            Value::Array(items) if items.iter().all(Value::is_object) && !items.is_empty() => {
                let mut objects = items.iter().filter_map(Value::as_object);
                match (objects.next(), items.len(), is_list(name)) {
                    (Some(one), 1, false) => Some(Value::Object(self.block(name, one))),
                    _ => Some(items.iter().map(renamed).collect()),
                }
            }
            Value::Array(items) if items.is_empty() && !is_plain_list(name) => None,
            Value::Object(object) => Some(Value::Object(self.block(name, object))),
            value => Some(value.clone()),
        }
    }

    /// The attributes of a block; those with names of their own are put by them.
    fn block(&self, name: &str, attributes: &Map<String, Value>) -> Map<String, Value> {
        let mut members = Map::new();
        for (key, value) in attributes {
            let path = format!("{name}.{key}");
            if let Some(value) = self.value(&path, value) {
                let own = self.renamed_to(&path).unwrap_or_else(|| api_path(&path));
                let last = own.rsplit('.').next().unwrap_or_default();
                members.insert(last.to_owned(), value);
            }
        }
        members
    }

    /// The name of a setting by the path of its attribute; `None` where it is none.
    pub fn name_of(&self, path: &[String]) -> Option<String> {
        let first = path.first()?;
        if self.not_settings.contains(&first.as_str()) {
            return None;
        }
        let is_place = |part: &&String| part.parse::<usize>().is_ok();
        let parts: Vec<&str> = path
            .iter()
            .filter(|part| !is_place(part))
            .map(String::as_str)
            .collect();
        if self.maps.contains(&first.as_str()) {
            let rest = parts.get(1..).unwrap_or_default().join(".");
            let map = self.renamed_to(first).unwrap_or_else(|| api_path(first));
            return Some(format!("{map}.{rest}").trim_end_matches('.').to_owned());
        }
        let joined = parts.join(".");
        Some(
            self.renamed_to(&joined)
                .unwrap_or_else(|| api_path(&joined)),
        )
    }

    fn renamed_to(&self, path: &str) -> Option<String> {
        self.renamed.iter().find_map(|(from, to)| {
            let rest = path.strip_prefix(from)?;
            match rest {
                "" => Some((*to).to_owned()),
                rest => Some(format!("{to}.{}", api_path(rest.strip_prefix('.')?))),
            }
        })
    }
}

/// Blocks that may come several times.
fn is_list(name: &str) -> bool {
    matches!(
        name,
        "scope" | "account_recovery_setting.recovery_mechanism"
    )
}

/// An empty list of these is a value; an empty block is none.
fn is_plain_list(name: &str) -> bool {
    const ENDS: [&str; 8] = [
        "attributes",
        "factors",
        "flows",
        "identifiers",
        "list",
        "providers",
        "scopes",
        "urls",
    ];
    ENDS.iter().any(|end| name.ends_with(end)) || name.ends_with("before_update")
}

/// An object whose attributes are named as the API names them.
fn renamed(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (pascal(key), renamed(value)))
            .collect::<Map<String, Value>>()
            .into(),
        value => value.clone(),
    }
}

fn api_path(path: &str) -> String {
    let parts: Vec<String> = path.split('.').map(pascal).collect();
    parts.join(".")
}

/// `callback_urls` becomes `CallbackURLs`.
fn pascal(name: &str) -> String {
    let exact = match name {
        "callback_urls" => "CallbackURLs",
        "logout_urls" => "LogoutURLs",
        "default_redirect_uri" => "DefaultRedirectURI",
        "allowed_oauth_flows" => "AllowedOAuthFlows",
        "allowed_oauth_flows_user_pool_client" => "AllowedOAuthFlowsUserPoolClient",
        "allowed_oauth_scopes" => "AllowedOAuthScopes",
        "custom_sms_sender" => "CustomSMSSender",
        "kms_key_id" => "KMSKeyID",
        "blocked_ip_range_list" => "BlockedIPRangeList",
        "skipped_ip_range_list" => "SkippedIPRangeList",
        name => {
            let words = name.split('_').map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                first.into_iter().chain(letters).collect::<String>()
            });
            return words.collect();
        }
    };
    exact.to_owned()
}

fn pages(_: &Map<String, Value>, _: bool) -> (&'static str, Map<String, Value>) {
    ("UpdateManagedLoginBranding", Map::new())
}

fn risk(attributes: &Map<String, Value>, is_gone: bool) -> (&'static str, Map<String, Value>) {
    let sections = Shape {
        not_settings: &["client_id", "id", "region", "user_pool_id"],
        ..PLAIN
    };
    let request = match is_gone {
        true => Map::new(),
        false => sections.members(attributes),
    };
    ("SetRiskConfiguration", request)
}

fn web_acl(attributes: &Map<String, Value>, is_gone: bool) -> (&'static str, Map<String, Value>) {
    let arn = attributes.get("web_acl_arn").cloned().unwrap_or_default();
    match is_gone {
        true => ("DisassociateWebACL", Map::new()),
        false => (
            "AssociateWebACL",
            Map::from_iter([("webACLArn".to_owned(), arn)]),
        ),
    }
}

fn permission(
    attributes: &Map<String, Value>,
    is_gone: bool,
) -> (&'static str, Map<String, Value>) {
    let member = |from: &str, to: &str| Some((to.to_owned(), attributes.get(from)?.clone()));
    let request = [
        member("statement_id", "statementId"),
        member("action", "action"),
        member("principal", "principal"),
        member("source_arn", "sourceArn"),
    ];
    let api = if is_gone {
        "RemovePermission"
    } else {
        "AddPermission"
    };
    (api, request.into_iter().flatten().collect())
}

fn function(_: &Map<String, Value>, is_gone: bool) -> (&'static str, Map<String, Value>) {
    match is_gone {
        true => ("DeleteFunction", Map::new()),
        false => ("UpdateFunctionCode", Map::new()),
    }
}
