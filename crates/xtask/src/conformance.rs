//! The running API against its own document, by [Schemathesis](https://schemathesis.readthedocs.io): whatever the
//! document allows is asked, and every answer must be one that it describes. No answer is a fault of the server.
//!
//! Schemathesis is a Python program. It is installed into the build's folder when Python is there, and the check is
//! left out, said aloud, when it is not.

use std::{
    fmt::Write,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tools::{find, install, owner_token, run, server_program, target_folder};

const VERSION: &str = "4.32.5";
/// The same requests every time.
const SEED: &str = "20261124";
/// Requests made up for each operation, beside those that the document's limits and examples suggest.
const EXAMPLES: &str = "20";
/// The sample organisation is loaded within so long.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is not asked, or not held against the server: rules that a schema can't state.
const EXCEPTIONS: &str = r#"
# It does not end, which is what it is for; it has tests of its own.
[[operations]]
include-path = "/api/v1/events"
enabled = false

# They end or replace the session or the token that the check itself goes by, or need a browser's session.
[[operations]]
include-operation-id = ["sign_in", "sign_out", "set_up", "list_tokens", "create_token", "revoke_token"]
checks.positive_data_acceptance.enabled = false

# A mail address, and either a person or a group.
[[operations]]
include-operation-id = ["create_person", "update_person", "create_grant"]
checks.positive_data_acceptance.enabled = false

# Ids of people who are there.
[[operations]]
include-operation-id = ["replace_accountability"]
checks.positive_data_acceptance.enabled = false

# A document in another language than JSON.
[[operations]]
include-operation-id = "upload_import_mapping"
enabled = false

# A cursor is what a page of the same list has given.
[[operations]]
include-operation-id = "list_items"
checks.positive_data_acceptance.enabled = false

# Exactly one of several questions.
[[operations]]
include-operation-id = "forecast"
checks.positive_data_acceptance.enabled = false

# Rules name stages and teams, zones come from the database of zones.
[[operations]]
include-operation-id = ["replace_workflow", "replace_import_mapping", "replace_import_dialects"]
checks.positive_data_acceptance.enabled = false

# Units above must exist and must not be below.
[[operations]]
include-operation-id = ["create_unit", "update_unit"]
checks.positive_data_acceptance.enabled = false
"#;

/// Holds the server, as it is built for tests, to the API's document.
pub fn check() -> Result<()> {
    let Some(program) = schemathesis(&target_folder()?) else { return Ok(()) };
    let folder = std::env::temp_dir().join(format!("headway-conformance-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let server = Server::start(&server_program()?, &folder)?;
    let configuration = folder.join("schemathesis.toml");
    let header = format!("[headers]\nAuthorization = \"{}\"\n", server.authorization());
    std::fs::write(&configuration, format!("{header}{}\n{EXCEPTIONS}", server.parameters()?))?;
    let checked = run(Command::new(program)
        .arg("--config-file")
        .arg(&configuration)
        .args(["run", &server.address("/api/v1/openapi.json"), "--seed", SEED, "--max-examples", EXAMPLES])
        // One request at a time: some versions of Python can't parse on two threads.
        .args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--workers", "1"])
        .args(["--request-timeout", "60", "--warnings", "off"])
        .current_dir(&folder));
    drop(server);
    // What cannot be removed is a small database in the temporary folder.
    let _ = std::fs::remove_dir_all(&folder);
    checked.context("the API does not keep to its document")
}

/// The program, installed when it is not there yet; nothing where there is no Python to run it.
fn schemathesis(target: &Path) -> Option<PathBuf> {
    let folder = target.join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/schemathesis");
    if program.is_file() {
        return Some(program);
    }
    let make = |python: &Path| run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder));
    let made = find("python3").is_some_and(|python| make(&python).is_ok())
        || (install("python3-venv").is_ok() && find("python3").is_some_and(|python| make(&python).is_ok()));
    let installed = made
        && run(Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .arg(format!("schemathesis=={VERSION}")))
        .is_ok();
    if !installed {
        println!("skipped: the API is not held against its document, since Schemathesis can't be installed");
        return None;
    }
    Some(program)
}

/// The product with the sample organisation; it ends with this value.
struct Server {
    process: Child,
    base: String,
    /// A token of its owner.
    token: String,
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        let token = owner_token(program, &data)?;
        let mut process = Command::new(program)
            .args(["serve", "--sample", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("HEADWAY_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start the server")?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut server = Server { process, base: String::new(), token };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let base =
            line.trim().strip_prefix("Headway is at ").context("the server does not say where it is")?;
        base.trim_end_matches('/').clone_into(&mut server.base);
        let began = Instant::now();
        while server.get("/api/v1/start")?["sample"]["state"] != "loaded" {
            if began.elapsed() > PATIENCE {
                bail!("the sample organisation was not loaded within {PATIENCE:?}");
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(server)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let mut answer =
            ureq::get(self.address(path)).header("authorization", self.authorization()).call()?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Names of what there is, so that more than "not found" is asked for.
    fn parameters(&self) -> Result<String> {
        let units = self.get("/api/v1/units")?;
        let units = units["units"].as_array().context("there are no units")?;
        let top = units.first().and_then(|unit| unit["key"].as_str()).context("there are no units")?;
        let team = units.iter().find(|unit| unit["kind"] == "team").and_then(|unit| unit["key"].as_str());
        let team = team.context("there are no teams")?;
        let first = |page: &Value, list: &str| page[list][0]["id"].as_str().map(str::to_owned);
        let item = first(&self.get(&format!("/api/v1/units/{team}/items?limit=1"))?, "items");
        let import = first(&self.get("/api/v1/imports?limit=1")?, "imports");
        let iteration = first(&self.get(&format!("/api/v1/units/{team}/iterations"))?, "iterations");
        let mut text = format!("[parameters]\n\"path.unit\" = [\"{top}\", \"{team}\", \"nowhere\"]\n");
        for (name, id) in [("item", item), ("import", import), ("iteration", iteration)] {
            if let Some(id) = id {
                writeln!(text, "\"path.{name}\" = [\"{id}\", \"nothing\"]")?;
            }
        }
        text.push_str(
            "\"path.measure\" = [\"throughput\", \"cycle_time\", \"work_item_age\", \"nothing\"]\n",
        );
        Ok(text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
