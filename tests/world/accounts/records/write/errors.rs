//! With what a service refuses a call: an error of its own for what the world says went wrong.

use serde_json::Value;

use super::{Around, COGNITO};

/// Code and message of a refused call.
pub fn of(around: &Around<'_>, error: &str) -> (&'static str, String) {
    let service = around.write.service.split('.').next().unwrap_or_default();
    let code = match class(error) {
        Class::Denied => denied(service),
        Class::Invalid => invalid(around, service, error),
        Class::Busy => busy(service),
        Class::Throttled => throttled(service),
        Class::Missing => missing(service),
        Class::Limit => limit(service),
    };
    (code, message(around, code))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Denied,
    Invalid,
    Busy,
    Throttled,
    Missing,
    Limit,
}

fn class(error: &str) -> Class {
    let is = |part: &str| error.contains(part);
    if is("Denied") {
        Class::Denied
    } else if is("Concurrent") || is("Conflict") || is("OptimisticLock") {
        Class::Busy
    } else if is("TooMany") || is("Throttl") {
        Class::Throttled
    } else if is("NotFound") || is("Nonexistent") {
        Class::Missing
    } else if is("Limit") {
        Class::Limit
    } else {
        Class::Invalid
    }
}

fn denied(service: &str) -> &'static str {
    match service {
        "ec2" => "Client.UnauthorizedOperation",
        "ecr" | "ecs" | "kms" | "ssm" | "logs" | "wafv2" => "AccessDeniedException",
        _ => "AccessDenied",
    }
}

fn invalid(around: &Around<'_>, service: &str, error: &str) -> &'static str {
    match service {
        "cognito-idp" if error == "InvalidOAuthFlowException" && lacks_flows(around) => {
            "InvalidOAuthFlowException"
        }
        "cognito-idp"
            if error == "ScopeDoesNotExistException" && says(around, "AllowedOAuthScopes") =>
        {
            "ScopeDoesNotExistException"
        }
        // A client that is updated while another update runs: both tools say again all there is.
        "cognito-idp" if error == "InvalidOAuthFlowException" => "ConcurrentModificationException",
        "cognito-idp" | "secretsmanager" | "logs" | "codedeploy" => "InvalidParameterException",
        "lambda" => "InvalidParameterValueException",
        "wafv2" => "WAFInvalidParameterException",
        "iam" => "MalformedPolicyDocument",
        "ec2" => "Client.InvalidParameterValue",
        "route53" => "InvalidChangeBatch",
        "kms" => "KMSInvalidStateException",
        "s3" => "MalformedXML",
        _ => "ValidationException",
    }
}

fn busy(service: &str) -> &'static str {
    match service {
        "lambda" => "ResourceConflictException",
        "wafv2" => "WAFOptimisticLockException",
        "cognito-idp" => "ConcurrentModificationException",
        "iam" => "ConcurrentModification",
        "route53" => "PriorRequestNotComplete",
        "secretsmanager" => "InvalidRequestException",
        "ssm" => "TooManyUpdates",
        "kms" => "ConflictException",
        "ec2" => "Client.IncorrectState",
        "s3" => "OperationAborted",
        "dynamodb" => "ResourceInUseException",
        _ => throttled(service),
    }
}

fn throttled(service: &str) -> &'static str {
    match service {
        "cognito-idp" | "lambda" => "TooManyRequestsException",
        "iam"
        | "route53"
        | "cloudformation"
        | "autoscaling"
        | "elasticloadbalancing"
        | "monitoring" => "Throttling",
        "ec2" => "Client.RequestLimitExceeded",
        "s3" => "SlowDown",
        _ => "ThrottlingException",
    }
}

fn missing(service: &str) -> &'static str {
    match service {
        "iam" => "NoSuchEntity",
        "kms" => "NotFoundException",
        "wafv2" => "WAFNonexistentItemException",
        "ec2" => "Client.InvalidParameterValue",
        "route53" => "InvalidChangeBatch",
        "ssm" => "ParameterNotFound",
        "s3" => "NoSuchBucket",
        _ => "ResourceNotFoundException",
    }
}

fn limit(service: &str) -> &'static str {
    match service {
        "wafv2" => "WAFLimitsExceededException",
        "iam" => "LimitExceeded",
        "cognito-idp" | "kms" | "secretsmanager" | "logs" => "LimitExceededException",
        _ => throttled(service),
    }
}

fn says(around: &Around<'_>, member: &str) -> bool {
    around.said().contains_key(member)
}

/// Whether an app client is asked to have flows and not what they need.
fn lacks_flows(around: &Around<'_>) -> bool {
    let said = around.said();
    let is_empty = |member: &str| {
        said.get(member)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
    };
    ["CallbackURLs", "AllowedOAuthFlows", "AllowedOAuthScopes"]
        .into_iter()
        .any(is_empty)
}

fn message(around: &Around<'_>, code: &str) -> String {
    let call = around.write.call;
    let service = around.write.service.split('.').next().unwrap_or_default();
    let name = around.name();
    match code {
        "AccessDenied" | "AccessDeniedException" => format!(
            "User: {} is not authorized to perform: {service}:{action} because no identity-based policy allows the {service}:{action} action",
            around.world.estate.actors[around.write.actor].arn,
            action = action(call),
        ),
        "Client.UnauthorizedOperation" => "You are not authorized to perform this operation.".to_owned(),
        "InvalidOAuthFlowException" => {
            let callbacks = around.said().get("CallbackURLs").cloned().unwrap_or_default();
            match callbacks.as_array().is_some_and(Vec::is_empty) {
                true => "CallbackUrls can not be empty when code flow or implicit flow is selected",
                false => "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
            }
            .to_owned()
        }
        "ScopeDoesNotExistException" => "Invalid scope requested".to_owned(),
        "ResourceConflictException" => format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {name}"
        ),
        "ConcurrentModificationException" | "ConcurrentModification" | "ConflictException"
        | "PriorRequestNotComplete" | "OperationAborted" | "ResourceInUseException"
        | "Client.IncorrectState" | "TooManyUpdates" | "InvalidRequestException" => {
            "Another operation on this resource is in progress.".to_owned()
        }
        "WAFOptimisticLockException" => "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.".to_owned(),
        "KMSInvalidStateException" => format!("{name} is not in a valid state for this request."),
        "ResourceNotFoundException" if around.write.service == COGNITO => not_found(around),
        "ResourceNotFoundException" | "NoSuchEntity" | "NotFoundException" | "ParameterNotFound"
        | "NoSuchBucket" | "WAFNonexistentItemException" => format!("{name} does not exist."),
        code if code.starts_with("TooMany") || code.contains("Throttl") => "Rate exceeded".to_owned(),
        "Client.RequestLimitExceeded" => "Request limit exceeded.".to_owned(),
        "SlowDown" => "Please reduce your request rate.".to_owned(),
        "MalformedPolicyDocument" => "Syntax errors in policy.".to_owned(),
        code if code.contains("Limit") => "Limit exceeded.".to_owned(),
        _ => {
            let said = around.said();
            let member = said.keys().next().map_or("request", String::as_str);
            format!("1 validation error detected: Value at '{member}' failed to satisfy constraint")
        }
    }
}

fn not_found(around: &Around<'_>) -> String {
    match around.client() {
        Some(client) => format!(
            "User pool client {} does not exist.",
            around.world.estate.clients[client].id
        ),
        None => "The resource does not exist.".to_owned(),
    }
}

/// The permission of a call: without the version that Lambda's events carry.
fn action(call: &str) -> &str {
    call.find(|letter: char| letter.is_ascii_digit())
        .map_or(call, |place| &call[..place])
}
