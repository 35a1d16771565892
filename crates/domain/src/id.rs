//! Typed ids: a unit's id cannot be passed where an item's is wanted.

use std::{fmt, str::FromStr};

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map($name)
            }
        }
    )*};
}

ids! {
    /// A node of the organisation: portfolio, value stream, program or team.
    UnitId
    /// A tracker whose data has been imported.
    TrackerId
    /// A work item.
    ItemId
    /// A timebox of a team.
    IterationId
    /// A deployment to production.
    DeploymentId
    /// One import, from check to approval.
    ImportId
    /// A row of the job queue.
    JobId
    /// An account: a person or a service.
    PersonId
    /// People who are granted roles together.
    GroupId
    /// A role given to somebody.
    GrantId
    /// Somebody signed in with a browser.
    SessionId
    /// A token for the API.
    TokenId
    /// An invitation that somebody has not taken up yet, or has.
    InvitationId
}
