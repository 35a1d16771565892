//! The stream that `git fast-export` writes. Contents of files are skipped; a commit's key is its original id where
//! the stream has it (`--show-original-ids`), its mark otherwise.

use std::{
    collections::HashMap,
    io::{self, BufRead, Read},
};

use headway_domain::time::Instant;

use super::history::{Commit, History, Tag, names_release, says_repair};
use crate::{
    Dialect, Format, Recognised, Rows,
    container::{Sample, broken, read_line},
};

/// The longest text of a commit that is looked at; of longer ones, the rest is skipped.
const LONGEST_MESSAGE: u64 = 1 << 16;

/// What this is, if it is such a stream.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let first = sample.text.lines().find(|line| !line.trim().is_empty())?;
    let starts = ["feature ", "reset refs/", "commit refs/", "blob", "option git", "tag "];
    let has_commit = ["\ncommit ", "\ncommitter ", "\nmark :"].iter().any(|it| sample.text.contains(it))
        || sample.text.starts_with("commit ");
    (starts.iter().any(|it| first.starts_with(it)) && has_commit)
        .then(|| super::recognised(Format::GitFastExport))
}

/// The deployments and commits of the stream.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    let mut stream = Stream { reader, line: 0, text: Vec::new(), is_held: false };
    let mut builder = Builder::default();
    if let Err(error) = builder.read(&mut stream) {
        builder.history.problems.push((stream.line, broken(&error).reason));
    }
    let group = file.rsplit('/').next().unwrap_or(&file);
    let group = group.strip_suffix(".gz").unwrap_or(group);
    let group = group.split_once('.').map_or(group, |(stem, _)| stem).to_owned();
    builder.history.rows(file, &group)
}

/// Lines, of which the last can be given back, and counted bytes between them.
struct Stream {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    text: Vec<u8>,
    is_held: bool,
}

impl Stream {
    fn advance(&mut self) -> io::Result<Option<String>> {
        if self.is_held {
            self.is_held = false;
        } else {
            if !read_line(&mut self.reader, &mut self.text)? {
                return Ok(None);
            }
            self.line += 1;
        }
        Ok(Some(String::from_utf8_lossy(&self.text).into_owned()))
    }

    /// Gives the last line back.
    fn hold(&mut self) {
        self.is_held = true;
    }

    /// The text after a `data` line; of a long one, its start.
    fn data(&mut self, count: &str) -> io::Result<String> {
        if let Some(end) = count.strip_prefix("<<") {
            let mut text = String::new();
            while let Some(line) = self.advance()? {
                if line == end {
                    break;
                }
                if (text.len() as u64) < LONGEST_MESSAGE {
                    text.push_str(&line);
                    text.push('\n');
                }
            }
            return Ok(text);
        }
        let Ok(count) = count.trim().parse::<u64>() else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "\"data\" is not followed by a number of bytes",
            ));
        };
        let mut bytes = Vec::new();
        let kept = count.min(LONGEST_MESSAGE);
        (&mut self.reader).take(kept).read_to_end(&mut bytes)?;
        let skipped = io::copy(&mut (&mut self.reader).take(count - kept), &mut io::sink())?;
        if bytes.len() as u64 + skipped < count {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What was read so far.
#[derive(Default)]
struct Builder {
    history: History,
    /// Commits by mark.
    marks: HashMap<String, u32>,
    /// Commits by original id.
    ids: HashMap<String, u32>,
    /// The newest commit of each reference.
    heads: HashMap<String, Option<u32>>,
}

impl Builder {
    fn read(&mut self, stream: &mut Stream) -> io::Result<()> {
        while let Some(line) = stream.advance()? {
            let (word, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            match word {
                "commit" => self.commit(rest, stream)?,
                "tag" => self.tag(rest, stream)?,
                "reset" => self.reset(rest, stream)?,
                "data" => drop(stream.data(rest)?),
                "done" => break,
                // Blobs, options, progress; the changes of files after a commit.
                _ => {}
            }
        }
        // A reference set once and for all to a commit is a tag without a text.
        let mut light: Vec<(&String, u32)> =
            self.heads.iter().filter_map(|(name, head)| Some((name, (*head)?))).collect();
        light.sort_unstable();
        for (name, commit) in light {
            let Some(name) = name.strip_prefix("refs/tags/").filter(|it| names_release(it)) else { continue };
            if self.history.tags.iter().any(|tag| tag.name == name) {
                continue;
            }
            let at = self.history.commits[commit as usize].committed_at;
            self.history.tags.push(Tag { at, name: name.to_owned(), commit });
        }
        Ok(())
    }

    fn commit(&mut self, reference: &str, stream: &mut Stream) -> io::Result<()> {
        let line = stream.line;
        let (mut mark, mut id, mut authored, mut committed) = (None, None, None, None);
        let mut is_repair = false;
        let mut parents = Vec::new();
        let mut has_from = false;
        while let Some(text) = stream.advance()? {
            let (word, rest) = text.split_once(' ').unwrap_or((text.as_str(), ""));
            match word {
                "mark" => mark = Some(rest.to_owned()),
                "original-oid" => id = Some(rest.to_owned()),
                "author" => authored = signed_at(rest),
                "committer" => committed = signed_at(rest),
                "data" => is_repair = says_repair(&stream.data(rest)?),
                "from" | "merge" => {
                    has_from |= word == "from";
                    parents.extend(self.find(rest));
                }
                "commit" | "tag" | "reset" | "blob" | "done" | "feature" | "progress" | "checkpoint"
                | "option" => {
                    stream.hold();
                    break;
                }
                // M, D, C, R, N, deleteall: the changes of files; encoding, gpgsig.
                _ => {}
            }
        }
        let Some(committed_at) = committed else {
            self.history.problems.push((line, "the commit has no committer and date".to_owned()));
            return Ok(());
        };
        if !has_from && let Some(Some(before)) = self.heads.get(reference) {
            parents.insert(0, *before);
        }
        let position = self.history.commits.len() as u32;
        let key = id.clone().or_else(|| mark.clone()).unwrap_or_else(|| format!("commit {}", position + 1));
        if let Some(mark) = mark {
            self.marks.insert(mark, position);
        }
        if let Some(id) = id {
            self.ids.insert(id, position);
        }
        self.heads.insert(reference.to_owned(), Some(position));
        let authored_at = authored.unwrap_or(committed_at);
        self.history.commits.push(Commit { key, authored_at, committed_at, is_repair, parents });
        Ok(())
    }

    fn tag(&mut self, name: &str, stream: &mut Stream) -> io::Result<()> {
        let line = stream.line;
        let (mut commit, mut at) = (None, None);
        while let Some(text) = stream.advance()? {
            let (word, rest) = text.split_once(' ').unwrap_or((text.as_str(), ""));
            match word {
                "from" => commit = self.find(rest),
                "tagger" => at = signed_at(rest),
                "data" => {
                    stream.data(rest)?;
                    break;
                }
                "mark" | "original-oid" => {}
                _ => {
                    stream.hold();
                    break;
                }
            }
        }
        match commit {
            Some(commit) if names_release(name) => {
                let at = at.unwrap_or_else(|| self.history.commits[commit as usize].committed_at);
                self.history.tags.push(Tag { at, name: name.to_owned(), commit });
            }
            Some(_) => {}
            None => {
                self.history
                    .problems
                    .push((line, format!("the tag {name:?} is on no commit of this stream")));
            }
        }
        Ok(())
    }

    fn reset(&mut self, reference: &str, stream: &mut Stream) -> io::Result<()> {
        let mut head = None;
        if let Some(text) = stream.advance()? {
            match text.strip_prefix("from ") {
                Some(from) => head = self.find(from),
                None => stream.hold(),
            }
        }
        self.heads.insert(reference.to_owned(), head);
        Ok(())
    }

    /// The commit that a mark, an id or the name of a reference stands for.
    fn find(&self, text: &str) -> Option<u32> {
        let text = text.trim();
        self.marks
            .get(text)
            .or_else(|| self.ids.get(text))
            .copied()
            .or_else(|| self.heads.get(text.strip_suffix("^0").unwrap_or(text)).copied().flatten())
    }
}

/// The instant in `Name <address> 1685574842 +0100`.
fn signed_at(text: &str) -> Option<Instant> {
    let dates = text.rsplit_once('>').map_or(text, |(_, dates)| dates);
    let seconds: i64 = dates.split_ascii_whitespace().next()?.parse().ok()?;
    Some(Instant(seconds.checked_mul(1_000_000)?))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use headway_domain::work::Record;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::sample;

    const STREAM: &str = "feature done\nreset refs/heads/main\ncommit refs/heads/main\nmark :1\n\
        author a <a@x> 1685574842 +0100\ncommitter a <a@x> 1685574843 +0100\ndata 15\nInitial commit\n\nM 100644 inline x\ndata 4\ntag \n\
        commit refs/heads/main\nmark :2\ncommitter a <a@x> 1685574900 +0100\ndata <<EOT\nfix: x\nEOT\n\n\
        commit refs/heads/side\nmark :3\ncommitter a <a@x> 1685574901 +0100\ndata 1\nxfrom :1\n\n\
        commit refs/heads/main\nmark :4\ncommitter a <a@x> 1685574902 +0100\ndata 1\nxfrom :2\nmerge :3\n\n\
        reset refs/tags/v0.1\nfrom :1\n\ntag v1.0\nfrom :4\ntagger a <a@x> 1685575000 +0000\ndata 0\n\ntag moon\nfrom :4\ndata 0\n\ndone\n";

    fn read(text: &str) -> Vec<headway_domain::work::Row> {
        rows(Box::new(Cursor::new(text.to_owned())), "shop.fast-import".to_owned(), &Dialect::plain())
            .collect()
    }

    #[test]
    fn commits_and_tags_of_a_stream() {
        assert!(recognise(&sample(STREAM)).is_some());
        let rows = read(STREAM);
        let told: Vec<String> = rows
            .iter()
            .map(|row| match row.record.as_ref().unwrap() {
                Record::Deployment(it) => format!("{} {}", it.key, it.group.as_deref().unwrap()),
                Record::Commit(it) => format!("{} {:?} {}", it.key, it.deployment.as_deref(), it.is_repair),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            told,
            [
                "v0.1 shop",
                "v1.0 shop",
                ":1 Some(\"v0.1\") false",
                ":2 Some(\"v1.0\") true",
                ":3 Some(\"v1.0\") false",
                ":4 Some(\"v1.0\") false",
            ]
        );
    }

    #[test]
    fn a_stream_that_breaks_off_gives_what_it_has() {
        let rows = read(&STREAM[..STREAM.find("Initial").unwrap() + 3]);
        assert!(rows.last().unwrap().record.as_ref().is_err_and(|it| it.reason.contains("breaks off")));
        let rows = read("commit refs/heads/x\nmark :1\ncommitter a <a> 1 +0\ndata 1\nx\ntag v1\nfrom :9\n");
        assert_eq!(rows.iter().filter(|row| row.record.is_ok()).count(), 1);
    }

    proptest! {
        #[test]
        fn any_stream_ends(picks in prop::collection::vec(0..14_usize, 0..40)) {
            let lines = ["commit refs/heads/a", "mark :1", "mark :2", "from :1", "from :2", "merge :2", "data 3", "abc",
                "data <<E", "E", "committer x <y> 5 +0", "tag v1", "reset refs/tags/v2", "data 99999999999"];
            let text: Vec<&str> = picks.iter().map(|it| lines[*it]).collect();
            let _ = read(&text.join("\n"));
        }
    }
}
