//! Where values come from: flags before the environment, the environment before the file, the file before what is usual.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use toml::de::{DeTable, DeValue};

use super::{
    settings::{FILE, Kind, SETTINGS, Setting, variable},
    values::{MASK, Secret, without_password},
};

/// A value; without one, a problem was noted.
pub type Read<T> = Result<T, Noted>;

/// A problem was noted among [`Sources::problems`].
#[derive(Clone, Copy, Debug)]
pub struct Noted;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// An environment variable.
    Variable(String),
    /// A line of the file.
    File(PathBuf, usize),
    /// Nobody said anything.
    Usual,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag => f.write_str("the command line"),
            Source::Variable(name) => write!(f, "the environment variable {name}"),
            Source::File(path, line) => write!(f, "{} line {line}", path.display()),
            Source::Usual => f.write_str("the usual value"),
        }
    }
}

/// A value as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The parts of a list, or one text.
    pub texts: Vec<String>,
    /// Where it comes from.
    pub source: Source,
}

impl Given {
    fn one(text: impl Into<String>, source: Source) -> Self {
        Given { texts: vec![text.into()], source }
    }
}

/// What was given, and what is wrong with it. Reading goes on after a problem, so that all of them can be told at once.
#[derive(Debug, Default)]
pub struct Sources {
    given: BTreeMap<String, Given>,
    /// What keeps the program from starting, one sentence each.
    pub problems: Vec<String>,
    /// What looks like a slip.
    pub doubts: Vec<String>,
    /// The names that were asked for.
    pub asked: BTreeSet<&'static str>,
}

impl Sources {
    /// Adds the lines of a file.
    pub fn add_file(&mut self, path: &Path, text: &str) {
        let line_of = |at: usize| 1 + text[..at].matches('\n').count();
        match DeTable::parse(text) {
            Ok(table) => {
                let mut file = File { path, line_of: &line_of, sources: self };
                file.add(table.get_ref(), "");
            }
            Err(error) => {
                let line = line_of(error.span().map_or(0, |span| span.start));
                self.problems.push(format!("{} line {line}: {}", path.display(), error.message()));
            }
        }
    }

    /// Adds what stands in the environment.
    pub fn add_environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        let names: BTreeMap<String, String> =
            SETTINGS.iter().flat_map(Setting::names).map(|name| (variable(&name), name)).collect();
        for (variable, value) in variables {
            if let Some(name) = names.get(&variable) {
                self.insert(name, Given::one(value, Source::Variable(variable)));
            } else if variable.starts_with("HEADWAY_") && !OTHER_VARIABLES.contains(&variable.as_str()) {
                let near = nearest(&variable, names.keys().map(String::as_str));
                self.doubts.push(format!("the environment variable {variable} means nothing{near}"));
            }
        }
    }

    /// Adds what was said on the command line.
    pub fn add_flags(&mut self, flags: impl IntoIterator<Item = (&'static str, String)>) {
        for (key, value) in flags {
            self.insert(key, Given::one(value, Source::Flag));
        }
    }

    /// Later sources win, also over the other way to give a secret.
    fn insert(&mut self, name: &str, given: Given) {
        if let Some((setting, is_file)) = Setting::named(name) {
            let other = if is_file { setting.key.to_owned() } else { format!("{name}{FILE}") };
            match self.given.get(&other) {
                Some(also) if same_level(&also.source, &given.source) => self.problems.push(format!(
                    "{name} and {other} are both given by {}; keep one of them",
                    level(&given.source)
                )),
                Some(_) => drop(self.given.remove(&other)),
                None => {}
            }
        }
        self.given.insert(name.to_owned(), given);
    }

    /// Where a value comes from.
    pub fn source(&self, key: &str) -> Source {
        self.find(key).map_or(Source::Usual, |given| given.source.clone())
    }

    fn find(&self, key: &str) -> Option<&Given> {
        self.given.get(key).or_else(|| self.given.get(&format!("{key}{FILE}")))
    }

    /// The value as it may be shown, in the form of the file; `None` when there is none.
    pub fn shown(&self, setting: &Setting) -> Option<(String, String)> {
        if setting.kind == Kind::Secret {
            if let Some(given) = self.given.get(&format!("{}{FILE}", setting.key)) {
                return Some((format!("{}{FILE}", setting.key), quoted(&given.texts.concat())));
            }
            let text = self.given.get(setting.key)?.texts.concat();
            let text = if text.contains("://") { without_password(&text) } else { MASK.to_owned() };
            return Some((setting.key.to_owned(), quoted(&text)));
        }
        let texts = match (self.given.get(setting.key), setting.usual) {
            (Some(given), _) => given.texts.clone(),
            (None, Some(usual)) => vec![usual.to_owned()],
            (None, None) => return None,
        };
        Some((setting.key.to_owned(), written(setting.kind, &texts)))
    }

    /// A value that has to be there, which it is when the setting has a usual one.
    pub fn required<T: FromStr<Err: fmt::Display>>(&mut self, key: &'static str) -> Read<T> {
        match self.optional(key)? {
            Some(value) => Ok(value),
            None => {
                self.problems.push(format!("{key} is missing"));
                Err(Noted)
            }
        }
    }

    /// A value that may be missing.
    pub fn optional<T: FromStr<Err: fmt::Display>>(&mut self, key: &'static str) -> Read<Option<T>> {
        self.asked.insert(key);
        let usual = Setting::named(key).and_then(|(setting, _)| setting.usual);
        let Some(given) =
            self.given.get(key).cloned().or_else(|| usual.map(|usual| Given::one(usual, Source::Usual)))
        else {
            return Ok(None);
        };
        let text = given.texts.join(",");
        // An empty variable is the only way to unset one in some places.
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.parse(key, &text, &given.source)?))
    }

    /// The parts of a list.
    pub fn list<T: FromStr<Err: fmt::Display>>(&mut self, key: &'static str) -> Read<Vec<T>> {
        self.asked.insert(key);
        let Some(given) = self.given.get(key).cloned() else { return Ok(Vec::new()) };
        let parts = given.texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        let parts: Vec<Read<T>> =
            parts.filter(|part| !part.is_empty()).map(|part| self.parse(key, part, &given.source)).collect();
        parts.into_iter().collect()
    }

    /// A secret: itself, or what stands in the file that is named instead.
    pub fn secret(&mut self, key: &'static str) -> Read<Option<Secret>> {
        self.asked.insert(key);
        if let Some(given) = self.given.get(key) {
            let text = given.texts.concat();
            return Ok((!text.is_empty()).then(|| text.into()));
        }
        let Some(given) = self.given.get(&format!("{key}{FILE}")) else { return Ok(None) };
        let path = given.texts.concat();
        if path.is_empty() {
            return Ok(None);
        }
        match std::fs::read_to_string(&path).map(|text| text.trim_end_matches(['\r', '\n']).to_owned()) {
            Ok(text) if text.is_empty() => {
                self.problems.push(format!("{key}{FILE}: {path} is empty ({})", given.source));
                Err(Noted)
            }
            Ok(text) => Ok(Some(text.into())),
            Err(error) => {
                self.problems.push(format!("{key}{FILE}: {path} can't be read: {error} ({})", given.source));
                Err(Noted)
            }
        }
    }

    fn parse<T: FromStr<Err: fmt::Display>>(&mut self, key: &str, text: &str, source: &Source) -> Read<T> {
        match text.parse() {
            Ok(value) => Ok(value),
            Err(error) => {
                self.problems.push(format!("{key} = {text:?} is wrong: {error} ({source})"));
                Err(Noted)
            }
        }
    }
}

/// The entries of a file on their way into the sources.
struct File<'a> {
    path: &'a Path,
    line_of: &'a dyn Fn(usize) -> usize,
    sources: &'a mut Sources,
}

impl File<'_> {
    fn add(&mut self, table: &DeTable<'_>, prefix: &str) {
        for (key, value) in table {
            let line = (self.line_of)(key.span().start);
            let name = format!("{prefix}{}", key.get_ref());
            let is_table = SETTINGS.iter().any(|it| it.key.starts_with(&format!("{name}.")));
            match value.get_ref() {
                DeValue::Table(inner) if is_table => self.add(inner, &format!("{name}.")),
                value => self.add_value(&name, value, line),
            }
        }
    }

    fn add_value(&mut self, name: &str, value: &DeValue<'_>, line: usize) {
        let place = format!("{} line {line}", self.path.display());
        let Some((setting, is_file)) = Setting::named(name) else {
            let names: Vec<String> = SETTINGS.iter().flat_map(Setting::names).collect();
            let near = nearest(name, names.iter().map(String::as_str));
            self.sources.problems.push(format!("there is no setting {name}{near} ({place})"));
            return;
        };
        let texts = match value {
            DeValue::Array(parts) if setting.kind == Kind::List => {
                parts.iter().map(|part| scalar(part.get_ref())).collect()
            }
            value => scalar(value).map(|text| vec![text]),
        };
        match texts {
            Some(texts) => {
                let source = Source::File(self.path.to_owned(), line);
                self.sources.insert(name, Given { texts, source });
            }
            None => {
                let expected =
                    if setting.kind == Kind::List && !is_file { "a list of texts" } else { "one value" };
                self.sources.problems.push(format!("{name} is wrong: expected {expected} ({place})"));
            }
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// Variables that tests and developers' commands read, and the one that names the file.
const OTHER_VARIABLES: [&str; 12] = [
    "HEADWAY_API",
    "HEADWAY_BENCH_DIR",
    "HEADWAY_CHROMIUM",
    "HEADWAY_CONFIG",
    "HEADWAY_DATA",
    "HEADWAY_HISTORIES",
    "HEADWAY_KILLS",
    "HEADWAY_KILLS_SEED",
    "HEADWAY_NO_BROWSER",
    "HEADWAY_SERVER",
    "HEADWAY_TEST_POSTGRES",
    "HEADWAY_TEST_SERVER",
];

/// The name that was probably meant, as the end of a sentence.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = names.map(|it| (strsim::jaro_winkler(name, it), it)).max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, near)) if likeness > 0.8 => format!("; did you mean {near}?"),
        _ => String::new(),
    }
}

fn same_level(one: &Source, other: &Source) -> bool {
    level(one) == level(other)
}

fn level(source: &Source) -> &'static str {
    match source {
        Source::Flag => "the command line",
        Source::Variable(_) => "the environment",
        Source::File(..) => "the file",
        Source::Usual => "nobody",
    }
}

/// A value in the form of the file.
pub fn written(kind: Kind, texts: &[String]) -> String {
    match kind {
        Kind::List => {
            let parts =
                texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|it| !it.is_empty());
            format!("[{}]", parts.map(quoted).collect::<Vec<_>>().join(", "))
        }
        Kind::Number => texts.concat(),
        Kind::Text | Kind::Duration | Kind::Size | Kind::Secret => quoted(&texts.concat()),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
