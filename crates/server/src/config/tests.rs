//! What is read from flags, variables and files, and what is said about mistakes.

use std::path::Path;

use super::{
    Config, Sources,
    command::{example, shown},
    settings::{SETTINGS, Setting, variable},
    sources::Source,
};

fn given(file: &str, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Sources {
    let mut sources = Sources::default();
    sources.add_file(Path::new("headway.toml"), file);
    sources.add_environment(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    sources.add_flags(flags.iter().map(|(key, value)| (*key, (*value).to_owned())));
    sources
}

fn problems(mut sources: Sources) -> Vec<String> {
    // Also what can be read may have contradicted itself.
    let _ = Config::read(&mut sources);
    sources.problems
}

#[test]
fn nothing_has_to_be_said() {
    let mut sources = given("", &[], &[]);
    let config = Config::load(&mut sources).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:4400");
    assert_eq!(config.site.limits.body, 4 << 20);
    assert!(config.mail.is_none() && config.otlp.is_none() && config.database.is_none());
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\ndrain = \"1s\"\nlease = 7\n";
    let variables = [("HEADWAY_LISTEN", "127.0.0.1:2"), ("HEADWAY_DRAIN", "2s")];
    let mut sources = given(file, &variables, &[("listen", "127.0.0.1:3")]);
    let config = Config::load(&mut sources).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.drain.as_secs(), 2);
    assert_eq!(config.lease.as_secs(), 7);
    assert_eq!(sources.source("listen"), Source::Flag);
    assert_eq!(sources.source("drain"), Source::Variable("HEADWAY_DRAIN".to_owned()));
    assert_eq!(sources.source("lease"), Source::File("headway.toml".into(), 3));
    assert_eq!(sources.source("log"), Source::Usual);
}

#[test]
fn an_unknown_name_is_a_mistake_that_is_named() {
    let told = problems(given("listen = \"127.0.0.1:1\"\n[mail]\nhots = \"x\"\n", &[], &[]));
    assert_eq!(told, ["there is no setting mail.hots; did you mean mail.host? (headway.toml line 3)"]);
    let told = problems(given("public_ulr = \"x\"", &[], &[]));
    assert_eq!(told, ["there is no setting public_ulr; did you mean public_url? (headway.toml line 1)"]);
    let told = problems(given("[nothing]\nlike = \"it\"", &[], &[]));
    assert_eq!(told.len(), 1);
    let doubts =
        given("", &[("HEADWAY_PUBLIC_ULR", "x"), ("HEADWAY_SERVER", "x"), ("PATH", "x")], &[]).doubts;
    assert_eq!(
        doubts,
        ["the environment variable HEADWAY_PUBLIC_ULR means nothing; did you mean HEADWAY_PUBLIC_URL?"]
    );
}

#[test]
fn every_mistake_is_told_at_once_and_where_it_was_made() {
    let file =
        "listen = \"nowhere\"\nlease = \"soon\"\ntrusted_proxies = [\"10.0.0.0/8\", \"x\"]\nlog = [\"a\"]\n";
    let told = problems(given(file, &[("HEADWAY_LIMITS_BODY", "4 XB")], &[]));
    let beginnings =
        ["log is wrong", "listen = ", "trusted_proxies = \"x\"", "limits.body = \"4 XB\"", "lease = "];
    assert_eq!(told.len(), beginnings.len(), "{told:#?}");
    for (told, beginning) in told.iter().zip(beginnings) {
        assert!(told.starts_with(beginning), "{told} does not begin with {beginning}");
    }
    assert!(told[3].ends_with("(the environment variable HEADWAY_LIMITS_BODY)"), "{}", told[3]);
    let broken = problems(given("log = \"info\"\nlisten = \n", &[], &[]));
    assert!(broken[0].starts_with("headway.toml line 2: "), "{broken:?}");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let one = |file: &str| problems(given(file, &[], &[])).join("\n");
    assert_eq!(one("mail.host = \"smtp.example.org\""), "mail.from is missing; mail needs a sender");
    assert_eq!(
        one("database_replica = \"postgres://x\""),
        "database_replica needs a PostgreSQL database in database"
    );
    assert_eq!(one("metrics.listen = \"127.0.0.1:4400\""), "metrics.listen is the same address as listen");
    assert!(one("public_url = \"https://example.org/headway\"").starts_with("public_url = "));
    let both = one("database = \"postgres://x\"\ndatabase_file = \"y\"");
    assert!(both.contains("are both given by the file; keep one of them"), "{both}");
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "open sesame\n").unwrap();
    let text = format!(
        "database = \"postgres://me:hidden@db/headway\"\n[mail]\nhost = \"h\"\nfrom = \"a@b.example\"\npassword_file = {:?}\n\
         [metrics]\ntoken = \"hidden\"\n",
        file.to_str().unwrap()
    );
    let mut sources = given(&text, &[], &[]);
    let config = Config::load(&mut sources).unwrap();
    assert_eq!(config.mail.clone().unwrap().password.unwrap().expose(), "open sesame");
    let text = shown(&sources);
    assert!(!text.contains("hidden") && !text.contains("sesame"), "{text}");
    assert!(text.contains("database = \"postgres://me:***@db/headway\""), "{text}");
    assert!(!format!("{config:?}").contains("hidden"));
    // A stronger source replaces the other way to say it.
    let mut sources = given(&text, &[("HEADWAY_MAIL_PASSWORD", "other")], &[]);
    assert_eq!(Config::load(&mut sources).unwrap().mail.unwrap().password.unwrap().expose(), "other");
    let absent = problems(given("database_file = \"not/there\"", &[], &[]));
    assert!(absent[0].starts_with("database_file: not/there can't be read"), "{absent:?}");
}

#[test]
fn the_example_is_a_configuration() {
    let text: String = example()
        .lines()
        .filter(|line| !line.contains("_file = \"/run/secrets"))
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let mut sources = given(&text, &[], &[]);
    let config = Config::load(&mut sources).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(config.site.trusted_proxies.len(), 2);
    for setting in SETTINGS {
        assert!(matches!(sources.source(setting.key), Source::File(..)), "{} is in the example", setting.key);
    }
    // What is shown is a configuration as well.
    let again = shown(&given("", &[], &[]));
    assert!(Config::load(&mut given(&again, &[], &[])).is_ok(), "{again}");
}

#[test]
fn every_setting_is_read() {
    let mut sources = given("", &[], &[]);
    Config::load(&mut sources).unwrap();
    for setting in SETTINGS {
        assert!(sources.asked.contains(setting.key), "{} is in the list, and nothing reads it", setting.key);
    }
    for key in &sources.asked {
        assert!(Setting::named(key).is_some(), "{key} is read, and not in the list");
    }
}

#[test]
fn the_guide_names_every_setting() {
    let page = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/configuration.md"),
    )
    .unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for setting in SETTINGS {
        let usual = setting.usual.map(|usual| format!("`{usual}`")).unwrap_or_default();
        let row = format!("| `{}` | `{}` | {usual} |", setting.key, variable(setting.key));
        assert!(
            rows.iter().any(|it| it.starts_with(&row)),
            "docs/guide/configuration.md has no row that begins with {row}"
        );
    }
    for row in rows {
        let key = row.split('`').nth(1).unwrap();
        assert!(
            Setting::named(key).is_some(),
            "docs/guide/configuration.md has a row for {key}, which is no setting"
        );
    }
}
