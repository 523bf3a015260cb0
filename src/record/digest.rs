//! Digest files of CloudTrail: which files it delivered, with their SHA-256, each digest signed and
//! holding the signature of the one before.
//!
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::window::Window;

/// One digest file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Digest {
    /// The time it covers begins here …
    pub digest_start_time: DateTime<Utc>,
    /// … and ends here. As it is written, since it is signed so.
    digest_end_time: String,
    digest_s3_bucket: String,
    /// Its key.
    pub digest_s3_object: String,
    digest_public_key_fingerprint: String,
    /// The key of the digest before.
    pub previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_signature: Option<String>,
    /// What was delivered.
    #[serde(default)]
    pub log_files: Vec<LogFile>,
    /// The SHA-256 of its text.
    #[serde(skip)]
    hash: String,
}

/// A file that was delivered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogFile {
    /// Where it was delivered …
    pub s3_bucket: String,
    /// … and its key there.
    pub s3_object: String,
    oldest_event_time: Option<DateTime<Utc>>,
    newest_event_time: Option<DateTime<Utc>>,
    /// The SHA-256 of its text.
    pub hash_value: String,
}

impl LogFile {
    /// Whether all that it holds lies in that span.
    pub fn lies_in(&self, span: Window) -> bool {
        self.oldest_event_time.is_none_or(|time| span.start <= time)
            && self.newest_event_time.is_none_or(|time| time < span.end)
    }
}

/// A key that CloudTrail signed with.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicKey {
    /// base64 of its PKCS #1 DER.
    value: String,
    /// The name by which digests refer to it; unknown of a key that was saved alone.
    #[serde(default)]
    fingerprint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublicKeys {
    public_key_list: Vec<PublicKey>,
}

/// Why a digest cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is not what the next one saw.
    Hash,
    /// None of the keys made its signature.
    Signature,
    /// The key that it names was not given.
    Key,
}

impl Flaw {
    /// What is wrong, in lower case.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Hash => "was altered: its hash is not the one in the next digest",
            Self::Signature => "has a signature that does not fit",
            Self::Key => "is signed by a key that was not given",
        }
    }
}

/// The SHA-256 of a text, as digests write it.
pub fn hash(text: &[u8]) -> String {
    let hash = Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The keys in what `aws cloudtrail list-public-keys` prints, or in a file of one key (base64 or PEM).
pub fn keys(text: &str) -> Option<Vec<PublicKey>> {
    if let Ok(keys) = serde_json::from_str::<PublicKeys>(text) {
        return Some(keys.public_key_list);
    }
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let value: String = lines.map(str::trim).collect();
    let key = PublicKey {
        value,
        fingerprint: None,
    };
    key.der().is_some().then(|| vec![key])
}

impl PublicKey {
    fn der(&self) -> Option<Vec<u8>> {
        let der = STANDARD.decode(&self.value).ok()?;
        (!der.is_empty()).then_some(der)
    }
}

impl Digest {
    /// A digest file's text; `None` of anything else.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digest: Self = serde_json::from_slice(text).ok()?;
        Some(Self {
            hash: hash(text),
            ..digest
        })
    }

    /// When the time that it covers ends.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        self.digest_end_time.parse().ok()
    }

    /// What is wrong with the digest before, by what this one says of it.
    pub fn flaw_of(&self, before: &Self, keys: &[PublicKey]) -> Option<Flaw> {
        if self.previous_digest_hash_value.as_ref() != Some(&before.hash) {
            return Some(Flaw::Hash);
        }
        let signature = self.previous_digest_signature.as_deref().and_then(bytes);
        before.flaw(&signature.unwrap_or_default(), keys)
    }

    /// What is wrong with it, given its signature.
    fn flaw(&self, signature: &[u8], keys: &[PublicKey]) -> Option<Flaw> {
        let named = |key: &&PublicKey| {
            let fingerprint = key.fingerprint.as_ref();
            fingerprint.is_none_or(|of| *of == self.digest_public_key_fingerprint)
        };
        let mut keys = keys.iter().filter(named).peekable();
        if keys.peek().is_none() {
            return Some(Flaw::Key);
        }
        let signed = self.signed();
        let fits = keys.filter_map(PublicKey::der).any(|der| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der);
            key.verify(signed.as_bytes(), signature).is_ok()
        });
        (!fits).then_some(Flaw::Signature)
    }

    /// What is signed.
    fn signed(&self) -> String {
        let before = self.previous_digest_signature.as_deref();
        format!(
            "{}\n{}/{}\n{}\n{}",
            self.digest_end_time,
            self.digest_s3_bucket,
            self.digest_s3_object,
            self.hash,
            before.unwrap_or("null")
        )
    }
}

/// Bytes in hexadecimal.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    digits.map(byte).collect()
}

#[cfg(test)]
mod tests;
