//! Settings at a time: files of AWS Config, and folders of saved descriptions.

use super::*;

/// A trail of one update, at ten o'clock.
const UPDATE: &str = r#"{"Records":[{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"UpdateUserPoolClient","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"aws-cli/2.17","requestParameters":{"userPoolId":"eu-west-1_EXAMPLE","clientId":"webEXAMPLE","callbackURLs":["https://new.example.com"]},"responseElements":null,"requestID":"r-1","eventID":"e-1","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}]}"#;

fn item(hour: u32, url: &str) -> Value {
    json!({
        "configurationItemVersion": "1.3", "configurationItemStatus": "OK", "awsAccountId": "111122223333",
        "configurationItemCaptureTime": format!("2026-03-02T{hour:02}:00:00.000Z"), "awsRegion": "eu-west-1",
        "resourceType": "AWS::Cognito::UserPoolClient", "resourceId": "webEXAMPLE",
        "configuration": {"UserPoolId": "eu-west-1_EXAMPLE", "ClientId": "webEXAMPLE", "CallbackURLs": [url]},
    })
}

#[test]
fn aws_config_closes_the_history_on_both_sides() {
    let folder = folder("forms-settings");
    let trail = file(&folder, "trail.json", UPDATE);
    let items = [
        item(9, "https://old.example.com"),
        item(11, "https://unseen.example.com"),
    ];
    let history = json!({"fileVersion": "1.0", "configurationItems": items});
    file(
        &folder,
        "settings/history.json.gz",
        gzip(history.to_string().as_bytes()),
    );
    file(&folder, "settings/notes.txt", "no settings");
    let settings = folder.join("settings");
    let settings = settings.to_str().expect("UTF-8");
    let run = trailblame(&["changes", &trail, "--settings", settings]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains("https://old.example.com"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("notes.txt"), "{}", run.stderr);
    let answer = program::investigate(&[&trail, "--settings", settings]);
    assert_eq!(
        answer["gaps"][0]["settings"],
        json!(["CallbackURLs"]),
        "{:#}",
        answer["gaps"]
    );
    let alone = trailblame(&["changes", &trail]);
    assert!(
        !alone.stdout.contains("https://old.example.com"),
        "{}",
        alone.stdout
    );
}

#[test]
fn a_folder_without_settings_is_an_error() {
    let folder = folder("forms-no-settings");
    let trail = file(&folder, "trail.json", UPDATE);
    file(&folder, "settings/notes.txt", "no settings");
    let settings = folder.join("settings");
    let run = trailblame(&[
        "changes",
        &trail,
        "--settings",
        settings.to_str().expect("UTF-8"),
    ]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("no file in it describes"),
        "{}",
        run.stderr
    );
}
