//! Every setting there is: its name, what it is for, what it is when nobody says.
//!
//! The example file, the environment variables, `headway config show` and the reading of values all come from this list;
//! a test holds the guide's page against it.

/// What a setting looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A whole number or one with a point.
    Number,
    /// A length of time, such as `15s` or `2m`.
    Duration,
    /// A number of bytes, such as `4 MiB`.
    Size,
    /// Several values: an array in the file, separated by commas elsewhere.
    List,
    /// Words that nobody else should see. `NAME_file` names a file that holds them instead.
    Secret,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file; a point stands before a name within a table.
    pub key: &'static str,
    /// What it looks like.
    pub kind: Kind,
    /// What it is when nobody says. A list without an entry is empty; everything else is then unset.
    pub usual: Option<&'static str>,
    /// What it could be, for the example file, where there is no usual value.
    pub example: &'static str,
    /// What it is for.
    pub about: &'static str,
}

impl Setting {
    const fn new(key: &'static str, kind: Kind, about: &'static str) -> Self {
        Setting { key, kind, usual: None, example: "", about }
    }

    const fn usually(self, usual: &'static str) -> Self {
        Setting { usual: Some(usual), ..self }
    }

    const fn such_as(self, example: &'static str) -> Self {
        Setting { example, ..self }
    }

    /// The setting with this name, and whether the name is that of the file which holds it.
    pub fn named(key: &str) -> Option<(&'static Setting, bool)> {
        let find = |key: &str| SETTINGS.iter().find(|it| it.key == key);
        find(key).map(|it| (it, false)).or_else(|| {
            let setting = find(key.strip_suffix(FILE)?)?;
            (setting.kind == Kind::Secret).then_some((setting, true))
        })
    }

    /// Its names: its own, and for a secret that of the file which holds it.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let file = (self.kind == Kind::Secret).then(|| format!("{}{FILE}", self.key));
        std::iter::once(self.key.to_owned()).chain(file)
    }
}

/// What the name of a file that holds a secret ends with.
pub const FILE: &str = "_file";

/// The environment variable of a name.
pub fn variable(key: &str) -> String {
    format!("HEADWAY_{}", key.replace('.', "_").to_uppercase())
}

/// All settings, in the order in which a person meets them.
pub const SETTINGS: &[Setting] = &[
    Setting::new("data_dir", Kind::Text, "The folder for uploaded files and, without PostgreSQL, for the database. It is created when it is missing.")
        .usually("headway-data"),
    Setting::new("database", Kind::Secret, "A PostgreSQL database. Without it, SQLite in the data folder is used, for one server process only.")
        .such_as("postgres://headway:password@db.example.org/headway"),
    Setting::new("database_replica", Kind::Secret, "A read-only copy of the PostgreSQL database, for figures that may be a little late.")
        .such_as("postgres://headway:password@replica.example.org/headway"),
    Setting::new("listen", Kind::Text, "The address and port to listen on. There is no TLS here: a proxy in front does that.")
        .usually("127.0.0.1:4400"),
    Setting::new("public_url", Kind::Text, "The address people use, as it stands in the browser, without a path. It decides about cookies, allowed hosts and links in mail.")
        .such_as("https://headway.example.org"),
    Setting::new("allowed_hosts", Kind::List, "Further names under which the server may be asked. That of public_url and those of this machine itself are always allowed.")
        .such_as("headway.internal"),
    Setting::new("trusted_proxies", Kind::List, "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.")
        .such_as("127.0.0.1, 10.0.0.0/8"),
    Setting::new("secret_key_file", Kind::Text, "The file with the key that protects stored secrets. Several servers on one database need the same. Without it, secret.key in the data folder.")
        .such_as("/etc/headway/secret.key"),
    Setting::new("lease", Kind::Duration, "How long a job runner may be silent before another takes its job over.").usually("15s"),
    Setting::new("drain", Kind::Duration, "How long /readyz says no before the server stops, so that a proxy can turn elsewhere first.").usually("0s"),
    Setting::new("log", Kind::Text, "What to log, such as info or headway_app=debug.").usually("warn,headway=info"),
    Setting::new("log_format", Kind::Text, "How to log: text, or json for one object a line.").usually("text"),
    Setting::new("metrics.listen", Kind::Text, "An address of its own for /metrics, such as one of an inner network. Whoever reaches it may read.")
        .such_as("127.0.0.1:4401"),
    Setting::new("metrics.token", Kind::Secret, "Serves /metrics at the main address, to those who send this as a bearer token.")
        .such_as("a long random text"),
    Setting::new("otlp.endpoint", Kind::Text, "Where traces are sent, by OTLP over HTTP. Without it none are.")
        .such_as("http://127.0.0.1:4318"),
    Setting::new("otlp.headers", Kind::Secret, "Headers to send with traces.").such_as("authorization=Bearer 1234"),
    Setting::new("otlp.sample_ratio", Kind::Number, "The share of requests that are traced when the caller has not decided, from 0 to 1.").usually("1"),
    Setting::new("mail.host", Kind::Text, "The SMTP server for mail. Without it no mail is sent.").such_as("smtp.example.org"),
    Setting::new("mail.port", Kind::Number, "Its port.").usually("587"),
    Setting::new("mail.tls", Kind::Text, "How the connection is protected: starttls, tls from the first byte, or none.").usually("starttls"),
    Setting::new("mail.user", Kind::Text, "Who signs in there.").such_as("headway"),
    Setting::new("mail.password", Kind::Secret, "The password of that user.").such_as("secret"),
    Setting::new("mail.from", Kind::Text, "The sender of mail. Required with mail.host.").such_as("Headway <headway@example.org>"),
    Setting::new("outbound.allowed_networks", Kind::List, "Private addresses or networks that webhooks may reach. Without it they reach public addresses only.")
        .such_as("10.20.0.0/16"),
    Setting::new("limits.body", Kind::Size, "The largest body of an ordinary request; uploads have a limit of their own.").usually("4 MiB"),
    Setting::new("limits.header_time", Kind::Duration, "How long a client may take to send the head of a request.").usually("10s"),
    Setting::new("limits.body_time", Kind::Duration, "How long a client may pause while it sends a body.").usually("30s"),
    Setting::new("limits.request_time", Kind::Duration, "How long an answer may take, apart from uploads and event streams.").usually("60s"),
    Setting::new("limits.connections", Kind::Number, "How many connections may be open at once; further ones wait.").usually("4096"),
    Setting::new("limits.requests_per_minute", Kind::Number, "How many requests a caller may make in a minute.").usually("1200"),
];
