//! How AWS's SDK of each language tells that Cognito refused a call.

use super::{
    super::{super::model::Step, answer::Seen},
    Entry, Level, Target,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Js,
    Go,
    Java,
    Python,
    Net,
}

fn error(message: String, stack: Option<String>) -> Entry {
    Entry {
        level: Level::Error,
        message,
        stack,
        ..Entry::default()
    }
}

fn operation(step: Step) -> &'static str {
    match step {
        Step::AdminPassword => "AdminInitiateAuth",
        Step::SrpReply => "RespondToAuthChallenge",
        Step::ApiRotate => "GetTokensFromRefreshToken",
        _ => "InitiateAuth",
    }
}

/// How an SDK tells that Cognito refused a call.
pub fn refused(language: Language, seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let code = seen.code.as_deref().unwrap_or("UnknownError");
    let said = seen.description.as_deref().unwrap_or_default();
    let call = operation(target.attempt.step);
    let id = format!(
        "{:08x}-0000-4000-8000-{:012x}",
        (target.luck * 4e9) as u64,
        (target.luck * 2e14) as u64
    );
    let status = seen.status;
    match language {
        Language::Js => js(code, said, call),
        Language::Go => error(
            format!(
                "operation error Cognito Identity Provider: {call}, https response error StatusCode: {status}, RequestID: {id}, {code}: {said}"
            ),
            None,
        ),
        Language::Java => java(format!(
            "software.amazon.awssdk.services.cognitoidentityprovider.model.{code}: {said} (Service: CognitoIdentityProvider, Status Code: {status}, Request ID: {id})"
        )),
        Language::Python => python(code, said, call),
        Language::Net => net(format!(
            "Amazon.CognitoIdentityProvider.Model.{code}: {said}"
        )),
    }
}

fn js(code: &str, said: &str, call: &str) -> Entry {
    let text = format!("{code}: {said}");
    let stack = format!(
        "{text}\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:867:20)\n    at de_{call}Command (/app/node_modules/@aws-sdk/client-cognito-identity-provider/dist-cjs/index.js:4961:14)"
    );
    error(text, Some(stack))
}

fn java(text: String) -> Entry {
    let stack = format!(
        "{text}\n\tat software.amazon.awssdk.core.internal.http.pipeline.stages.HandleResponseStage.execute(HandleResponseStage.java:50)\n\tat com.example.auth.SignInService.signIn(SignInService.java:77)"
    );
    error(text, Some(stack))
}

fn python(code: &str, said: &str, call: &str) -> Entry {
    let text = format!(
        "botocore.errorfactory.{code}: An error occurred ({code}) when calling the {call} operation: {said}"
    );
    let stack = format!(
        "Traceback (most recent call last):\n  File \"/srv/app/signin.py\", line 29, in sign_in\n    answer = self.cognito(**arguments)\n  File \"/usr/local/lib/python3.12/site-packages/botocore/client.py\", line 1023, in _make_api_call\n    raise error_class(parsed_response, operation_name)\n{text}"
    );
    error(text, Some(stack))
}

fn net(text: String) -> Entry {
    let stack = format!(
        "{text}\n ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.\n   at Amazon.Runtime.HttpWebRequestMessage.ProcessHttpResponseMessage(HttpResponseMessage responseMessage)"
    );
    error(text, Some(stack))
}

/// The agent of an SDK's calls.
pub fn agent(language: Language) -> &'static str {
    match language {
        Language::Js => {
            "aws-sdk-js/3.840.0 ua/2.1 os/linux#6.1.141 lang/js md/nodejs#22.16.0 api/cognito-identity-provider#3.840.0"
        }
        Language::Go => {
            "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.5 api/cognitoidentityprovider#1.53.2"
        }
        Language::Java => {
            "aws-sdk-java/2.32.8 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.141 lang/java#21.0.8"
        }
        Language::Python => {
            "Boto3/1.40.12 md/Botocore#1.40.12 ua/2.1 os/linux#6.1.141 md/arch#aarch64 lang/python#3.13.5"
        }
        Language::Net => {
            "aws-sdk-dotnet-coreclr/4.0.2.1 ua/2.1 os/linux#6.1.141 lang/.NET_Core#8.0.18 api/Cognito_Identity_Provider#4.0.2.1"
        }
    }
}

/// Who logs what comes of a call: the application's own class or module.
pub fn component(language: Language) -> &'static str {
    match language {
        Language::Js => "signin",
        Language::Go => "auth",
        Language::Java => "c.e.auth.SignInService",
        Language::Python => "app.signin",
        Language::Net => "App.Auth.SignInService",
    }
}

/// What an application says of a call that went well.
pub fn success(language: Language, target: &Target<'_>) -> Entry {
    let message = match (target.attempt.step, language) {
        (Step::ApiRefresh | Step::ApiRotate, _) => "tokens refreshed",
        (Step::Srp, _) => "challenge received",
        (step, Language::Go | Language::Js) if target.luck < 0.5 => {
            return Entry {
                message: format!("{} ok", operation(step)),
                ..Entry::default()
            };
        }
        _ => "sign-in succeeded",
    };
    Entry {
        message: message.to_owned(),
        ..Entry::default()
    }
}
