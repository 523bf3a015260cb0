//! Names AWS gives to things, as types: an account is not a user pool.

use std::{fmt, sync::Arc};

use serde::{Serialize, Serializer};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it stands in the record.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text as it stands in the record.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

id!(
    /// An AWS account, twelve digits.
    AccountId
);
id!(
    /// An AWS Region, such as `eu-west-1`.
    Region
);
id!(
    /// A user pool, such as `eu-west-1_AbCdEfGhI`.
    UserPoolId
);
id!(
    /// An app client; tokens and logs call it `client_id`.
    AppClientId
);
id!(
    /// CloudTrail's `eventID`, CloudWatch's `eventId`, else a hash of source, stream, time,
    /// message and ordinal.
    EventId
);
