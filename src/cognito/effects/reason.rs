//! What the words of an error say beside its code: a reason, and which settings can give it.
//!
//! AWS fixes codes and not words (domain.md §4.1), so only phrases are taken that were met in the
//! field, and a text that has none of them says nothing.

use super::Effect;

/// Why a request was refused, as the words of its error say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The user's password is wrong, or the user unknown.
    WrongPassword,
    /// The user tried too often, or is disabled.
    UserKeptOut,
    /// The refresh token is older than its lifetime.
    TokenExpired,
    /// The refresh token was taken back.
    TokenRevoked,
    /// The refresh token was used before, and rotation allows that once.
    TokenReused,
    /// The client's secret is wrong or missing.
    WrongSecret,
    /// The client may not use the auth flow.
    FlowNotEnabled,
    /// The client may not use OAuth, or not with that redirect URI.
    OAuthNotEnabled,
    /// The redirect URI is not listed.
    RedirectUnlisted,
    /// A scope is not listed, or does not exist.
    ScopeUnlisted,
    /// The client may not read an attribute of the scopes.
    AttributesUnreadable,
    /// A trigger's function failed or could not be invoked.
    TriggerFailed,
    /// Threat protection blocked the user.
    Blocked,
}

use Reason::{
    AttributesUnreadable, Blocked, FlowNotEnabled, OAuthNotEnabled, RedirectUnlisted,
    ScopeUnlisted, TokenExpired, TokenReused, TokenRevoked, TriggerFailed, UserKeptOut,
    WrongPassword, WrongSecret,
};

/// Phrases in lower case, and what they say; the first that a text has counts. Sources: domain.md
/// §1.b, §3, §4.1, §4.2, and the threads named beside them.
const PHRASES: &[(&str, Reason)] = &[
    ("incorrect username or password", WrongPassword),
    ("password attempts exceeded", UserKeptOut),
    ("user is disabled", UserKeptOut),
    ("refresh token has expired", TokenExpired),
    // aws-sdk-net#1936
    ("refresh token has been revoked", TokenRevoked),
    ("refresh token reuse", TokenReused),
    ("invalidated by refresh-token rotation", TokenReused),
    // laravel-aws-cognito-auth#26
    ("unable to verify secret hash", WrongSecret),
    ("secret_hash was not received", WrongSecret),
    ("secret was not received", WrongSecret),
    ("flow not enabled for this client", FlowNotEnabled),
    ("is not enabled for the client", FlowNotEnabled),
    ("not enabled for oauth2.0 flows", OAuthNotEnabled),
    ("redirect_mismatch", RedirectUnlisted),
    ("redirect_uri_mismatch", RedirectUnlisted),
    // cloudfront-authorization-at-edge#564
    ("invalid scope requested", ScopeUnlisted),
    ("invalid_scope", ScopeUnlisted),
    ("read access to all attributes", AttributesUnreadable),
    ("unreadable attribute", AttributesUnreadable),
    ("pretokengeneration failed with error", TriggerFailed),
    ("invocation failed due to error", TriggerFailed),
    ("due to security reasons", Blocked),
];

impl Reason {
    /// What the words of an error say, if anything is clear from them.
    pub fn in_words(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let found = PHRASES.iter().find(|(phrase, _)| text.contains(phrase));
        found.map(|(_, reason)| *reason)
    }

    /// Settings that can give it, by the names that rows go by. Those of single users give no
    /// setting but what was done to many of them at once.
    fn settings(self) -> &'static [&'static str] {
        match self {
            WrongPassword => &[
                "LambdaConfig.UserMigration",
                "PreventUserExistenceErrors",
                "Sessions",
            ],
            UserKeptOut => &["Sessions"],
            TokenExpired => &["RefreshTokenValidity", "TokenValidityUnits.RefreshToken"],
            TokenRevoked => &["Sessions", "RefreshTokenRotation."],
            TokenReused => &["RefreshTokenRotation."],
            WrongSecret => &["ClientSecret.", "StoredSecret", "Listener"],
            FlowNotEnabled => &[
                "ExplicitAuthFlows",
                "Policies.SignInPolicy.",
                "RefreshTokenRotation.",
                "UserPoolTier",
            ],
            // Cognito says so of redirect URIs too.
            OAuthNotEnabled => &[
                "AllowedOAuthFlows",
                "AllowedOAuthFlowsUserPoolClient",
                "CallbackURLs",
                "DefaultRedirectURI",
                "Listener",
            ],
            RedirectUnlisted => &[
                "CallbackURLs",
                "DefaultRedirectURI",
                "Listener",
                "LogoutURLs",
            ],
            ScopeUnlisted => &["AllowedOAuthScopes", "Listener", "Scopes"],
            AttributesUnreadable => &["ReadAttributes"],
            TriggerFailed => &[
                "Function",
                "Key",
                "LambdaConfig.",
                "Permission.",
                "ReservedConcurrentExecutions",
                "Role",
                "TriggerFunction",
                "UserPoolTier",
            ],
            Blocked => &[
                "AccountTakeoverRiskConfiguration.",
                "CompromisedCredentialsRiskConfiguration.",
                "EnablePropagateAdditionalUserContextData",
                "RiskConfiguration",
                "RiskExceptionConfiguration.",
                "UserPoolAddOns.",
            ],
        }
    }

    /// Whether an effect can be the reason.
    pub fn fits(self, effect: &Effect) -> bool {
        let setting = effect.setting;
        self.settings()
            .iter()
            .any(|name| match name.ends_with('.') {
                true => setting.starts_with(name),
                false => setting == *name,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito::effects::effects;

    #[track_caller]
    fn check(text: &str, expected: Option<Reason>) {
        assert_eq!(Reason::in_words(text), expected);
    }

    #[test]
    fn words_that_separate() {
        check("Incorrect username or password.", Some(WrongPassword));
        check("Refresh Token has been revoked", Some(TokenRevoked));
        check(
            "USER_PASSWORD_AUTH flow not enabled for this client",
            Some(FlowNotEnabled),
        );
        check(
            "USER_SRP_AUTH is not enabled for the client.",
            Some(FlowNotEnabled),
        );
        check(
            "Unable to verify secret hash for client 1h57kf5cpq17m0eml12EXAMPLE",
            Some(WrongSecret),
        );
        check(
            "PreTokenGeneration invocation failed due to error AccessDeniedException.",
            Some(TriggerFailed),
        );
    }

    #[test]
    fn words_that_say_nothing() {
        for text in [
            "",
            "Bad Request",
            "Falha na autenticação do cliente",
            "The provided grant is invalid, expired or was issued to another client",
            "Invalid Refresh Token.",
        ] {
            check(text, None);
        }
    }

    /// A name that no row goes by would fit nothing, and so acquit what it should accuse.
    #[test]
    fn reasons_name_settings_of_the_table() {
        for (_, reason) in PHRASES {
            for name in reason.settings() {
                let known = effects().any(|effect| match name.ends_with('.') {
                    true => effect.setting.starts_with(name),
                    false => effect.setting == *name,
                });
                assert!(known, "{reason:?}: {name}");
            }
        }
    }
}
