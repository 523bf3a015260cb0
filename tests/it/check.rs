//! `trailblame check`: what recorded requests would meet if a plan were carried out.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{self, Run, file, folder, trailblame, with_input};

const PORTAL: &str = "sample-logs/plans/portal.tfplan.json";
const SAFE: &str = "sample-logs/plans/harmless.tfplan.json";

/// The answer for a plan, and how the run ended.
#[track_caller]
fn answer(arguments: &[&str]) -> (Value, Option<i32>) {
    let mut all = vec!["check"];
    all.extend(arguments);
    all.extend(["--format", "json"]);
    let run = trailblame(&all);
    let answer = serde_json::from_str(&run.stdout);
    (
        answer.unwrap_or_else(|_| panic!("{}", run.stderr)),
        run.status,
    )
}

/// The only setting of a name.
#[track_caller]
fn setting<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let targets = answer["targets"].as_array().expect("targets").iter();
    let settings = targets.flat_map(|target| target["settings"].as_array().expect("settings"));
    let found: Vec<&Value> = settings
        .filter(|setting| setting["setting"] == name)
        .collect();
    assert_eq!(found.len(), 1, "{name}: {answer:#}");
    found[0]
}

#[test]
fn a_plan_that_drops_a_callback_in_use_stops_the_build() {
    let run = trailblame(&["check", PORTAL, "sample-logs"]);
    assert_eq!(run.status, Some(3), "{}", run.stderr);
    let answer: String = run
        .stdout
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace("\n  ", " ");
    for part in [
        "Breaks sign-in",
        "https://legacy.portal.example.com/callback",
        "0portal00web0000000example",
        "requests a day",
        "2026-03-02 23:48:47 UTC",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let (answer, _) = self::answer(&[PORTAL, "sample-logs"]);
    let urls = setting(&answer, "CallbackURLs");
    assert_eq!(urls["rule"], "callback-url-removed");
    assert_eq!(urls["begins"], "at_once");
    assert_eq!(
        urls["redirect_uris"][0]["value"],
        "https://legacy.portal.example.com/callback"
    );
    assert_eq!(urls["redirect_uris"].as_array().expect("URIs").len(), 1);
    let (refused, of) = (urls["refused"].as_u64(), urls["of"].as_u64());
    assert!(refused > Some(100) && refused < of, "{urls:#}");
    assert_eq!(
        answer["targets"][0]["client_id"],
        "0portal00web0000000example"
    );
    assert_eq!(answer["targets"][0]["account_id"], "111122223333");
}

#[test]
fn each_sample_plan_has_the_verdict_that_its_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/plans/README.md");
    let page = std::fs::read_to_string(page).expect("a page");
    let mut checked = 0;
    for row in page.lines().filter(|row| row.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let path = format!("sample-logs/plans/{}", cells[1].trim_matches('`'));
        let verdict = cells[4].replace(' ', "_");
        let (answer, status) = answer(&[&path, "sample-logs"]);
        assert_eq!(answer["verdict"], *verdict, "{path}: {answer:#}");
        let expected = if verdict == "breaks" { 3 } else { 0 };
        assert_eq!(status, Some(expected), "{path}");
        checked += 1;
    }
    assert_eq!(checked, 6);
}

#[test]
fn what_a_call_leaves_out_is_reset_and_said_to_be() {
    let (answer, _) = answer(&["sample-logs/plans/mobile.cli-input.json", "sample-logs"]);
    let flows = setting(&answer, "ExplicitAuthFlows");
    assert_eq!(flows["by_omission"], true, "{flows:#}");
    assert_eq!(flows["verdict"], "breaks");
    assert!(
        flows["grants"]
            .as_array()
            .expect("grants")
            .contains(&json!("USER_PASSWORD_AUTH"))
    );
    assert_eq!(setting(&answer, "LogoutURLs")["by_omission"], false);
}

#[test]
fn a_forgotten_trigger_breaks_what_needs_it() {
    let (answer, _) = answer(&["sample-logs/plans/kiosk.changeset.json", "sample-logs"]);
    let trigger = setting(&answer, "LambdaConfig.DefineAuthChallenge");
    assert_eq!(trigger["rule"], "define-auth-challenge-removed");
    assert!(
        trigger["grants"]
            .as_array()
            .expect("grants")
            .contains(&json!("CUSTOM_AUTH"))
    );
    assert_eq!(answer["plans"][0]["passed_over"], 1);
}

#[test]
fn a_template_finds_its_resources_by_name() {
    let (answer, _) = answer(&["sample-logs/plans/webshop.template.json", "sample-logs"]);
    assert_eq!(
        answer["targets"][0]["client_id"], "2webshop0web0000000example",
        "{answer:#}"
    );
    assert_eq!(setting(&answer, "CallbackURLs")["verdict"], "breaks");
}

#[test]
fn several_plans_and_logs_are_told_apart() {
    let (answer, _) = answer(&[
        PORTAL,
        SAFE,
        "sample-logs/AWSLogs",
        "sample-logs/application",
    ]);
    assert_eq!(answer["plans"].as_array().expect("plans").len(), 2);
    assert_eq!(answer["verdict"], "breaks");
    assert_eq!(answer["targets"][0]["plan"], PORTAL);
}

#[test]
fn a_plan_comes_from_a_pipe_too() {
    let plan = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(PORTAL)).expect("a plan");
    let run = with_input(&["check", "-", "sample-logs"], &plan);
    assert_eq!(run.status, Some(3), "{}", run.stderr);
}

/// A Terraform plan with one app client before and after.
fn plan(folder: &Path, name: &str, before: &Value, after: &Value) -> String {
    let actions = match (before.is_null(), after.is_null()) {
        (true, _) => json!(["create"]),
        (_, true) => json!(["delete"]),
        _ => json!(["update"]),
    };
    let change = json!({
        "actions": actions, "before": before, "after": after, "after_unknown": {},
        "before_sensitive": {"client_secret": true}, "after_sensitive": {"client_secret": true},
    });
    let text = json!({
        "format_version": "1.2",
        "resource_changes": [{
            "address": "aws_cognito_user_pool_client.x", "mode": "managed",
            "type": "aws_cognito_user_pool_client", "name": "x", "change": change,
        }],
    });
    file(folder, name, text.to_string())
}

fn portal() -> Value {
    json!({
        "id": "0portal00web0000000example", "user_pool_id": "eu-west-1_StaffEXAMPLE",
        "name": "portal", "client_secret": "s3cretEXAMPLE",
        "allowed_oauth_flows": ["code"], "allowed_oauth_flows_user_pool_client": true,
        "allowed_oauth_scopes": ["openid"],
        "callback_urls": ["https://portal.example.com/callback", "https://legacy.portal.example.com/callback"],
        "refresh_token_validity": 30,
    })
}

#[test]
fn what_may_break_stops_the_build_when_asked_to() {
    let folder = folder("may-break");
    let mut after = portal();
    after["refresh_token_validity"] = json!(7);
    let plan = plan(&folder, "plan.json", &portal(), &after);
    let arguments = [plan.as_str(), "sample-logs"];
    let (found, status) = answer(&arguments);
    assert_eq!(found["verdict"], "may_break", "{found:#}");
    assert_eq!(
        setting(&found, "RefreshTokenValidity")["strength"],
        "inferred"
    );
    assert_eq!(status, Some(0));
    let (_, status) = answer(&[&arguments[..], &["--fail-on", "may-break"]].concat());
    assert_eq!(status, Some(3));
}

#[test]
fn what_nobody_can_tell_stops_the_build_when_asked_to() {
    let folder = folder("cannot-tell");
    let mut elsewhere = portal();
    elsewhere["user_pool_id"] = json!("us-east-1_OtherEXAMPLE");
    elsewhere["id"] = json!("otherEXAMPLE");
    let mut after = elsewhere.clone();
    after["callback_urls"] = json!([]);
    let plan = plan(&folder, "plan.json", &elsewhere, &after);
    let arguments = [plan.as_str(), "sample-logs"];
    let (found, status) = answer(&arguments);
    assert_eq!(found["verdict"], "cannot_tell", "{found:#}");
    assert_eq!(status, Some(0));
    let (_, status) = answer(&[&arguments[..], &["--fail-on-incomplete"]].concat());
    assert_eq!(status, Some(4));
    let both = [plan.as_str(), PORTAL, "sample-logs", "--fail-on-incomplete"];
    assert_eq!(answer(&both).1, Some(3));
}

#[test]
fn a_deleted_client_refuses_all_its_requests() {
    let folder = folder("deleted");
    let plan = plan(&folder, "plan.json", &portal(), &Value::Null);
    let (found, status) = answer(&[&plan, "sample-logs"]);
    assert_eq!(status, Some(3));
    let exists = setting(&found, "Exists");
    assert_eq!(exists["rule"], "client-deleted");
    assert_eq!(exists["refused"], exists["of"]);
    assert_eq!(found["targets"][0]["action"], "delete");
}

#[test]
fn what_cognito_would_refuse_is_a_problem_without_any_request() {
    let folder = folder("refused");
    let mut after = portal();
    after["allowed_oauth_flows"] = json!(["code", "client_credentials"]);
    let plan = plan(&folder, "plan.json", &portal(), &after);
    let (found, _) = answer(&[&plan, "sample-logs"]);
    let problem = &found["problems"][0];
    assert_eq!(problem["severity"], "error", "{found:#}");
    assert!(
        problem["text"]
            .as_str()
            .expect("text")
            .contains("only flow"),
        "{problem}"
    );
}

#[test]
fn a_secret_in_a_plan_is_never_printed() {
    let folder = folder("secret");
    let mut after = portal();
    after["client_secret"] = json!("an0therEXAMPLE");
    after["callback_urls"] = json!([]);
    let plan = plan(&folder, "plan.json", &portal(), &after);
    for format in ["table", "json", "markdown", "sarif"] {
        let run = trailblame(&["check", &plan, "sample-logs", "--format", format]);
        for secret in ["s3cretEXAMPLE", "an0therEXAMPLE"] {
            assert!(!run.stdout.contains(secret), "{format}: {}", run.stdout);
            assert!(!run.stderr.contains(secret), "{format}: {}", run.stderr);
        }
        assert_eq!(run.status, Some(3));
    }
}

#[track_caller]
fn refused(run: &Run, status: i32, parts: &[&str]) {
    assert_eq!(run.status, Some(status), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    for part in parts {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn what_is_no_plan_is_refused_with_its_place() {
    let folder = folder("no-plan");
    let broken = file(
        &folder,
        "broken.json",
        "{\n\"format_version\": \"1.2\",\n\"resource_changes\": [}\n",
    );
    let run = trailblame(&["check", &broken, "sample-logs"]);
    refused(&run, 1, &["broken.json", "line 3 column"]);
    let newer = file(
        &folder,
        "newer.json",
        r#"{"format_version":"2.0","resource_changes":[]}"#,
    );
    refused(
        &trailblame(&["check", &newer, "sample-logs"]),
        1,
        &["format version 2.0"],
    );
    refused(
        &trailblame(&["check", "sample-logs"]),
        2,
        &["`sample-logs` is no plan", "hint:"],
    );
    refused(&trailblame(&["check"]), 2, &[]);
}

#[test]
fn the_json_keeps_its_schema() {
    let schema = include_str!("../../src/report/check/check.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for plan in [
        "billing.tfplan",
        "harmless.tfplan",
        "kiosk.changeset",
        "webshop.template",
    ] {
        let (answer, _) = answer(&[&format!("sample-logs/plans/{plan}.json"), "sample-logs"]);
        let errors = validator.iter_errors(&answer);
        let errors: Vec<String> = errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{plan}");
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("a page");
    let run = trailblame(&[
        "check",
        "sample-logs/plans/billing.tfplan.json",
        "sample-logs",
    ]);
    let begin: Vec<&str> = run.stdout.lines().take(16).collect();
    assert!(readme.contains(&begin.join("\n")), "{}", begin.join("\n"));
    let logs = program::investigate(&["sample-logs"]);
    assert_eq!(logs["inputs"]["rejected"], 0, "plans are no broken logs");
}

#[test]
fn sarif_keeps_its_schema_and_has_one_result_a_setting() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schemas/sarif.json");
    let schema = std::fs::read_to_string(schema).expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for name in [
        "billing.tfplan",
        "harmless.tfplan",
        "kiosk.changeset",
        "mobile.cli-input",
    ] {
        let plan = format!("sample-logs/plans/{name}.json");
        let run = trailblame(&["check", &plan, "sample-logs", "--format", "sarif"]);
        let log: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let errors = validator.iter_errors(&log);
        let errors: Vec<String> = errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
        let (answer, _) = answer(&[&plan, "sample-logs"]);
        let targets = answer["targets"].as_array().expect("targets").iter();
        let settings = targets.map(|target| target["settings"].as_array().expect("settings").len());
        let problems = answer["problems"].as_array().expect("problems").len();
        let results = log["runs"][0]["results"].as_array().expect("results");
        assert_eq!(results.len(), settings.sum::<usize>() + problems, "{name}");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], *plan, "{name}");
    }
}

#[test]
fn a_comment_names_what_breaks_first_and_fits() {
    let run = trailblame(&["check", PORTAL, "sample-logs", "--format", "markdown"]);
    let first = run.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with("### ✗ Breaks sign-in"), "{first}");
    assert!(
        first.contains("`https://legacy.portal.example.com/callback`"),
        "{first}"
    );
    assert!(run.stdout.len() < 65_536, "{}", run.stdout.len());
}

#[cfg(unix)]
#[test]
fn the_action_ends_as_the_check_does_and_tells_the_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = folder("action");
    let script = |plan: &str, name: &str| {
        let output = folder.join(format!("{name}.output"));
        let summary = folder.join(format!("{name}.summary"));
        let status = std::process::Command::new(root.join(".github/actions/check/check.sh"))
            .current_dir(root)
            .env("TRAILBLAME", env!("CARGO_BIN_EXE_trailblame"))
            .env("PLAN", plan)
            .env("SOURCE", "sample-logs --quiet")
            .env("FOLDER", folder.join(name))
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .stdout(std::process::Stdio::null())
            .status()
            .expect("the script runs");
        let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
        (status.code(), read(&output), read(&summary))
    };
    let (status, output, summary) = script(PORTAL, "breaks");
    assert_eq!(status, Some(3));
    assert!(output.contains("verdict=breaks\n"), "{output}");
    assert!(summary.contains("Breaks sign-in"), "{summary}");
    assert!(folder.join("breaks/check.sarif").is_file());
    let (status, output, _) = script(SAFE, "safe");
    assert_eq!(status, Some(0));
    assert!(output.contains("verdict=safe\n"), "{output}");
}
