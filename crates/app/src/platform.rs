//! What belongs to no wing: health, the engine, search.

use headway_store::{Engine, SearchHits};

use crate::{App, OpContext, Permission, Result};

/// Whether the database answers. Anybody may ask: the answer says nothing else.
pub async fn health(app: &App) -> Result<()> {
    Ok(app.db.read().await?.ping().await?)
}

/// The code of the database's engine.
pub fn engine(app: &App) -> &'static str {
    match app.db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

/// Units and items by words of their names.
pub async fn search(ctx: &OpContext, app: &App, words: &str, limit: u32) -> Result<SearchHits> {
    ctx.authorise(Permission::Read)?;
    // Longer questions find nothing that shorter ones do not.
    let words: String = words.chars().take(200).collect();
    Ok(app.db.read().await?.search(&words, limit).await?)
}
