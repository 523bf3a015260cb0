//! One write call, parsed once: which API, what it gave and what came back, and what it was made to.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::{
    read::{get_object, get_text, object},
    setting::Resource,
};
use crate::{
    ids::{AppClientId, UserPoolId},
    queries,
    record::Change,
};

/// App clients and the pool each belongs to: sign-in calls and some records name the client only.
pub(super) type Pools = BTreeMap<AppClientId, UserPoolId>;

/// A write call with its JSON parsed.
pub(super) struct Write<'a> {
    pub change: &'a Change,
    /// The API operation, without the version that Lambda's event names end in.
    pub api: &'a str,
    /// `None` when the record does not hold it (dropped above 100 KB, or hidden as a whole).
    pub request: Option<Map<String, Value>>,
    pub response: Option<Map<String, Value>>,
}

impl<'a> Write<'a> {
    pub fn new(change: &'a Change) -> Self {
        Self {
            change,
            api: without_version(&change.name),
            request: change.request.as_deref().and_then(object),
            response: change.response.as_deref().and_then(object),
        }
    }

    /// A text that the request gave.
    pub fn asked(&self, name: &str) -> Option<&str> {
        get_text(self.body()?, name)
    }

    /// The request, without the wrapper in which newer calls of EC2 put it:
    /// `{"DeleteNatGatewayRequest":{…}}`.
    pub fn body(&self) -> Option<&Map<String, Value>> {
        let request = self.request.as_ref()?;
        let mut members = request.iter();
        match (members.next(), members.next()) {
            (Some((name, Value::Object(inner))), None) if name.ends_with("Request") => Some(inner),
            _ => Some(request),
        }
    }

    /// A member of the object `wrapper` in the response.
    pub fn answered(&self, wrapper: &str, name: &str) -> Option<&str> {
        get_text(get_object(self.response.as_ref()?, wrapper)?, name)
    }

    /// The service without its domain: `cognito-idp`.
    pub fn service(&self) -> &'a str {
        let service = &self.change.service;
        service.split('.').next().unwrap_or(service)
    }

    /// Whether it released an application.
    pub fn is_release(&self) -> bool {
        queries::is_release(&self.change.service, &self.change.name)
    }

    /// The error it failed with.
    pub fn error(&self) -> Option<&'a str> {
        self.change
            .error
            .as_deref()
            .filter(|error| !error.is_empty())
    }

    pub fn pool(&self) -> Option<UserPoolId> {
        let named = self.change.user_pool.as_deref();
        named
            .or_else(|| self.asked("userPoolId"))
            .or_else(|| self.answered("userPoolClient", "userPoolId"))
            .or_else(|| self.answered("userPool", "id"))
            .or_else(|| pool_of_arn(self.asked("resourceArn")?))
            .map(UserPoolId::new)
    }

    pub fn client(&self) -> Option<AppClientId> {
        let named = self.change.client.as_deref();
        named
            .or_else(|| self.asked("clientId"))
            .or_else(|| self.answered("userPoolClient", "clientId"))
            // The default of the pool. Source: botocore `cognito-idp`, `SetUICustomization`.
            .filter(|client| *client != "ALL")
            .map(AppClientId::new)
    }

    /// What the call was made to.
    pub fn resource(&self, pools: &Pools) -> Resource {
        match self.service() {
            "cognito-idp" => self.cognito(pools),
            "lambda" => self.function(),
            "wafv2" | "waf-regional" => self.firewall(),
            _ => self.other(),
        }
    }

    fn cognito(&self, pools: &Pools) -> Resource {
        let client = self.client();
        let of_client = || pools.get(client.as_ref()?).cloned();
        let Some(pool) = self.pool().or_else(of_client) else {
            return self.other();
        };
        let part = |name| self.asked(name).map(str::to_owned);
        if self.api.ends_with("ResourceServer")
            && let Some(identifier) = part("identifier")
        {
            Resource::ResourceServer(pool, identifier)
        } else if self.api.ends_with("IdentityProvider")
            && let Some(name) = part("providerName")
        {
            Resource::IdentityProvider(pool, name)
        } else if self.api.ends_with("UserPoolDomain")
            && let Some(domain) = part("domain")
        {
            Resource::Domain(pool, domain)
        } else if let Some(client) = client {
            Resource::Client(pool, client)
        } else {
            Resource::Pool(pool)
        }
    }

    fn function(&self) -> Resource {
        match self.asked("functionName").map(function_name) {
            Some(name) => Resource::Function(name.to_owned()),
            None => self.other(),
        }
    }

    fn firewall(&self) -> Resource {
        let association = matches!(self.api, "AssociateWebACL" | "DisassociateWebACL");
        match self.pool() {
            Some(pool) if association => Resource::Pool(pool),
            _ if association => self.other(),
            _ => {
                let name = ["id", "aRN", "webACLArn"]
                    .iter()
                    .find_map(|key| self.asked(key));
                let name = name.or_else(|| self.answered("summary", "id"));
                let name = name.or_else(|| self.asked("name"));
                Resource::Firewall(name.unwrap_or_default().to_owned())
            }
        }
    }

    /// Source of the names: domain.md §2.3.
    fn other(&self) -> Resource {
        const NAMES: &[&str] = &[
            "clientId",
            "secretId",
            "certificateArn",
            "hostedZoneId",
            "keyId",
            "roleName",
            "policyArn",
            "stackName",
            "ruleArn",
            "listenerArn",
            "resourceArn",
            "resourceId",
            "aliasName",
            // EC2; what a route or entry is part of comes first.
            "routeTableId",
            "networkAclId",
            "groupId",
            "natGatewayId",
            "vpcEndpointId",
            "vpcId",
            // Hosts and senders.
            "distributionId",
            "targetDistributionId",
            "domainName",
            "emailIdentity",
            "identity",
            // Applications.
            "service",
            "serviceName",
            "serviceArn",
            "family",
            "applicationName",
            "appId",
            "restApiId",
            "name",
            "id",
        ];
        let asked = NAMES.iter().find_map(|key| self.asked(key));
        let tagged = || get_text(get_object(self.body()?, "vpcEndpointId")?, "content");
        let answered = || {
            let answer = self.response.as_ref()?;
            get_text(answer, "certificateArn").or_else(|| get_text(answer, "name"))
        };
        let name = asked.or_else(tagged).or_else(answered).unwrap_or_default();
        Resource::Other(self.service().to_owned(), bare_name(name).to_owned())
    }
}

/// The name of a secret, parameter or service in its ARN: a secret's ends in six letters of AWS's.
pub(in crate::cognito) fn bare_name(text: &str) -> &str {
    if let Some((_, name)) = text.split_once(":parameter") {
        return name;
    }
    if let Some((_, name)) = text.split_once(":service/") {
        return name.rsplit('/').next().unwrap_or(name);
    }
    let Some((_, name)) = text.split_once(":secret:") else {
        return text;
    };
    match name.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 6 => name,
        _ => name,
    }
}

/// `UpdateFunctionCode20150331v2` is `UpdateFunctionCode`.
fn without_version(name: &str) -> &str {
    match name.find(|letter: char| letter.is_ascii_digit()) {
        Some(at) if name.get(at..at + 8).is_some_and(is_date) => name.get(..at).unwrap_or(name),
        _ => name,
    }
}

fn is_date(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The bare name in `name`, `name:alias`, `account:function:name` or a full ARN.
pub(in crate::cognito) fn function_name(text: &str) -> &str {
    let mut parts = text.split(':').skip_while(|part| *part != "function");
    match (parts.next(), parts.next()) {
        (Some(_), Some(name)) => name,
        _ => text.split(':').next().unwrap_or(text),
    }
}

/// `eu-west-1_AbCdEfGhI` in `arn:aws:cognito-idp:…:userpool/eu-west-1_AbCdEfGhI`.
fn pool_of_arn(arn: &str) -> Option<&str> {
    arn.split_once(":userpool/").map(|(_, pool)| pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_names_in_every_form() {
        for text in [
            "tokens",
            "tokens:live",
            "111122223333:function:tokens",
            "arn:aws:lambda:eu-west-1:111122223333:function:tokens:7",
        ] {
            assert_eq!(function_name(text), "tokens");
        }
    }

    #[test]
    fn names_of_arns() {
        let arn = |rest: &str| format!("arn:aws:x:eu-west-1:111122223333:{rest}");
        for (text, expected) in [
            (arn("secret:prod/orders-AbCdEf"), "prod/orders"),
            (arn("secret:prod/orders-web"), "prod/orders-web"),
            (arn("parameter/prod/orders"), "/prod/orders"),
            (arn("service/prod/orders"), "orders"),
            (arn("certificate/EXAMPLE"), &arn("certificate/EXAMPLE")),
            ("prod/orders-secret".to_owned(), "prod/orders-secret"),
        ] {
            assert_eq!(bare_name(&text), expected);
        }
    }

    #[test]
    fn versions_are_cut_off_and_other_digits_are_not() {
        assert_eq!(without_version("AddPermission20150331v2"), "AddPermission");
        assert_eq!(
            without_version("PutFunctionConcurrency20171031"),
            "PutFunctionConcurrency"
        );
        assert_eq!(without_version("OAuth2Response"), "OAuth2Response");
        assert_eq!(without_version("Äh7"), "Äh7");
    }
}
