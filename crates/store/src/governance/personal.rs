//! Where the database holds something about a person: one list, by which it is shown to them and erased.
//!
//! A test fails when a table refers to a person and is not in the list.

use futures::TryStreamExt;
use headway_domain::id::PersonId;

use crate::{
    Error, Reader, Tx,
    platform::{Table, on},
};

/// What becomes of rows about a person who is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnErase {
    /// They are removed.
    Removed,
    /// They stay, for this reason, and name nobody: the person's id leads to nothing any more.
    Kept(&'static str),
    /// The row itself is emptied of everything personal.
    Emptied,
}

/// A table that holds something about people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Personal {
    /// The table.
    pub table: &'static str,
    /// The column with the person's id.
    pub column: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// What becomes of it.
    pub on_erase: OnErase,
}

const fn removed(table: &'static str, what: &'static str) -> Personal {
    Personal { table, column: "person_id", what, on_erase: OnErase::Removed }
}

/// Every table that holds something about people.
pub const PERSONAL: &[Personal] = &[
    Personal {
        table: "person",
        column: "id",
        what: "The account: name, address, handle.",
        on_erase: OnErase::Emptied,
    },
    removed("session", "Browsers that are signed in."),
    removed("api_token", "Tokens for the API, without their texts."),
    removed("group_member", "Membership in groups."),
    removed("role_grant", "Roles."),
    removed("accountability", "Units that the person answers for."),
    Personal {
        table: "audit",
        column: "person_id",
        what: "What the person did, in the audit log.",
        on_erase: OnErase::Kept(
            "the log is a chain that nothing can be taken out of; it holds ids, no names",
        ),
    },
];

/// Columns that are of no use to the person and of great use to a thief.
const SECRET: [&str; 5] = ["password", "token_hash", "code_hash", "secret", "digest"];

impl Reader {
    /// All rows of one table about a person, each as a line of JSON, without secrets.
    pub async fn personal_lines(&mut self, table: &Personal, person: PersonId) -> Result<Vec<String>, Error> {
        let described = self.described_tables(|name| name == table.table).await?;
        let Some(mut described) = described.into_iter().next() else { return Ok(Vec::new()) };
        described.columns.retain(|column| !SECRET.contains(&column.name.as_str()));
        let lines: Vec<_> = self.lines_where(&described, table.column, person.0).try_collect().await?;
        Ok(lines.into_iter().map(|line| line.json).collect())
    }

    /// The tables that refer to people, as table and column.
    pub async fn tables_about_people(&mut self) -> Result<Vec<(String, String)>, Error> {
        let tables: Vec<Table> = self.described_tables(|_| true).await?;
        let columns = tables.into_iter().flat_map(|table| {
            let about = table.columns.into_iter().filter(|column| column.name.ends_with("person_id"));
            about.map(move |column| (table.name.clone(), column.name)).collect::<Vec<_>>()
        });
        Ok(columns.collect())
    }
}

impl Tx {
    /// Removes what [`PERSONAL`] says is removed, and says how many rows those were.
    pub async fn delete_personal(&mut self, person: PersonId) -> Result<u64, Error> {
        let mut gone = 0;
        for table in PERSONAL.iter().filter(|table| table.on_erase == OnErase::Removed) {
            let sql = sqlx::AssertSqlSafe(format!("delete from {} where {} = $1", table.table, table.column));
            gone += on!(self, |c| sqlx::query(sql)
                .bind(person.0)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))?;
        }
        Ok(gone)
    }
}
