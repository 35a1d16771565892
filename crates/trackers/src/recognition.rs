//! What a file is, from its content, and its rows.

use std::io::{self, BufRead, Read};

use headway_domain::work::{Location, Problem, Row};

use crate::{
    Contents, Dialect, Format, Input, LeftOut, Recognised, Rows, Source, Unreadable, azure, change_table,
    container::{self, Bytes, Member, MemberStream, SAMPLE_BYTES, Sample, Utf8, broken},
    devlake, git, github, gitlab, item_table, jira, redmine, sprints, stage_dates, trello, xes,
};

/// The module of a format: see the head of [`container`].
struct FormatModule {
    formats: &'static [Format],
    recognise: fn(&Sample) -> Option<Recognised>,
    rows: fn(Box<dyn BufRead + Send>, String, &Dialect) -> Rows,
}

/// All formats that are streams, the most specific first: the first that recognises a sample reads it.
const FORMATS: &[FormatModule] = &[
    FormatModule { formats: &[Format::JiraJson], recognise: jira::recognise, rows: jira::rows },
    FormatModule { formats: &[Format::GithubJson], recognise: github::recognise, rows: github::rows },
    FormatModule { formats: &[Format::GitlabExport], recognise: gitlab::recognise, rows: gitlab::rows },
    FormatModule { formats: &[Format::AzureJson], recognise: azure::recognise, rows: azure::rows },
    FormatModule { formats: &[Format::RedmineJson], recognise: redmine::recognise, rows: redmine::rows },
    FormatModule { formats: &[Format::TrelloJson], recognise: trello::recognise, rows: trello::rows },
    FormatModule { formats: &[Format::Xes], recognise: xes::recognise, rows: xes::rows },
    FormatModule {
        formats: &[Format::GitFastExport],
        recognise: git::fast_export::recognise,
        rows: git::fast_export::rows,
    },
    FormatModule { formats: &[Format::DevlakeRaw], recognise: devlake::recognise, rows: devlake::rows },
    FormatModule { formats: &[Format::JiraCsv], recognise: jira::recognise_csv, rows: jira::csv_rows },
    FormatModule { formats: &[Format::AzureCsv], recognise: azure::recognise_csv, rows: azure::csv_rows },
    FormatModule { formats: &[Format::SprintTable], recognise: sprints::recognise, rows: sprints::rows },
    FormatModule {
        formats: &[Format::ChangeTable],
        recognise: change_table::recognise,
        rows: change_table::rows,
    },
    FormatModule {
        formats: &[Format::StageDates],
        recognise: stage_dates::recognise,
        rows: stage_dates::rows,
    },
    FormatModule { formats: &[Format::ItemTable], recognise: item_table::recognise, rows: item_table::rows },
];

/// Formats that know files in which there is nothing to import, and say why.
const LEFT_OUT: &[fn(&Sample) -> Option<String>] =
    &[jira::left_out, gitlab::left_out, devlake::left_out, sprints::left_out];

/// Finds out what a file holds, from its content.
pub fn recognise(input: &Input) -> Result<Contents, Unreadable> {
    if input.path.is_dir() {
        let recognised = git::repository::recognise(&input.path)?;
        return Ok(Contents { sources: vec![whole(input, recognised)], left_out: Vec::new() });
    }
    let bytes = container::open(&input.path).map_err(|error| unopened(&error))?;
    let (start, bytes) = container::peek(bytes, SAMPLE_BYTES + 1).map_err(|error| unopened(&error))?;
    if container::is_tar(&start) {
        return recognise_members(input, bytes);
    }
    let recognised = recognise_start(&input.name, &start).map_err(|reason| Unreadable { reason })?;
    Ok(Contents { sources: vec![whole(input, recognised)], left_out: Vec::new() })
}

/// Finds out what bytes are of which the first [`SAMPLE_BYTES`] (and one more, if there are more) are given, by
/// all formats that are streams.
pub fn recognise_start(name: &str, start: &[u8]) -> Result<Recognised, String> {
    if let Some(reason) = foreign(start) {
        return Err(reason.to_owned());
    }
    let is_whole = start.len() <= SAMPLE_BYTES;
    let sample = Sample::new(name, &start[..start.len().min(SAMPLE_BYTES)], is_whole);
    if let Some(reason) = LEFT_OUT.iter().find_map(|left_out| left_out(&sample)) {
        return Err(reason);
    }
    FORMATS.iter().find_map(|format| (format.recognise)(&sample)).ok_or_else(|| unknown(&sample))
}

fn whole(input: &Input, recognised: Recognised) -> Source {
    Source { input: input.clone(), members: Vec::new(), recognised }
}

fn unopened(error: &io::Error) -> Unreadable {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read; change its permissions".to_owned(),
        io::ErrorKind::UnexpectedEof => {
            "the packed file breaks off; fetch it again, it was not copied whole".to_owned()
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            format!("the packed file is damaged ({error}); fetch it again")
        }
        _ => format!("the file can't be read: {error}"),
    };
    Unreadable { reason }
}

/// Recognises each member of an archive; members of one format and dialect are read as one source.
fn recognise_members(input: &Input, bytes: Bytes) -> Result<Contents, Unreadable> {
    let mut contents = Contents { sources: Vec::new(), left_out: Vec::new() };
    let walked = container::each_member(bytes, |member, reader| {
        let Member { path, .. } = member;
        match start_of(reader)
            .map_err(|error| broken(&error).reason)
            .and_then(|it| recognise_start(&path, &it))
        {
            Ok(recognised) => add_member(&mut contents.sources, input, path, recognised),
            Err(reason) => contents.left_out.push(LeftOut { member: path, reason }),
        }
    });
    if let Err(error) = walked {
        let reason = broken(&error).reason;
        contents.left_out.push(LeftOut { member: "the rest of the archive".to_owned(), reason });
    }
    if contents.sources.is_empty() {
        let reason = match contents.left_out.first() {
            Some(LeftOut { member, reason }) => {
                format!("the archive holds nothing that can be imported; of {member:?}: {reason}")
            }
            None => "the archive is empty".to_owned(),
        };
        return Err(Unreadable { reason });
    }
    Ok(contents)
}

/// The unpacked start of a member, which may be packed itself.
fn start_of(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let most = SAMPLE_BYTES as u64 + 1;
    let mut start = Vec::new();
    reader.take(most).read_to_end(&mut start)?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let packed = std::mem::take(&mut start);
        let is_cut = packed.len() as u64 == most;
        let result =
            container::unpacked(Box::new(io::Cursor::new(packed)))?.take(most).read_to_end(&mut start);
        // The packed start of a long member breaks off where it was cut.
        if let Err(error) = result
            && !is_cut
        {
            return Err(error);
        }
    }
    Ok(start)
}

fn add_member(sources: &mut Vec<Source>, input: &Input, path: String, recognised: Recognised) {
    let is_alike = |it: &&mut Source| {
        it.recognised.format == recognised.format
            && it.recognised.dialect == recognised.dialect
            && it.recognised.items_are_whole == recognised.items_are_whole
    };
    let Some(source) = sources.iter_mut().find(is_alike) else {
        sources.push(Source { input: input.clone(), members: vec![path], recognised });
        return;
    };
    source.members.push(path);
    add_new(&mut source.recognised.can, recognised.can);
    add_new(&mut source.recognised.cannot, recognised.cannot);
    add_new(&mut source.recognised.hints, recognised.hints);
}

/// Adds what is not in it yet.
fn add_new<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for it in more {
        if !all.contains(&it) {
            all.push(it);
        }
    }
}

/// Reads a source, with the dialect it carries.
pub fn read(source: &Source) -> Result<Rows, Unreadable> {
    let Recognised { format, dialect, .. } = &source.recognised;
    if *format == Format::GitRepository {
        return git::repository::rows(&source.input.path, &source.input.name);
    }
    let open = || container::open(&source.input.path).map_err(|error| unopened(&error));
    if source.members.is_empty() {
        return rows_of(*format, open()?, source.input.name.clone(), dialect);
    }
    let mut members = Vec::new();
    let wanted: std::collections::HashSet<&str> = source.members.iter().map(String::as_str).collect();
    container::each_member(open()?, |member, _| {
        if wanted.contains(member.path.as_str()) {
            members.push(member);
        }
    })
    // What is missing at the end is said when its turn comes.
    .or_else(|error| if members.is_empty() { Err(unopened(&error)) } else { Ok(()) })?;
    Ok(Box::new(MemberRows {
        stream: MemberStream::new(open()?),
        members: members.into_iter(),
        source: source.clone(),
        current: None,
    }))
}

/// The rows of an unpacked stream of a format.
pub fn rows_of(format: Format, bytes: Bytes, file: String, dialect: &Dialect) -> Result<Rows, Unreadable> {
    let Some(module) = FORMATS.iter().find(|it| it.formats.contains(&format)) else {
        return Err(Unreadable { reason: format!("a {format:?} can't be read from a file") });
    };
    Ok((module.rows)(Box::new(Utf8::new(bytes, dialect)), file, dialect))
}

struct MemberRows {
    stream: MemberStream,
    members: std::vec::IntoIter<Member>,
    source: Source,
    current: Option<Rows>,
}

impl Iterator for MemberRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.current.as_mut().and_then(Iterator::next) {
                return Some(row);
            }
            self.current = None;
            let member = self.members.next()?;
            let file = format!("{}/{}", self.source.input.name, member.path);
            let Recognised { format, dialect, .. } = &self.source.recognised;
            let problem = match self.stream.open(&member) {
                Ok(bytes) => match rows_of(*format, bytes, file.clone(), dialect) {
                    Ok(rows) => {
                        self.current = Some(rows);
                        continue;
                    }
                    Err(Unreadable { reason }) => Problem { key: None, reason },
                },
                Err(error) => broken(&error),
            };
            return Some(Row {
                location: Location { file, line: 1 },
                record: Err(problem),
                oddities: Vec::new(),
            });
        }
    }
}

/// What a file is that is certainly none of ours, as one sentence that says what to do.
fn foreign(start: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"%PDF", "it is a PDF document; export the items as CSV or JSON instead"),
        (
            b"PK\x03\x04",
            "it is an Excel workbook or a zip archive; save the sheet as CSV, or unpack the archive first",
        ),
        (b"PK\x05\x06", "it is an empty zip archive"),
        (b"\xd0\xcf\x11\xe0", "it is an old Excel or Word file; save the sheet as CSV first"),
        (b"\x89PNG", "it is an image; export the items as CSV or JSON instead"),
        (b"\xff\xd8\xff", "it is an image; export the items as CSV or JSON instead"),
        (b"GIF8", "it is an image; export the items as CSV or JSON instead"),
        (b"RIFF", "it is an image, a sound or a film; export the items as CSV or JSON instead"),
        (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it first"),
        (b"Rar!", "it is a rar archive; unpack it first"),
        (b"\xfd7zXZ", "it is packed with xz; unpack it first, or pack it with gzip"),
        (b"BZh", "it is packed with bzip2; unpack it first, or pack it with gzip"),
        (b"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it first, or pack it with gzip"),
        (b"SQLite format 3\0", "it is a database file; export its tables as CSV first"),
        (b"\x7fELF", "it is a program"),
        (b"MZ\x90", "it is a program"),
        (b"# v2 git bundle", "it is a git bundle; clone it and choose the folder of the clone"),
        (b"# v3 git bundle", "it is a git bundle; clone it and choose the folder of the clone"),
    ];
    if start.iter().all(u8::is_ascii_whitespace) {
        return Some("the file is empty; export it again");
    }
    if let Some((_, reason)) = KINDS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(reason);
    }
    let encoding = crate::dialect::encoding_of(start);
    let (text, ..) = encoding.decode(&start[..start.len().min(1 << 14)]);
    let text = text.trim_start();
    let opening: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    if opening.starts_with("<!doctype html") || opening.starts_with("<html") {
        return Some(
            "it is a web page, perhaps the sign-in page of the tracker; sign in and export the items as CSV or JSON",
        );
    }
    let strange = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    if strange * 20 > text.chars().count() || text.contains('\0') {
        return Some("it is no text but bytes of an unknown kind; export the items as CSV or JSON");
    }
    None
}

/// What to say of a text that no format recognises.
fn unknown(sample: &Sample) -> String {
    if let Some(table) = &sample.table
        && table.head.names.len() > 1
    {
        let names =
            table.head.names.iter().take(12).map(|it| format!("{it:?}")).collect::<Vec<_>>().join(", ");
        return format!(
            "it is a table, but its columns say neither which item a row is of nor when anything happened; a \
             column such as \"id\" and one with dates are needed, the columns are {names}"
        );
    }
    if sample.table.is_none() && sample.dialect.delimiter.is_some() {
        return "it may be a table, but its first line does not name the columns; add a line such as \
                \"id,status,created,closed\" at the top"
            .to_owned();
    }
    match sample.text.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => {
            "it is JSON, but of no tracker that is known here; known are Jira, GitHub, GitLab, \
                              Azure DevOps, Redmine and Trello"
                .to_owned()
        }
        Some(b'<') => "it is XML, but no XES event log; export the items as CSV or JSON".to_owned(),
        _ => "it is text, but in no format that is known here; export the items as CSV or JSON".to_owned(),
    }
}
