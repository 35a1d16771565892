//! What a JSON text is made of, from its start alone: the names of its members and where they stand.

use std::collections::BTreeSet;

/// Members deeper than this tell nothing about the format.
const DEEPEST: usize = 6;
/// Enough names to tell a format by.
const MOST: usize = 4_000;

/// The paths of members in the start of a JSON text, such as `issues[].fields.status`. A list at the top and one
/// object a line both have paths that start at their elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    paths: BTreeSet<String>,
}

impl Outline {
    /// Reads the start of a text; it may end anywhere. Anything but JSON gives no paths.
    pub(crate) fn of(text: &str) -> Self {
        let mut outline = Outline::default();
        if !text.trim_start().starts_with(['{', '[']) {
            return outline;
        }
        // The path of each open bracket, and whether it is an object.
        let mut open: Vec<(String, bool)> = Vec::new();
        let mut name: Option<String> = None;
        let mut last = String::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && outline.paths.len() < MOST {
            match bytes[at] {
                b'"' => {
                    let end = end_of_string(bytes, at);
                    if open.len() <= DEEPEST {
                        text.get(at + 1..end).unwrap_or_default().clone_into(&mut last);
                    }
                    at = end;
                }
                b':' if open.len() <= DEEPEST => {
                    if let Some((path, true)) = open.last() {
                        let path = join(path, &last);
                        outline.paths.insert(path.clone());
                        name = Some(path);
                    }
                }
                sign @ (b'{' | b'[') => {
                    let above = open.last().map_or("", |(path, _)| path.as_str());
                    let path = name.take().unwrap_or_else(|| above.to_owned());
                    let list = sign == b'[' && !path.is_empty();
                    open.push((if list { format!("{path}[]") } else { path }, sign == b'{'));
                    if open.len() > 10_000 {
                        break;
                    }
                }
                b'}' | b']' => {
                    open.pop();
                    name = None;
                }
                b',' => name = None,
                _ => {}
            }
            at += 1;
        }
        outline
    }

    /// Whether there is a member at this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether there are members at all these paths below `root`.
    pub(crate) fn has_all(&self, root: &str, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(&join(root, path)))
    }

    /// The first of these roots below which all the paths are.
    pub(crate) fn root<'a>(&self, roots: &[&'a str], paths: &[&str]) -> Option<&'a str> {
        roots.iter().copied().find(|root| self.has_all(root, paths))
    }
}

fn join(root: &str, name: &str) -> String {
    if root.is_empty() { name.to_owned() } else { format!("{root}.{name}") }
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_found_in_a_text_that_is_cut_off() {
        let outline = Outline::of(r#" {"total":1,"issues":[{"key":"A-1","fields":{"status":{"name":"Op"#);
        assert_eq!(
            outline.paths.iter().map(String::as_str).collect::<Vec<_>>(),
            [
                "issues",
                "issues[].fields",
                "issues[].fields.status",
                "issues[].fields.status.name",
                "issues[].key",
                "total"
            ]
        );
        assert_eq!(Outline::of(r#"[{"key":1}]"#), Outline::of("{\"key\":1}\n{\"key\":2}"));
        assert_eq!(Outline::of("id,name\n1,\"x\""), Outline::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

        #[test]
        fn any_text_has_an_outline(text in r#"[\[\]{}",:\\ä1 ]{0,60}"#) {
            Outline::of(&text);
        }
    }
}
