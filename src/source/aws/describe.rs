//! Settings as they are now: DescribeUserPoolClient and DescribeUserPool, as the API answers.
//!
//! The answer is handed on as the JSON it came in, so that settings the SDK does not know yet are
//! not lost. A client secret in it is for the caller to drop.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cognitoidentityprovider::Client;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

use super::{Pace, Place, Stop, call::call};

/// Requests per second that an account and Region may make of each of the two calls.
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>
/// (UserPoolRead and UserPoolClientRead, 15 each).
pub const QUOTA: f64 = 15.0;

/// What to describe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A user pool.
    Pool(String),
    /// An app client of a user pool.
    Client(String, String),
}

/// Keeps the body of the last answer.
#[derive(Clone, Debug, Default)]
struct Body(Arc<Mutex<Vec<u8>>>);

impl Intercept for Body {
    fn name(&self) -> &'static str {
        "Body"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

/// The description of a pool or client, as JSON.
///
/// # Errors
///
/// Why there is none.
pub async fn describe(place: &Place, pace: &Pace, subject: &Subject) -> Result<String, Stop> {
    let client = Client::new(&place.config);
    let body = Body::default();
    match subject {
        Subject::Pool(pool) => {
            call(pace, "cognito-idp:DescribeUserPool", || {
                let request = client.describe_user_pool().user_pool_id(pool);
                request.customize().interceptor(body.clone()).send()
            })
            .await?;
        }
        Subject::Client(pool, id) => {
            call(pace, "cognito-idp:DescribeUserPoolClient", || {
                let request = client.describe_user_pool_client().user_pool_id(pool);
                let request = request.client_id(id);
                request.customize().interceptor(body.clone()).send()
            })
            .await?;
        }
    }
    let bytes = body.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
