//! Looking for what is broken, in the database or in an archive, without changing anything.

use std::path::Path;

use headway_store::{Broken, Table, differences, newest_schema};

use super::{
    archive::{Archive, Damage, Manifest, file_member, table_member},
    told,
};
use crate::{App, OpContext, Permission, Result};

impl From<Broken> for Damage {
    fn from(broken: Broken) -> Self {
        let at = match broken.row.as_str() {
            "-" => format!("table {}", broken.table),
            row => format!("table {}, {row}", broken.table),
        };
        Damage { at, what: broken.what }
    }
}

/// What is broken in the database.
pub async fn verify(ctx: &OpContext, app: &App) -> Result<Vec<Damage>> {
    ctx.authorise(Permission::Administer)?;
    let mut reader = app.db.snapshot().await.map_err(told)?;
    let broken = reader.verify().await.map_err(told)?;
    Ok(broken.into_iter().map(Damage::from).collect())
}

/// What is broken in an archive, and what it says about itself if that can be read.
pub async fn verify_archive(ctx: &OpContext, path: &Path) -> Result<(Option<Manifest>, Vec<Damage>)> {
    ctx.authorise(Permission::Administer)?;
    let archive = match Archive::open(path) {
        Ok(archive) => archive,
        Err(damage) => return Ok((None, vec![damage])),
    };
    let mut damage = archive.damage().map_err(super::at(path))?;
    let manifest = match archive.manifest() {
        Ok(manifest) => manifest,
        Err(broken) => {
            damage.push(broken);
            return Ok((None, damage));
        }
    };
    damage.extend(schema_damage(&manifest).await?);
    // What holds other bytes need not be looked into.
    if damage.is_empty() {
        damage.extend(content_damage(&archive, &manifest));
    }
    Ok((Some(manifest), damage))
}

/// How the tables of an archive differ from those that they should be loaded into.
pub(super) async fn schema_damage(manifest: &Manifest) -> Result<Vec<Damage>> {
    let version = manifest.schema_version;
    if version > newest_schema() {
        let what = format!(
            "it is of a newer version (schema {version}) than this program (schema {}); use Headway {} or later",
            newest_schema(),
            manifest.product_version
        );
        return Ok(vec![Damage::new("manifest.json", what)]);
    }
    let expected = Table::all_of(version).await.map_err(told)?;
    Ok(differences(&expected, &manifest.described()).into_iter().map(Damage::from).collect())
}

/// Members that do not hold what the manifest says.
fn content_damage(archive: &Archive, manifest: &Manifest) -> Vec<Damage> {
    let mut damage = Vec::new();
    let mut known = Vec::new();
    for entry in &manifest.tables {
        let name = table_member(&entry.table.name);
        damage.extend(table_damage(archive, &name, (&entry.sha256, entry.bytes), entry.rows).err());
        known.push(name);
    }
    for file in manifest.backup.iter().flat_map(|note| &note.files) {
        let name = file_member(&file.path);
        damage.extend(file_damage(archive, &name, (&file.sha256, file.bytes)).err());
        known.push(name);
    }
    let unknown = archive.data_members().filter(|name| !known.iter().any(|it| it == name));
    damage.extend(unknown.map(|name| Damage::new(name, "the manifest does not know it")));
    damage
}

fn table_damage(archive: &Archive, name: &str, said: (&str, u64), rows: u64) -> Result<(), Damage> {
    let broken = |error: std::io::Error| Damage::new(name, error.to_string());
    let mut content = archive.content(name).map_err(broken)?;
    let mut found = 0;
    while content.line().map_err(broken)?.is_some() {
        found += 1;
    }
    if found != rows {
        return Err(Damage::new(name, format!("it has {found} rows where the manifest says {rows}")));
    }
    compare(name, &content.end()?, said)
}

fn file_damage(archive: &Archive, name: &str, said: (&str, u64)) -> Result<(), Damage> {
    let content = archive.content(name).map_err(|error| Damage::new(name, error.to_string()))?;
    compare(name, &content.end()?, said)
}

/// Compares the SHA-256 and the size of what a member holds.
pub(super) fn compare(name: &str, found: &(String, u64), said: (&str, u64)) -> Result<(), Damage> {
    if (found.0.as_str(), found.1) == said {
        return Ok(());
    }
    Err(Damage::new(name, "it does not hold what the manifest says: its SHA-256 or its size differs"))
}
