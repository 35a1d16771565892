//! The report of an import: everything that was odd, row by row, and how often each oddity occurred.

use std::collections::BTreeMap;

use headway_domain::{
    id::ImportId,
    time::Instant,
    work::{Location, Oddity, Severity},
};
use sqlx::QueryBuilder;

use crate::{
    Error, Reader, Tx,
    dialect::{Bulk, Column, insert_bulk},
    platform::{corrupt, on},
};

/// What an entry of the report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// The row could not be read and was left out.
    Unreadable,
    /// The row was odd.
    Odd(Oddity),
}

impl Finding {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Finding::Unreadable => "unreadable",
            Finding::Odd(oddity) => oddity.code(),
        }
    }

    /// The finding with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "unreadable" {
            return Some(Finding::Unreadable);
        }
        Oddity::from_code(code).map(Finding::Odd)
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Finding::Unreadable => Severity::Error,
            Finding::Odd(oddity) => oddity.severity(),
        }
    }
}

/// An entry of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportEntry {
    /// What was found.
    pub finding: Finding,
    /// Where it stands in the files.
    pub location: Option<Location>,
    /// The item's key, where it could be read.
    pub key: Option<String>,
    /// What is wrong and what was done about it, in a sentence.
    pub text: String,
}

/// Which entries of a report are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Those of this severity.
    pub severity: Option<Severity>,
    /// Those of this finding.
    pub finding: Option<Finding>,
}

#[derive(sqlx::FromRow)]
struct ReportRow {
    seq: i64,
    code: String,
    file: Option<String>,
    line: Option<i64>,
    item_key: Option<String>,
    text: String,
}

fn finding(run: ImportId, code: &str) -> Result<Finding, Error> {
    Finding::from_code(code)
        .ok_or_else(|| corrupt("import_report", run, format_args!("unknown finding {code:?}")))
}

impl Reader {
    /// The entries of a report that pass the filter, behind the one numbered `after` (0 for the first page), at most
    /// `limit`; each with its number.
    pub async fn report(
        &mut self,
        run: ImportId,
        filter: ReportFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, ReportEntry)>, Error> {
        let rows: Vec<ReportRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(
                "select seq, code, file, line, item_key, text from import_report where run_id = ",
            );
            query.push_bind(run.0).push(" and seq > ").push_bind(after);
            if let Some(severity) = filter.severity {
                query.push(" and severity = ").push_bind(severity.code());
            }
            if let Some(finding) = filter.finding {
                query.push(" and code = ").push_bind(finding.code());
            }
            query.push(" order by seq limit ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(c).await
        })?;
        let entry = |row: ReportRow| {
            let line = row.line.map(i64::unsigned_abs);
            let location = row.file.zip(line).map(|(file, line)| Location { file, line });
            let finding = finding(run, &row.code)?;
            Ok((row.seq, ReportEntry { finding, location, key: row.item_key, text: row.text }))
        };
        rows.into_iter().map(entry).collect()
    }

    /// How often each finding occurred, whether it has entries of its own or not.
    pub async fn oddities(&mut self, run: ImportId) -> Result<BTreeMap<Finding, u64>, Error> {
        let sql = "select code, count from import_oddity where run_id = $1 and count <> 0";
        let rows: Vec<(String, i64)> = on!(self, |c| sqlx::query_as(sql).bind(run.0).fetch_all(c).await)?;
        rows.into_iter().map(|(code, count)| Ok((finding(run, &code)?, count.unsigned_abs()))).collect()
    }
}

impl Tx {
    /// Appends to an import's report and adds to its counts of findings.
    pub async fn append_report(
        &mut self,
        run: ImportId,
        entries: &[ReportEntry],
        counts: &BTreeMap<Finding, u64>,
    ) -> Result<(), Error> {
        let sql = "insert into import_oddity (run_id, code, count) values ($1, $2, $3)
                   on conflict (run_id, code) do update set count = import_oddity.count + excluded.count";
        for (finding, count) in counts {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            on!(self, |c| {
                sqlx::query(sql).bind(run.0).bind(finding.code()).bind(count).execute(c).await.map(drop)
            })?;
        }
        if entries.is_empty() {
            return Ok(());
        }
        let sql = "select coalesce(max(seq), 0) from import_report where run_id = $1";
        let last: i64 = on!(self, |c| sqlx::query_scalar(sql).bind(run.0).fetch_one(c).await)?;
        let texts: Vec<String> = entries.iter().map(|entry| entry.text.replace('\0', "\u{fffd}")).collect();
        let nul_free = |text: &String| text.replace('\0', "\u{fffd}");
        let keys: Vec<_> = entries.iter().map(|entry| entry.key.as_ref().map(nul_free)).collect();
        let files: Vec<_> =
            entries.iter().map(|it| it.location.as_ref().map(|at| nul_free(&at.file))).collect();
        let mut seq = last..;
        let columns = vec![
            ("run_id", Column::uuid(entries, |_| run.0)),
            ("seq", Column::big_or_null(entries, |_| seq.next().map(|seq| seq + 1))),
            ("severity", Column::text(entries, |entry| entry.finding.severity().code())),
            ("code", Column::text(entries, |entry| entry.finding.code())),
            ("file", Column::text_or_null(&files, |file| file)),
            (
                "line",
                Column::big_or_null(entries, |entry| {
                    entry.location.as_ref().map(|at| i64::try_from(at.line).unwrap_or(i64::MAX))
                }),
            ),
            ("item_key", Column::text_or_null(&keys, |key| key)),
            ("text", Column::text(&texts, |text| text)),
        ];
        let bulk = Bulk { table: "import_report", columns, rows: entries.len(), on_conflict: "" };
        insert_bulk(self, bulk).await
    }

    /// Removes the entries and counts of these findings, before they are found anew.
    pub async fn delete_findings(&mut self, run: ImportId, findings: &[Finding]) -> Result<(), Error> {
        for sql in [
            "delete from import_report where run_id = $1 and code = $2",
            "delete from import_oddity where run_id = $1 and code = $2",
        ] {
            for finding in findings {
                on!(self, |c| {
                    sqlx::query(sql).bind(run.0).bind(finding.code()).execute(c).await.map(drop)
                })?;
            }
        }
        Ok(())
    }

    /// Empties an import's report, before it is checked or tried again.
    pub async fn delete_report(&mut self, run: ImportId) -> Result<(), Error> {
        for sql in
            ["delete from import_report where run_id = $1", "delete from import_oddity where run_id = $1"]
        {
            on!(self, |c| sqlx::query(sql).bind(run.0).execute(c).await.map(drop))?;
        }
        Ok(())
    }

    /// Removes the entries of reports of imports that are over and have not moved since an instant, and says how
    /// many. How often each finding occurred stays.
    pub async fn delete_reports_before(&mut self, at: Instant) -> Result<u64, Error> {
        let sql = "delete from import_report where run_id in
                     (select id from import_run
                      where state in ('approved', 'rolled_back', 'abandoned') and updated_at < $1)";
        Ok(on!(self, |c| sqlx::query(sql).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
