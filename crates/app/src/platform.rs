//! What belongs to no wing: health, the engine, search.

use headway_store::{Engine, SearchHits};

use crate::{App, OpContext, Result, organisation::known_tree};

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
    ctx.authorise_anybody()?;
    let tree = known_tree(app).await?;
    // Longer questions find nothing that shorter ones do not.
    let words: String = words.chars().take(200).collect();
    let units = ctx.seen(&tree);
    Ok(app.db.read().await?.search(&words, units.as_deref(), limit).await?)
}
