//! Lambda functions that a user pool calls.

use serde_json::json;

use super::{
    super::model::{Kind, Owner},
    founding::Founding,
    words,
};

/// Triggers by what `LambdaConfig` calls them, with a weight.
const TRIGGERS: [(&str, f64); 7] = [
    ("PreTokenGeneration", 0.6),
    ("PreAuthentication", 0.35),
    ("PostAuthentication", 0.35),
    ("PreSignUp", 0.3),
    ("PostConfirmation", 0.3),
    ("CustomMessage", 0.25),
    ("UserMigration", 0.12),
];

/// Adds the functions of about half of the pools.
pub fn draw(f: &mut Founding<'_>, pool: usize) {
    if f.chance.happens(0.48) {
        return;
    }
    for (trigger, weight) in TRIGGERS {
        if f.chance.happens(weight) {
            function(f, pool, trigger);
        }
    }
}

fn function(f: &mut Founding<'_>, pool: usize, trigger: &str) {
    let owner = Owner::Pool(pool);
    let stem: String = f.estate.pools[pool].name.replace('_', "-").to_lowercase();
    let what = trigger.to_lowercase();
    let name = format!("{stem}-{what}-{}", words::lower(4, f.chance));
    let role = format!("{name}-role");
    let arn = f.arn("lambda", &format!("function:{name}"));
    let runtime = *f.chance.pick(&[
        "nodejs22.x",
        "nodejs20.x",
        "python3.13",
        "python3.12",
        "java21",
    ]);
    let settings = json!({
        "code": words::hex(40, f.chance),
        "runtime": runtime,
        "handler": "index.handler",
        "timeout": f.chance.pick(&[3, 5, 5, 10, 30]),
        "memorySize": f.chance.pick(&[128, 256, 512]),
        "role": format!("arn:aws:iam::{}:role/{role}", f.estate.account),
        "~Arn": arn,
        "~Trigger": trigger,
    });
    f.add(Kind::Function, owner, name.clone(), settings);
    let settings = json!({"principals": ["cognito-idp.amazonaws.com"]});
    f.add(Kind::FunctionPermission, owner, name.clone(), settings);
    let reserved = f.chance.happens(0.3).then(|| f.chance.whole(5, 100));
    let settings = json!({"reserved": reserved});
    f.add(Kind::FunctionConcurrency, owner, name, settings);
    let table = format!("table-read-{}", words::lower(4, f.chance));
    let settings = json!({
        "policies": ["AWSLambdaBasicExecutionRole", table],
        "trusts": ["lambda.amazonaws.com"],
    });
    f.add(Kind::FunctionRole, owner, role, settings);
}
