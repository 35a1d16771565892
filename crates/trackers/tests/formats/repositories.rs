//! Git repositories, and the streams they are made from, give the same.

use std::{
    collections::HashMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use headway_domain::work::{CommitRecord, DeploymentRecord, Record, Row};
use headway_trackers::{Format, Input};

use crate::{data, file, input, problems, rows, source};

fn told(rows: &[Row]) -> (Vec<&DeploymentRecord>, Vec<&CommitRecord>) {
    let mut told = (Vec::new(), Vec::new());
    for row in rows {
        match row.record.as_ref().unwrap() {
            Record::Deployment(it) => told.0.push(it),
            Record::Commit(it) => told.1.push(it),
            other => panic!("{other:?}"),
        }
    }
    told
}

/// A repository made from a stream, if there is git here.
fn repository(stream: &[u8], folder: &Path) -> Option<Input> {
    let git = |arguments: &[&str]| {
        Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    };
    let Ok(mut init) = git(&["init", "--bare", "--quiet"]) else {
        eprintln!("skipped: there is no git");
        return None;
    };
    assert!(init.wait().unwrap().success());
    let mut import = git(&["fast-import", "--quiet", "--force"]).unwrap();
    import.stdin.take().unwrap().write_all(stream).unwrap();
    assert!(import.wait().unwrap().success());
    Some(Input { name: "shop".to_owned(), path: folder.to_owned() })
}

/// Names of deployments; of each commit its dates, its deployment, and whether it is a repair. Keys of commits differ
/// between the two.
type Summary<'a> = (Vec<&'a str>, Vec<(i64, i64, Option<&'a str>, bool)>);

fn summary(rows: &[Row]) -> Summary<'_> {
    let (deployments, commits) = told(rows);
    let mut commits: Vec<_> = commits
        .iter()
        .map(|it| (it.committed_at.0, it.authored_at.0, it.deployment.as_deref(), it.is_repair))
        .collect();
    commits.sort_unstable();
    (deployments.iter().map(|it| it.key.as_str()).collect(), commits)
}

#[test]
fn streams_and_repositories_of_real_projects_are_the_same() {
    for (name, commits, tags) in
        [("git/augurs.fast-import.gz", 448, 278), ("git/perceval.fast-import.gz", 2_131, 141)]
    {
        let Some(path) = data(name) else { return };
        let stream = source(&input(&path));
        assert_eq!(stream.recognised.format, Format::GitFastExport);
        let streamed = rows(&stream);
        assert_eq!(problems(&streamed), []);
        let (deployments, changes) = told(&streamed);
        assert_eq!((changes.len(), deployments.len()), (commits, tags), "{name}");
        assert!(deployments.iter().all(|it| it.is_proxy));

        let mut bytes = Vec::new();
        let packed = std::fs::File::open(&path).unwrap();
        std::io::copy(&mut flate2::read::MultiGzDecoder::new(packed), &mut bytes).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let Some(repository) = repository(&bytes, folder.path()) else { return };
        let repository = source(&repository);
        assert_eq!(repository.recognised.format, Format::GitRepository);
        let walked = rows(&repository);
        assert_eq!(summary(&walked), summary(&streamed), "{name}");
        let mut carried: HashMap<&str, usize> = HashMap::new();
        for commit in told(&walked).1 {
            *carried.entry(commit.deployment.as_deref().unwrap_or("none")).or_default() += 1;
        }
        assert!(carried.len() > 10, "{carried:?}");
    }
}

#[test]
fn a_small_repository() {
    let stream = b"commit refs/heads/main\nmark :1\ncommitter A <a@example.org> 1700000000 +0000\ndata 5\nstart\n\n\
        tag v1\nfrom :1\ntagger A <a@example.org> 1700000500 +0000\ndata 0\n\n\
        commit refs/heads/main\nmark :2\ncommitter A <a@example.org> 1700001000 +0000\ndata 8\nfix: bug\nfrom :1\n\n";
    let folder = tempfile::tempdir().unwrap();
    let Some(repository) = repository(stream, folder.path()) else { return };
    let walked = rows(&source(&repository));
    let (deployments, commits) = told(&walked);
    assert_eq!((deployments[0].key.as_str(), deployments[0].group.as_deref()), ("v1", Some("shop")));
    assert_eq!(deployments[0].finished_at.0, 1_700_000_500_000_000);
    assert_eq!(commits.iter().map(|it| it.deployment.as_deref()).collect::<Vec<_>>(), [Some("v1"), None]);
    assert!(commits[1].is_repair && commits[0].key.len() == 40);
    let (_folder, stream) = file("shop.fast-import", stream);
    assert_eq!(summary(&rows(&source(&stream))), summary(&walked));
}

#[test]
fn a_folder_that_is_no_repository() {
    let folder = tempfile::tempdir().unwrap();
    let reason = headway_trackers::recognise(&input(folder.path())).unwrap_err().reason;
    assert!(reason.starts_with("the folder is no git repository"), "{reason}");
}
