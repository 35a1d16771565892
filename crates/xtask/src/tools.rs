//! Running other programs, and getting those that are missing.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result, bail};

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Runs a command in a folder below the workspace and fails when it fails.
pub fn sh(folder: &str, program: &str, arguments: &[&str]) -> Result<()> {
    println!("$ {program} {}", arguments.join(" "));
    run(Command::new(program).args(arguments).current_dir(root().join(folder)))
}

/// Runs a prepared command and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("failed to start {program}; is it installed?"))?;
    if !status.success() {
        bail!("{program} failed ({status})");
    }
    Ok(())
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The folder of the build.
pub fn target_folder() -> Result<PathBuf> {
    let output = cargo().args(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target))
}

/// The server's program, built for tests.
pub fn server_program() -> Result<PathBuf> {
    run(cargo().args(["build", "--package", "headway-server"]))?;
    Ok(target_folder()?.join("debug/headway"))
}

/// A program on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// The folder of PostgreSQL's server programs, which Debian keeps off the path.
pub fn postgres_programs() -> Option<PathBuf> {
    let on_path = find("initdb").and_then(|program| program.canonicalize().ok());
    if let Some(folder) = on_path.as_deref().and_then(Path::parent) {
        return Some(folder.to_owned());
    }
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop()
}

/// Makes sure that PostgreSQL's server programs are there.
pub fn need_postgres() -> Result<PathBuf> {
    if postgres_programs().is_none() {
        install("postgresql")?;
    }
    postgres_programs().context("PostgreSQL's server programs are missing; install the package postgresql")
}

/// Makes sure that a Chromium is there.
pub fn need_chromium() -> Result<PathBuf> {
    if find("chromium").is_none() {
        install("chromium")?;
    }
    find("chromium").context("Chromium is missing; install the package chromium")
}

/// Makes sure that HAProxy is there, where it can be installed; the test of several nodes says when it is not.
pub fn want_haproxy() {
    if find("haproxy").is_none()
        && let Err(error) = install("haproxy")
    {
        println!("several nodes behind a proxy are not tested: {error:#}");
    }
}

/// Installs a package on Debian as root; elsewhere says what is missing.
pub fn install(package: &str) -> Result<()> {
    if find("apt-get").is_none() {
        bail!(
            "{package} is missing and this is not Debian; install {package} with your system's package manager"
        );
    }
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()))
    };
    println!("{package} is missing; installing it");
    apt(&["update", "-q"])
        .and_then(|()| apt(&["install", "-y", "-q", "--no-install-recommends", package]))
        .with_context(|| format!("failed to install {package}; run this as root, or install it yourself"))
}

/// Where the real histories lie that are not part of the project.
pub fn data_folder() -> PathBuf {
    std::env::var_os("HEADWAY_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from)
}

/// Runs this program again, optimised: unoptimised figures would be those of another program. `None` when it already is.
pub fn again_in_release() -> Result<Option<ExitStatus>> {
    if !cfg!(debug_assertions) {
        return Ok(None);
    }
    let mut command = cargo();
    command
        .args(["run", "--release", "--quiet", "--package", "xtask", "--"])
        .args(std::env::args_os().skip(1));
    Ok(Some(command.status().context("failed to start cargo")?))
}

/// Replaces what stands between two marker lines of a page.
pub fn replace_between(page: &str, name: &str, text: &str) -> Result<()> {
    let path = root().join(page);
    let old = std::fs::read_to_string(&path).with_context(|| format!("failed to read {page}"))?;
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let from =
        old.find(&begin).with_context(|| format!("{page} has no line {:?}", begin.trim()))? + begin.len();
    let until = old[from..].find(&end).with_context(|| format!("{page} has no line {end:?}"))? + from;
    std::fs::write(&path, format!("{}{}\n{}", &old[..from], text.trim_end(), &old[until..]))?;
    println!("{page} is up to date");
    Ok(())
}

/// Makes an owner in a data folder that no server has set up yet, and returns a token of theirs.
pub fn owner_token(program: &Path, data: &Path) -> Result<String> {
    const ADDRESS: &str = "owner@example.org";
    let people = |arguments: &[&str]| -> Result<std::process::Output> {
        let mut command = Command::new(program);
        command.args(["people", "--data"]).arg(data).args(arguments).env("HEADWAY_LOG", "error");
        command.output().context("failed to start the program")
    };
    // Who is there already only gets another token.
    people(&["add", "--email", ADDRESS, "--name", "Owner", "--role", "owner"])?;
    let made = people(&["token", ADDRESS])?;
    if !made.status.success() {
        bail!("failed to make a token: {}", String::from_utf8_lossy(&made.stderr));
    }
    Ok(String::from_utf8(made.stdout)?.trim().to_owned())
}
