//! Looking for what is broken in a database: storage, tables, rows, and what always holds between them.

use futures::{StreamExt, TryStreamExt};
use headway_domain::{governance::audit::Checker, organisation::Unit, work::WorkItem};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    Error, Event, ImportRun, Job, Reader,
    dialect::catalogue,
    organisation::UnitRow,
    platform::{EventRow, JobRow, Table, on},
    work::{ItemRow, RunRow},
};

/// Something broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The table.
    pub table: String,
    /// The row, by what names it.
    pub row: String,
    /// What is wrong.
    pub what: String,
}

/// No more than so many are told of each kind: a lost page breaks thousands of rows.
const MOST: usize = 1_000;

/// References that no engine keeps, as table, column and the table they lead to.
const REFERENCES: [(&str, &str, &str); 2] =
    [("work_item", "unit_id", "unit"), ("work_item", "tracker_id", "tracker")];

impl Reader {
    /// Everything broken that can be found by reading. Reads the whole database; on a reader of
    /// [`Db::snapshot`](crate::Db::snapshot) while others write.
    pub async fn verify(&mut self) -> Result<Vec<Broken>, Error> {
        let mut broken = self.broken_schema().await?;
        if !broken.is_empty() {
            // What follows would only stumble over it.
            return Ok(broken);
        }
        let storage = catalogue::broken_storage(self).await?;
        broken.extend(storage.into_iter().map(|(table, row, what)| Broken { table, row, what }));
        for table in self.tables().await? {
            self.broken_lines(&table, &mut broken).await?;
        }
        self.broken_meanings(&mut broken).await?;
        self.broken_relations(&mut broken).await?;
        Ok(broken)
    }

    /// How the tables differ from those that this program's migrations make.
    async fn broken_schema(&mut self) -> Result<Vec<Broken>, Error> {
        let expected = Table::all_of(self.schema_version().await?).await?;
        Ok(differences(&expected, &self.tables().await?))
    }

    /// Rows that can't be read, and JSON that is none.
    async fn broken_lines(&mut self, table: &Table, broken: &mut Vec<Broken>) -> Result<(), Error> {
        let mut lines = self.lines(table);
        let mut found = 0;
        while found < MOST {
            let one = match lines.try_next().await {
                Ok(None) => break,
                Ok(Some(line)) => {
                    let Some(column) = line.not_json else { continue };
                    let what = format!("column {column} should hold JSON and does not");
                    Broken { table: table.name.clone(), row: key_of(table, &line.json), what }
                }
                Err(Error::Row { table, row, reason }) => Broken { table, row, what: reason },
                Err(error) => return Err(error),
            };
            found += 1;
            broken.push(one);
        }
        Ok(())
    }

    /// Rows that are read as what they mean, where that is more than their columns say.
    async fn broken_meanings(&mut self, broken: &mut Vec<Broken>) -> Result<(), Error> {
        self.broken_rows::<UnitRow, Unit>("unit", "id", broken).await?;
        self.broken_rows::<EventRow, Event>("event", "seq", broken).await?;
        self.broken_rows::<JobRow, Job>("job", "id", broken).await?;
        self.broken_rows::<RunRow, ImportRun>("import_run", "id", broken).await?;
        self.broken_rows::<ItemRow, WorkItem>("work_item", "number", broken).await?;
        // Few, and read at once: the first broken one is named.
        if let Err(error) = self.workflows().await {
            broken.push(broken_row(error)?);
        }
        Ok(())
    }

    async fn broken_rows<R, T>(
        &mut self,
        table: &'static str,
        key: &'static str,
        broken: &mut Vec<Broken>,
    ) -> Result<(), Error>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
        T: TryFrom<R, Error = Error>,
    {
        let sql = format!("select * from {table} order by {key}");
        let mut found = 0;
        on!(self, |c| {
            let mut rows = sqlx::query_as::<_, R>(AssertSqlSafe(sql)).persistent(false).fetch(c);
            loop {
                let row = match rows.try_next().await {
                    Ok(None) => break,
                    Ok(Some(row)) => row,
                    // Its line could not be read either, and was named then.
                    Err(sqlx::Error::ColumnDecode { .. }) => continue,
                    Err(error) => return Err(error.into()),
                };
                if let Err(error) = T::try_from(row) {
                    broken.push(broken_row(error)?);
                    found += 1;
                    if found == MOST {
                        break;
                    }
                }
            }
        });
        Ok(())
    }

    /// What always holds between rows.
    async fn broken_relations(&mut self, broken: &mut Vec<Broken>) -> Result<(), Error> {
        for (table, column, to) in REFERENCES {
            let sql = format!(
                "select id from {table} t where not exists (select 1 from {to} where {to}.id = t.{column}) order by id limit {MOST}"
            );
            let ids: Vec<uuid::Uuid> =
                on!(self, |c| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(c).await)?;
            broken.extend(ids.into_iter().map(|id| Broken {
                table: table.to_owned(),
                row: id.to_string(),
                what: format!("{column} leads to no {to}"),
            }));
        }
        let sql = "select coalesce(e.unit_id, c.unit_id), coalesce(e.items, 0), coalesce(c.items, 0)
                   from unit_extent e
                   full join (select unit_id, count(*) as items from work_item group by unit_id) c
                        on c.unit_id = e.unit_id
                   where coalesce(e.items, 0) <> coalesce(c.items, 0)";
        let extents: Vec<(uuid::Uuid, i64, i64)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        broken.extend(extents.into_iter().map(|(unit, says, has)| Broken {
            table: "unit_extent".to_owned(),
            row: unit.to_string(),
            what: format!("it says {says} items where there are {has}"),
        }));
        self.broken_events(broken).await?;
        self.broken_audit(broken).await
    }

    /// The first broken entry of the audit log: what follows hangs on it.
    async fn broken_audit(&mut self, broken: &mut Vec<Broken>) -> Result<(), Error> {
        let count = self.count_audit().await?;
        let mut checker = Checker::default();
        let mut chain = self.audit_chain();
        let mut found = None;
        while let Some(entry) = chain.next().await {
            let next = match entry {
                Ok(entry) => checker.check(&entry).map_err(|it| (it.seq().to_string(), it.to_string())),
                // It was named with the other rows that can't be read.
                Err(Error::Corrupt { id, reason, .. }) => Err((id, reason)),
                Err(Error::Sql(sqlx::Error::ColumnDecode { .. })) => return Ok(()),
                Err(error) => return Err(error),
            };
            if let Err(it) = next {
                found = Some(it);
                break;
            }
        }
        if found.is_none() {
            found = checker.end(count).err().map(|it| (it.seq().to_string(), it.to_string()));
        }
        broken.extend(found.map(|(row, what)| Broken { table: "audit".to_owned(), row, what }));
        Ok(())
    }

    /// Events are numbered without gaps, and their counter says the newest number.
    async fn broken_events(&mut self, broken: &mut Vec<Broken>) -> Result<(), Error> {
        let sql = "select e.seq from event e
                   where not exists (select 1 from event f where f.seq = e.seq - 1)
                     and e.seq > (select min(seq) from event)
                   order by e.seq";
        let gaps: Vec<i64> = on!(self, |c| sqlx::query_scalar(sql).fetch_all(c).await)?;
        broken.extend(gaps.into_iter().take(MOST).map(|seq| Broken {
            table: "event".to_owned(),
            row: seq.to_string(),
            what: format!("event {} before it is missing", seq - 1),
        }));
        let sql = "select coalesce(max(seq), -1) from event";
        let newest: i64 = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        let counter = self.last_event_seq().await?;
        if newest >= 0 && newest != counter {
            let what = format!("it says {counter} where the newest event is {newest}");
            broken.push(Broken { table: "counter".to_owned(), row: "event".to_owned(), what });
        }
        Ok(())
    }
}

/// What of an error names a row; other errors end the search.
fn broken_row(error: Error) -> Result<Broken, Error> {
    match error {
        Error::Corrupt { table, id, reason } => Ok(Broken { table: table.to_owned(), row: id, what: reason }),
        Error::Row { table, row, reason } => Ok(Broken { table, row, what: reason }),
        other => Err(other),
    }
}

/// The values of a row's key, from its line.
fn key_of(table: &Table, line: &str) -> String {
    let row: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let values = table.key.iter().map(|name| match &row[name] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    values.collect::<Vec<_>>().join(", ")
}

/// How tables differ from what is expected.
pub fn differences(expected: &[Table], found: &[Table]) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut say = |table: &str, row: &str, what: String| {
        broken.push(Broken { table: table.to_owned(), row: row.to_owned(), what });
    };
    for table in expected {
        let Some(there) = found.iter().find(|it| it.name == table.name) else {
            say(&table.name, "-", "the table is missing".to_owned());
            continue;
        };
        for column in &table.columns {
            match there.columns.iter().find(|it| it.name == column.name) {
                None => say(&table.name, &column.name, "the column is missing".to_owned()),
                Some(it) if it != column => say(
                    &table.name,
                    &column.name,
                    format!("the column is {} where it should be {}", words(it), words(column)),
                ),
                Some(_) => {}
            }
        }
        if there.key != table.key {
            say(&table.name, "-", format!("its key is {:?} where it should be {:?}", there.key, table.key));
        }
        for column in &there.columns {
            if !table.columns.iter().any(|it| it.name == column.name) {
                say(&table.name, &column.name, "this version knows no such column".to_owned());
            }
        }
    }
    for table in found.iter().filter(|it| !expected.iter().any(|table| table.name == it.name)) {
        say(&table.name, "-", "this version knows no such table".to_owned());
    }
    broken
}

fn words(column: &crate::Column) -> String {
    format!("{:?}, {}", column.kind, if column.nullable { "may be missing" } else { "never missing" })
}
