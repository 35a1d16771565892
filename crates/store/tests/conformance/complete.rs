//! Every public function of the store is called in this suite.

use std::{fs, path::Path};

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The names of public functions that go to the database: async ones and those that give a stream.
fn store_functions(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, start) in source.match_indices("pub async fn ").chain(source.match_indices("pub fn ")) {
        let rest = &source[at + start.len()..];
        let signature = rest.split('{').next().unwrap();
        if start == "pub async fn "
            || signature.contains("BoxStream")
            || signature.contains("watch::Receiver")
        {
            names.push(rest.split(['(', '<']).next().unwrap());
        }
    }
    names
}

#[test]
fn every_function_is_named_in_the_suite() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut source, mut suite) = (String::new(), String::new());
    sources(&root.join("src"), &mut source);
    sources(&root.join("tests/conformance"), &mut suite);
    let functions = store_functions(&source);
    assert!(functions.len() > 50, "the search for functions finds only {functions:?}");
    // `Db::open` and the like are called by the fixtures of `testkit`.
    let missing: Vec<_> = functions
        .iter()
        .filter(|name| !suite.contains(&format!(".{name}(")) && !suite.contains(&format!("::{name}(")))
        .filter(|name| **name != "open")
        .collect();
    assert!(missing.is_empty(), "write a test that runs on both engines for {missing:?}");
}
