//! Names of members and parameters whose values are secret, in any spelling.

/// How much a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secrecy {
    /// A secret, unless it is a word: `token: expired`, `code: 401`.
    Perhaps,
    /// A secret.
    Certain,
}

/// Ends of names, in lower case and without marks, of what is always a secret.
const CERTAIN: [&str; 43] = [
    "accesskey",
    "accesstoken",
    "accountkey",
    "apikey",
    "assertion",
    "authcode",
    "authkey",
    "authorization",
    "authorizationcode",
    "authtoken",
    "bearertoken",
    "claimsignature",
    "codeverifier",
    "confirmationcode",
    "devicecode",
    "encryptionkey",
    "functionskey",
    "hmackey",
    "idtoken",
    "masterkey",
    "mfacode",
    "oauthtoken",
    "otpcode",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "relaystate",
    "samlresponse",
    "secret",
    "secretbinary",
    "secretblock",
    "secrethash",
    "secretkey",
    "secretstring",
    "secretvalue",
    "securitytoken",
    "sessiontoken",
    "sharedkey",
    "signingkey",
    "subscriptionkey",
];

/// Ends of names of what is a secret unless it is a word.
const PERHAPS: [&str; 7] = [
    "cookie",
    "cookies",
    "credential",
    "sessionid",
    "signature",
    "token",
    "verificationcode",
];

/// Whole names of the same.
const PERHAPS_ALONE: [&str; 14] = [
    "code",
    "csrf",
    "jwt",
    "otp",
    "pass",
    "phpsessid",
    "pwd",
    "session",
    "sid",
    "sig",
    "smscode",
    "totp",
    "usercode",
    "xsrf",
];

/// Tokens that open nothing: they name a page of an answer, or one call among its repeats.
const HARMLESS: [&str; 10] = [
    "changetoken",
    "clienttoken",
    "continuationtoken",
    "creationtoken",
    "idempotencytoken",
    "locktoken",
    "nexttoken",
    "paginationtoken",
    "requesttoken",
    "uploadtoken",
];

/// Members of calls to AWS, whole names, that hold secrets among other things.
const OF_CALLS: [&str; 10] = [
    "authparameters",
    "challengeresponses",
    "cognitoasfdata",
    "environment",
    "environmentvariables",
    "headervalue",
    "parametervalue",
    "runtimeenvironmentvariables",
    "userdata",
    "zipfile",
];

/// A name in lower case, without marks.
pub fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// What a plain name says of its value.
pub fn secrecy(plain: &str) -> Option<Secrecy> {
    let ends = |with: &&str| plain.ends_with(with);
    if CERTAIN.iter().any(ends) {
        return Some(Secrecy::Certain);
    }
    let perhaps = PERHAPS.iter().any(ends) && !HARMLESS.iter().any(ends);
    (perhaps || PERHAPS_ALONE.contains(&plain)).then_some(Secrecy::Perhaps)
}

/// Whether a name that ends with `code` is of a code that answers bear, not of one that is exchanged.
pub fn is_of_errors(plain: &str) -> bool {
    const OF: [&str; 9] = [
        "country", "error", "exit", "http", "reason", "response", "result", "return", "status",
    ];
    let name = plain.strip_suffix("code").unwrap_or(plain);
    OF.iter().any(|of| name.ends_with(of))
}

/// Whether a name of a secret may end with these three letters, the last one first: most words are told
/// by them to be none.
pub fn may_end(last: [char; 3]) -> bool {
    const LAST: [[u8; 3]; 28] = [
        *b"ary", *b"ase", *b"ash", *b"ass", *b"ate", *b"ial", *b"ier", *b"ies", *b"ing", *b"ion",
        *b"jwt", *b"ken", *b"key", *b"kie", *b"lue", *b"nid", *b"nse", *b"ock", *b"ode", *b"ord",
        *b"otp", *b"pwd", *b"ret", *b"sid", *b"sig", *b"srf", *b"swd", *b"ure",
    ];
    let small = |c: char| u8::try_from(c.to_ascii_lowercase()).unwrap_or_default();
    let [c, b, a] = last.map(small);
    LAST.contains(&[a, b, c])
}

/// Whether the value of a member of JSON is secret, by its plain name.
pub fn is_secret_member(plain: &str) -> bool {
    secrecy(plain).is_some() || OF_CALLS.contains(&plain)
}

/// Whether an object under this name, which is secret as a text, is described rather than hidden: the
/// cookies that a distribution passes on, an access key's state.
pub fn may_describe(plain: &str) -> bool {
    let ends = [
        "accesskey",
        "authorization",
        "cookie",
        "cookies",
        "credential",
        "signature",
    ];
    ends.iter().any(|end| plain.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_is_one_name() {
        for name in [
            "client_secret",
            "clientSecret",
            "CLIENT-SECRET",
            "Client Secret",
            "oauth.client.secret",
            "MY_APP_CLIENT_SECRET",
        ] {
            assert_eq!(secrecy(&plain(name)), Some(Secrecy::Certain), "{name}");
        }
        for name in [
            "x-amz-security-token",
            "Proxy-Authorization",
            "aws_secret_access_key",
        ] {
            assert_eq!(secrecy(&plain(name)), Some(Secrecy::Certain), "{name}");
        }
        for name in ["code", "token", "Set-Cookie", "X-Amz-Signature"] {
            assert_eq!(secrecy(&plain(name)), Some(Secrecy::Perhaps), "{name}");
        }
    }

    #[test]
    fn every_name_is_known_by_its_end() {
        for name in CERTAIN.iter().chain(&PERHAPS).chain(&PERHAPS_ALONE) {
            let mut last = name.chars().rev();
            let last = [(); 3].map(|()| last.next().expect("a letter"));
            assert!(may_end(last), "{name}");
        }
    }

    #[test]
    fn names_about_secrets_are_no_secrets() {
        for name in [
            "secretId",
            "accessKeyId",
            "PasswordPolicy",
            "accessTokenValidity",
            "statusCode",
            "error_code",
            "response_code",
            "code_challenge",
            "nextToken",
            "clientRequestToken",
            "lockToken",
            "token_type",
            "client_secret_basic",
            "sessionDuration",
            "key_id",
            "secrets",
        ] {
            assert_eq!(secrecy(&plain(name)), None, "{name}");
        }
    }
}
