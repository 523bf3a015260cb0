//! A command of the AWS CLI in several lines, as one reads it; a shell takes it all the same.

use serde_json::Value;

/// The command with a line for each flag and its JSON indented.
pub fn pretty(command: &str) -> String {
    const INPUT: &str = " --cli-input-json '";
    let Some((flags, input)) = command.split_once(INPUT) else {
        return broken(command);
    };
    // In single quotes, a quote is written `'\''`.
    let json = input
        .strip_suffix('\'')
        .map(|input| input.replace(r"'\''", "'"));
    let value: Option<Value> = json.and_then(|json| serde_json::from_str(&json).ok());
    match value {
        Some(value) => {
            let json = format!("{value:#}").replace('\'', r"'\''");
            format!("{} \\\n  --cli-input-json '{json}'", broken(flags))
        }
        None => command.to_owned(),
    }
}

/// Flags in lines of their own; a command with anything quoted stays as it is.
fn broken(command: &str) -> String {
    match command.contains(['\'', '"']) {
        true => command.to_owned(),
        false => command.replace(" --", " \\\n  --"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_quoted_as_before() {
        let command = r#"aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"ClientName":"it'\''s","AllowedOAuthFlows":["code"]}'"#;
        let expected = r#"aws cognito-idp update-user-pool-client \
  --region eu-west-1 \
  --cli-input-json '{
  "AllowedOAuthFlows": [
    "code"
  ],
  "ClientName": "it'\''s"
}'"#;
        assert_eq!(pretty(command), expected);
    }

    #[test]
    fn what_is_not_understood_stays() {
        for command in [
            "aws cognito-idp x --cli-input-json '{broken'",
            "aws cognito-idp x --name 'a --b'",
        ] {
            assert_eq!(pretty(command), command);
        }
        assert_eq!(pretty("aws x --a 1 --b 2"), "aws x \\\n  --a 1 \\\n  --b 2");
    }
}
