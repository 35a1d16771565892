//! The one way from an error to a response: problem details by RFC 9457.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use headway_app::Error;
use serde::de::DeserializeOwned;

use crate::platform::wire::ProblemBody;

/// The result of a handler.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, on its way out.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    pointer: Option<String>,
}

impl Problem {
    /// The request cannot be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Problem {
            status: StatusCode::BAD_REQUEST,
            code: "unreadable_request",
            title: "The request cannot be read",
            detail: detail.into(),
            pointer: None,
        }
    }

    /// The request cannot be read, for a reason that has a status of its own, such as being too large.
    pub fn rejected(status: StatusCode, detail: impl Into<String>) -> Self {
        let too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
        let (code, title) = if too_large {
            ("too_large", "The request is too large")
        } else {
            ("unreadable_request", "The request cannot be read")
        };
        Problem { status, code, title, detail: detail.into(), pointer: None }
    }

    /// The token that came with the request is not or no longer good.
    pub fn bad_token() -> Self {
        Problem {
            status: StatusCode::UNAUTHORIZED,
            code: "bad_token",
            title: "The token is no good",
            detail: "the token is unknown, revoked or has ended; make a new one in your account".to_owned(),
            pointer: None,
        }
    }

    /// A page of another site wants to change something.
    pub fn cross_site() -> Self {
        Problem {
            status: StatusCode::FORBIDDEN,
            code: "cross_site",
            title: "Not allowed from another site",
            detail: "a page of another site may not change anything here".to_owned(),
            pointer: None,
        }
    }

    /// The request is addressed to a name that this server does not know as its own.
    pub fn unknown_name() -> Self {
        Problem {
            status: StatusCode::MISDIRECTED_REQUEST,
            code: "unknown_name",
            title: "Not the name of this server",
            detail: "this server does not know itself under this name; an administrator sets public_url or \
                     allowed_hosts in its configuration"
                .to_owned(),
            pointer: None,
        }
    }

    /// The process should get no requests.
    pub fn not_ready(why: headway_app::platform::Unready) -> Self {
        Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "not_ready",
            title: "Not ready for requests",
            detail: why.to_string(),
            pointer: None,
        }
    }

    /// The path and the query together are longer than anything that is asked for here.
    pub fn address_too_long() -> Self {
        Problem {
            status: StatusCode::URI_TOO_LONG,
            code: "address_too_long",
            title: "The address is too long",
            detail: "nothing here has an address of more than 8 KiB".to_owned(),
            pointer: None,
        }
    }

    /// The answer was given up.
    pub fn took_too_long() -> Self {
        Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "took_too_long",
            title: "This took too long",
            detail: "the server gave up; ask for less at once, or try again later".to_owned(),
            pointer: None,
        }
    }

    /// There is nothing under this address.
    pub fn no_such_address() -> Self {
        Problem {
            status: StatusCode::NOT_FOUND,
            code: "no_such_address",
            title: "There is nothing under this address",
            detail: "see /api/docs for the addresses that exist".to_owned(),
            pointer: None,
        }
    }

    /// The address exists, but not for this method.
    pub fn no_such_method() -> Self {
        Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: "no_such_method",
            title: "This can't be done here",
            detail: "see /api/docs for what each address can do".to_owned(),
            pointer: None,
        }
    }

    /// How many are wanted, where an answer has a most; `usual` when nobody says.
    pub fn check_limit(limit: Option<u32>, usual: u32, most: u32) -> Result<u32> {
        match limit.unwrap_or(usual) {
            limit if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(Problem::invalid("limit", format!("expected 1 to {most}"))),
        }
    }

    /// A value of the request that makes no sense.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Error::invalid(field, message).into()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, code, title) = match &error {
            Error::NotFound(_) => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            Error::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Error::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first"),
            Error::Invalid { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Something in the request is wrong")
            }
            Error::Stale => (StatusCode::CONFLICT, "stale", "Somebody else was faster"),
            Error::Conflict(_) => (StatusCode::CONFLICT, "conflict", "This can't be done now"),
            Error::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The database cannot be reached")
            }
            Error::Internal(cause) => {
                tracing::error!(cause = cause.as_ref() as &dyn std::error::Error, "request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong inside")
            }
        };
        let pointer = match &error {
            Error::Invalid { field, .. } => Some(format!("/{field}")),
            _ => None,
        };
        Problem { status, code, title, detail: error.to_string(), pointer }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("https://headway.invalid/problems/{}", self.code),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code.to_owned(),
            pointer: self.pointer,
        };
        (self.status, [(header::CONTENT_TYPE, PROBLEM_JSON)], Json(body)).into_response()
    }
}

/// A JSON body whose faults are reported as problems.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Body(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(Problem::invalid("", error.body_text())),
            Err(error) if is_too_slow(&error) => {
                Err(Problem::rejected(StatusCode::REQUEST_TIMEOUT, "the body stopped coming"))
            }
            Err(error) => Err(Problem::rejected(error.status(), error.body_text())),
        }
    }
}

/// Whether a body was given up because nothing more came.
fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(<dyn std::error::Error>::is::<tower_http::timeout::TimeoutError>)
}

/// Query parameters whose faults are reported as problems.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Query(query)),
            Err(error) => Err(Problem::unreadable(error.body_text())),
        }
    }
}

/// Parts of the path whose faults are reported as problems.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Path(path)),
            // A path that cannot be one of ours names nothing.
            Err(_) => Err(Error::NotFound("record").into()),
        }
    }
}
