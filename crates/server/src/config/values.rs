//! How the values of settings are read and written.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use ipnet::IpNet;
use jiff::SignedDuration;

/// Words that nobody else should see: they are not printed with `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The words themselves, for whoever has to hand them over.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A length of time: `15s`, `1m 30s`, or a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length(pub Duration);

impl FromStr for Length {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a length of time such as 15s or 2m";
        let seconds = text.parse().ok().map(Duration::try_from_secs_f64);
        let length = seconds.and_then(Result::ok).or_else(|| {
            let length: SignedDuration = text.parse().ok()?;
            length.try_into().ok()
        });
        length.map(Length).ok_or(EXPECTED)
    }
}

/// A number of bytes: `4 MiB`, `512 KiB`, or just a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim_end_matches(|it: char| !it.is_ascii_digit());
        let shift = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
            "" | "b" => Some(0),
            "k" | "kb" | "kib" => Some(10),
            "m" | "mb" | "mib" => Some(20),
            "g" | "gb" | "gib" => Some(30),
            _ => None,
        };
        let size = digits.parse::<usize>().ok().zip(shift);
        let size = size.and_then(|(number, shift)| number.checked_mul(1 << shift));
        size.map(Size).ok_or("expected a number of bytes such as 4 MiB")
    }
}

/// An address, or a network of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(pub IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let net = text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
        net.map(Network).ok_or("expected an address such as 10.20.0.5 or a network such as 10.20.0.0/16")
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("expected text or json"),
        }
    }
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// Not at all.
    None,
    /// After asking for it.
    StartTls,
    /// From the first byte.
    Tls,
}

impl FromStr for MailTls {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(MailTls::None),
            "starttls" => Ok(MailTls::StartTls),
            "tls" => Ok(MailTls::Tls),
            _ => Err("expected starttls, tls or none"),
        }
    }
}

/// A share from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio(pub f64);

impl FromStr for Ratio {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.map(Ratio).ok_or("expected a number from 0 to 1")
    }
}

/// The same address with its password, if it has one, replaced.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return MASK.to_owned() };
    let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, query)| (address, query));
    let address = match address.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{MASK}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => address.to_owned(),
    };
    // A password may stand among the options, too.
    let query = if query.to_lowercase().contains("password") { MASK } else { query };
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{address}{mark}{query}")
}

/// What stands in the place of a secret.
pub const MASK: &str = "***";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_are_read_as_people_write_them() {
        let length = |text: &str| text.parse::<Length>().map(|it| it.0);
        assert_eq!(length("15s"), Ok(Duration::from_secs(15)));
        assert_eq!(length("1m 30s"), Ok(Duration::from_secs(90)));
        assert_eq!(length("0.4"), Ok(Duration::from_millis(400)));
        for wrong in ["", "soon", "-1", "-3s", "15 parsecs", "inf", "NaN", "1e300"] {
            assert!(length(wrong).is_err(), "{wrong:?}");
        }
        let size = |text: &str| text.parse::<Size>().map(|it| it.0);
        assert_eq!(size("4 MiB"), Ok(4 << 20));
        assert_eq!(size("512k"), Ok(512 << 10));
        assert_eq!(size("17"), Ok(17));
        for wrong in ["", "MiB", "4 XB", "-4", "1.5 MiB", "99999999999999999999", "18446744073709551615 GiB"]
        {
            assert!(size(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn passwords_of_addresses_are_not_shown() {
        assert_eq!(without_password("postgres://me:a@b:c@host/db"), "postgres://me:***@host/db");
        assert_eq!(
            without_password("postgres://me@host/db?sslmode=require"),
            "postgres://me@host/db?sslmode=require"
        );
        assert_eq!(without_password("postgres://host/db?password=x"), "postgres://host/db?***");
        assert_eq!(without_password("no address at all"), MASK);
        assert_eq!(format!("{:?}", Secret::from("x".to_owned())), "Secret");
    }
}
