//! What is generated and committed: the OpenAPI document and the web client's types.

use anyhow::Result;

use crate::{
    tools::{cargo, root, run, sh},
    web,
};

/// Writes both anew. Tests fail while either is stale.
pub fn write() -> Result<()> {
    let document = root().join("crates/http/openapi.json");
    run(cargo()
        .args(["run", "--quiet", "--package", "headway-server", "--", "openapi"])
        .arg("--output")
        .arg(document))?;
    web::install()?;
    sh("web", "npm", &["run", "codegen"])
}
