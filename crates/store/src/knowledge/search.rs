//! Search by words of labels and titles. Words are made here, so that both engines find the same.

use headway_domain::{id::UnitId, organisation::Unit};
use sqlx::QueryBuilder;

use crate::{
    Error, ItemSummary, Reader,
    dialect::{LastWord, match_newest, match_words, push_in},
    platform::on,
    work::{SUMMARY, SummaryRow},
};

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchHits {
    /// Units, by name.
    pub units: Vec<Unit>,
    /// Items whose label or title is made of exactly the words first, then the newest.
    pub items: Vec<ItemSummary>,
}

/// Words longer than this are cut: nobody types them, and PostgreSQL refuses very long ones.
const LONGEST_WORD: usize = 64;

/// The words of these texts: runs of letters and digits, in lower case, each once.
pub(crate) fn words_of(texts: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in texts {
        for run in text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
            let word: String = run.chars().flat_map(char::to_lowercase).take(LONGEST_WORD).collect();
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}

impl Reader {
    /// The units and items whose names have all words of `text`, the last one as a beginning; at most `limit` each.
    /// Only of these units, unless `None`.
    pub async fn search(
        &mut self,
        text: &str,
        seen: Option<&[UnitId]>,
        limit: u32,
    ) -> Result<SearchHits, Error> {
        let words = words_of(&[text]);
        if words.is_empty() {
            return Ok(SearchHits::default());
        }
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut units = self.units().await?;
        units.retain(|unit| has_words(unit, &words) && seen.is_none_or(|seen| seen.contains(&unit.id)));
        units.truncate(most);

        // Whole words first: "PAY-12" must not drown in PAY-120 to PAY-129.
        let mut items = self.search_items(&words, LastWord::Whole, seen, limit).await?;
        if items.len() < most {
            let begun = self.search_items(&words, LastWord::Begun, seen, limit).await?;
            for item in begun {
                if items.len() < most && items.iter().all(|found| found.id != item.id) {
                    items.push(item);
                }
            }
        }
        Ok(SearchHits { units, items })
    }

    async fn search_items(
        &mut self,
        words: &[String],
        last: LastWord,
        seen: Option<&[UnitId]>,
        limit: u32,
    ) -> Result<Vec<ItemSummary>, Error> {
        let engine = self.engine();
        let rows: Vec<SummaryRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(SUMMARY);
            match seen {
                None => match_newest(engine, &mut query, words, last, i64::from(limit)),
                Some(seen) => {
                    match_words(engine, &mut query, words, last);
                    push_in(query.push(" and "), "unit_id", seen.iter().map(|unit| unit.0));
                    query.push(" order by number desc limit ").push_bind(i64::from(limit));
                }
            }
            query.build_query_as().fetch_all(c).await
        })?;
        Ok(rows.into_iter().map(ItemSummary::from).collect())
    }
}

fn has_words(unit: &Unit, words: &[String]) -> bool {
    let names = words_of(&[&unit.key, &unit.name]);
    let Some((begun, whole)) = words.split_last() else { return false };
    whole.iter().all(|word| names.contains(word)) && names.iter().any(|name| name.starts_with(begun.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        assert_eq!(words_of(&["PAY-12", "Ärger mit \"foo*\" & PAY'"]), ["pay", "12", "ärger", "mit", "foo"]);
        assert_eq!(words_of(&["  -- "]), Vec::<String>::new());
    }
}
