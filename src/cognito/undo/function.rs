//! Undoing the change of a Lambda function that serves as a trigger.

use serde_json::{Map, Value, json};

use super::{
    Case, Undo,
    call::{Call, quoted},
    pool::pool_arn,
};
use crate::{
    cognito::{
        history::{At, function_name},
        setting::{Known, Resource, Setting, Settings, known},
    },
    ids::UserPoolId,
};

/// A function's concurrency and permissions can be put back; its code only by who deployed it.
pub(super) fn undo(case: &Case<'_>, name: &str) -> Undo {
    for setting in &case.guilty {
        let was = known(case.before, setting);
        let undo = match setting.as_str() {
            "ReservedConcurrentExecutions" => Some(concurrency(case, name, was)),
            permission => permission
                .strip_prefix("Permission.")
                .map(|id| self::permission(case, name, id, was)),
        };
        if let Some(undo) = undo {
            return undo;
        }
    }
    let api = case.found.change.name.as_str();
    if case.guilty.contains(&Setting::EXISTS) {
        let mut steps = vec![format!("Deploy the function `{name}` again.")];
        steps.extend(grants(case, name, "cognito"));
        return Undo::steps(steps);
    }
    if api.contains("Permission") {
        return allowed(case, name, "cognito");
    }
    Undo::steps(vec![
        format!(
            "Look for the version before the change: `{} --function-name {}`.",
            lambda(case, "list_versions_by_function").start(),
            quoted(name)
        ),
        format!("Deploy that code and configuration of `{name}` again; no log holds them."),
    ])
}

fn concurrency(case: &Case<'_>, name: &str, was: &Known) -> Undo {
    let count = was.value();
    // Nothing known of before: most functions reserve nothing.
    let (kind, document) = match count.filter(|count| !count.is_null()) {
        Some(count) => (
            "put_function_concurrency",
            json!({"FunctionName": name, "ReservedConcurrentExecutions": count}),
        ),
        None => ("delete_function_concurrency", json!({"FunctionName": name})),
    };
    let mut undo = Undo::call(&lambda(case, kind), document);
    if count.is_none() {
        let setting = Setting::named("ReservedConcurrentExecutions");
        undo.assumed.push(setting);
    }
    undo
}

fn permission(case: &Case<'_>, name: &str, id: &str, was: &Known) -> Undo {
    let name = case
        .asked("functionName")
        .unwrap_or_else(|| name.to_owned());
    let mut document = Map::new();
    document.insert("FunctionName".to_owned(), json!(name));
    document.insert("StatementId".to_owned(), json!(id));
    if let Some(qualifier) = case.asked("qualifier") {
        document.insert("Qualifier".to_owned(), json!(qualifier));
    }
    match was.value() {
        Some(Value::Null) => Undo::call(&lambda(case, "remove_permission"), document.into()),
        Some(Value::Object(statement))
            if statement.contains_key("Action") && statement.contains_key("Principal") =>
        {
            document.extend(statement.clone());
            Undo::call(&lambda(case, "add_permission"), document.into())
        }
        _ => allowed(case, &name, id),
    }
}

/// Lets the pools call the function again, where no log holds the statement.
fn allowed(case: &Case<'_>, name: &str, id: &str) -> Undo {
    const UNSEEN: &str = "No log shows the statement that was removed: this one is what Cognito \
                          needs.";
    let pools = pools(case, function_name(name));
    let arns: Vec<String> = pools
        .iter()
        .filter_map(|pool| pool_arn(case, pool))
        .collect();
    match arns.as_slice() {
        [arn] => Undo {
            steps: vec![UNSEEN.to_owned()],
            assumed: vec![Setting::from(format!("Permission.{id}"))],
            ..Undo::call(&lambda(case, "add_permission"), statement(name, id, arn))
        },
        _ => {
            let mut steps = vec![UNSEEN.to_owned()];
            steps.extend(grants(case, name, id));
            Undo::steps(steps)
        }
    }
}

/// A step for each pool that names the function as its trigger.
fn grants(case: &Case<'_>, name: &str, id: &str) -> Vec<String> {
    let pools = pools(case, function_name(name));
    let arns: Vec<String> = pools
        .iter()
        .filter_map(|pool| pool_arn(case, pool))
        .collect();
    if arns.is_empty() {
        return vec![format!(
            "Let Cognito call it; no log names the pool: `{} --function-name {} --statement-id {} \
             --action lambda:InvokeFunction --principal cognito-idp.amazonaws.com --source-arn \
             ARN_OF_THE_USER_POOL`.",
            lambda(case, "add_permission").start(),
            quoted(name),
            quoted(id)
        )];
    }
    let grant = |(at, arn): (usize, &String)| {
        let id = match at {
            0 => id.to_owned(),
            at => format!("{id}-{at}"),
        };
        let call = lambda(case, "add_permission");
        format!(
            "Let the pool call it: `{}`.",
            call.command(&statement(name, &id, arn))
        )
    };
    arns.iter().enumerate().map(grant).collect()
}

/// Source: botocore `lambda`, `AddPermission`; domain.md §2.3.
fn statement(name: &str, id: &str, pool: &str) -> Value {
    json!({
        "FunctionName": name,
        "StatementId": id,
        "Action": "lambda:InvokeFunction",
        "Principal": "cognito-idp.amazonaws.com",
        "SourceArn": pool,
    })
}

/// The pools that name the function as a trigger, now or when the change was made.
fn pools(case: &Case<'_>, name: &str) -> Vec<UserPoolId> {
    let names_it = |settings: &Settings| {
        settings.iter().any(|(setting, known)| {
            let arn = known.value().and_then(Value::as_str);
            setting.as_str().starts_with("LambdaConfig.")
                && arn.is_some_and(|arn| function_name(arn) == name)
        })
    };
    let resources = case.history.resources();
    let pools = resources.filter_map(|resource| match resource {
        Resource::Pool(pool) => Some((pool, case.history.settings(resource, At::Now)?)),
        _ => None,
    });
    pools
        .filter(|(_, settings)| names_it(settings))
        .map(|(pool, _)| pool.clone())
        .collect()
}

fn lambda<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "lambda",
        region: case.region.as_deref(),
    }
}
