//! People, service accounts, and groups of them. Who may do what stands in [`super::access`].

use crate::{
    id::{GrantId, GroupId, PersonId, UnitId},
    organisation::Role,
    time::Instant,
};

/// What an account stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonKind {
    /// Somebody who signs in.
    Human,
    /// A program with tokens; it never signs in.
    Service,
}

impl PersonKind {
    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            PersonKind::Human => "human",
            PersonKind::Service => "service",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [PersonKind::Human, PersonKind::Service].into_iter().find(|kind| kind.code() == code)
    }
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonState {
    /// It can.
    Active,
    /// It cannot until an administrator allows it again.
    Inactive,
    /// Its personal data is gone for ever; the id stays where others refer to it.
    Erased,
}

impl PersonState {
    /// All states.
    pub const ALL: [PersonState; 3] = [PersonState::Active, PersonState::Inactive, PersonState::Erased];

    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            PersonState::Active => "active",
            PersonState::Inactive => "inactive",
            PersonState::Erased => "erased",
        }
    }

    /// The state with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        PersonState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// What it stands for.
    pub kind: PersonKind,
    /// Whether it can be used.
    pub state: PersonState,
    /// The name others see.
    pub name: String,
    /// The address that the person signs in with and gets mail at, in small letters; services have none.
    pub email: Option<String>,
    /// The short name that comments mention, such as `mira`; unique.
    pub handle: String,
    /// Whether the account signs in with its own password where everybody else has to use single sign-on. Every
    /// use of it is told to the owners.
    pub is_break_glass: bool,
    /// When it was created.
    pub created_at: Instant,
}

/// People who are granted roles together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name; unique.
    pub name: String,
    /// The id under which a directory knows it; such a group is filled by that directory alone.
    pub external_id: Option<String>,
}

/// Who is granted a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grantee {
    /// A person.
    Person(PersonId),
    /// Everybody in a group.
    Group(GroupId),
    /// Everybody who can sign in.
    Everybody,
}

/// A role given to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// To whom.
    pub to: Grantee,
    /// Which.
    pub role: Role,
    /// Where; `None` is the whole organisation.
    pub unit: Option<UnitId>,
}

/// What somebody is to a unit apart from what they may do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accountability {
    /// Wants it, pays for it, and decides where others cannot.
    Sponsor,
    /// Answers for what comes out.
    Owner,
    /// Leads the people.
    Lead,
    /// Helps it work well.
    Facilitator,
}

impl Accountability {
    /// All of them, from the widest.
    pub const ALL: [Accountability; 4] =
        [Accountability::Sponsor, Accountability::Owner, Accountability::Lead, Accountability::Facilitator];

    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Accountability::Sponsor => "sponsor",
            Accountability::Owner => "owner",
            Accountability::Lead => "lead",
            Accountability::Facilitator => "facilitator",
        }
    }

    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Accountability::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// Why a name, address or password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAccount {
    /// Not a name.
    #[error("a name has 1 to 120 characters, without line breaks and other control characters")]
    Name,
    /// Not an address.
    #[error("expected a mail address such as mira@example.org")]
    Email,
    /// A password that is quickly guessed.
    #[error(
        "a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters; a few words that don't belong together are good"
    )]
    Password,
}

/// The shortest password.
pub const LEAST_PASSWORD: usize = 12;
/// The longest password: it is hashed whole.
pub const MOST_PASSWORD: usize = 128;

/// A name, without spaces at its ends.
pub fn checked_name(name: &str) -> Result<String, BadAccount> {
    let name = name.trim();
    let fits = (1..=120).contains(&name.chars().count()) && !name.contains(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(BadAccount::Name) }
}

/// A mail address, in small letters. Only a message that arrives proves an address; this refuses what cannot be one.
pub fn checked_email(email: &str) -> Result<String, BadAccount> {
    let email = email.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@').ok_or(BadAccount::Email)?;
    let plain = |text: &str| {
        !text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>()[],;:\"\\@".contains(c))
    };
    let fits = !name.is_empty() && plain(name) && plain(host) && email.len() <= 254;
    let is_host = !host.is_empty() && host.split('.').all(|part| !part.is_empty());
    if fits && is_host { Ok(email) } else { Err(BadAccount::Email) }
}

/// Whether a password is long enough and not too long.
pub fn check_password(password: &str) -> Result<(), BadAccount> {
    let length = password.chars().count();
    let is_varied = password.chars().collect::<std::collections::HashSet<_>>().len() >= 5;
    if (LEAST_PASSWORD..=MOST_PASSWORD).contains(&length) && is_varied {
        Ok(())
    } else {
        Err(BadAccount::Password)
    }
}

/// A handle made from a name, that `taken` does not hold yet: `Mira Sörensen` becomes `mira.sörensen`.
pub fn handle_from_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut handle = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            handle.push(c);
        } else if !handle.is_empty() && !handle.ends_with('.') {
            handle.push('.');
        }
    }
    let handle: String = handle.trim_end_matches('.').chars().take(40).collect();
    let handle = if handle.is_empty() { "person".to_owned() } else { handle };
    let mut candidate = handle.clone();
    let mut n = 1;
    while taken(&candidate) {
        n += 1;
        candidate = format!("{handle}{n}");
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (text, email) in [("Mira@Example.org ", "mira@example.org"), ("a+b@localhost", "a+b@localhost")] {
            assert_eq!(checked_email(text), Ok(email.to_owned()));
        }
        for text in
            ["", "mira", "@example.org", "mira@", "mira@example..org", "a b@example.org", "a\n@example.org"]
        {
            assert_eq!(checked_email(text), Err(BadAccount::Email), "{text}");
        }
    }

    #[test]
    fn short_and_monotonous_passwords_are_refused() {
        assert_eq!(check_password("correct horse battery"), Ok(()));
        for password in ["", "elevenchars", "aaaaaaaaaaaaaaaa", &"long".repeat(40)] {
            assert_eq!(check_password(password), Err(BadAccount::Password), "{password}");
        }
    }

    #[test]
    fn handles_are_unique() {
        assert_eq!(handle_from_name("Mira Sörensen", |_| false), "mira.sörensen");
        assert_eq!(handle_from_name("Mira", |handle| handle == "mira"), "mira2");
        assert_eq!(handle_from_name("…", |_| false), "person");
    }
}
