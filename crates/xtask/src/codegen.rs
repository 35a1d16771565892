//! What is generated and committed: the OpenAPI document, the page of who may do what, and the web client's
//! types.

use anyhow::Result;

use crate::{
    tools::{cargo, root, run, sh},
    web,
};

/// Writes all anew. Tests fail while any is stale.
pub fn write() -> Result<()> {
    let document = root().join("crates/http/openapi.json");
    run(cargo()
        .args(["run", "--quiet", "--package", "headway-server", "--", "openapi"])
        .arg("--output")
        .arg(document)
        .arg("--permissions")
        .arg(root().join("docs/permissions.md")))?;
    web::install()?;
    sh("web", "npm", &["run", "codegen"])
}
