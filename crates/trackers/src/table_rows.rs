//! From a table to rows: what the tables of trackers have in common.

use std::io::BufRead;

use headway_domain::work::Row;

use crate::{
    Dialect, Rows,
    json_rows::Sink,
    table::{Cells, Head, Table, TableSample},
};

/// What the rows of one tool's table mean.
pub(crate) trait RowReading: Send {
    /// Reads one row.
    fn row(&mut self, cells: &Cells, sink: &mut Sink);
}

struct TableRows<R> {
    table: Table,
    reading: R,
    sink: Sink,
}

/// The rows of a table; `reading` gets to know the columns first.
pub(crate) fn rows<R: RowReading + 'static>(
    reader: Box<dyn BufRead + Send>,
    file: String,
    dialect: &Dialect,
    reading: impl FnOnce(&Head) -> R,
) -> Rows {
    rows_of_sample(reader, file, dialect, |sample| reading(&sample.head))
}

/// The rows of a table; `reading` gets to know the columns, and what they hold, first.
pub(crate) fn rows_of_sample<R: RowReading + 'static>(
    reader: Box<dyn BufRead + Send>,
    file: String,
    dialect: &Dialect,
    reading: impl FnOnce(&TableSample) -> R,
) -> Rows {
    let mut sink = Sink::new(file);
    match Table::open(reader, dialect) {
        Ok(table) => {
            let reading = reading(table.sample());
            Box::new(TableRows { table, reading, sink })
        }
        Err(problem) => {
            sink.problem(problem.key, problem.reason);
            Box::new(std::iter::from_fn(move || sink.pop()))
        }
    }
}

impl<R: RowReading> Iterator for TableRows<R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.sink.pop() {
                return Some(row);
            }
            match self.table.next_row()? {
                Ok(cells) => {
                    self.sink.stand_at(cells.line);
                    for oddity in &cells.oddities {
                        self.sink.note(*oddity);
                    }
                    self.reading.row(cells, &mut self.sink);
                    self.sink.forget();
                }
                Err((line, problem)) => {
                    self.sink.stand_at(line);
                    self.sink.problem(problem.key, problem.reason);
                }
            }
        }
    }
}
