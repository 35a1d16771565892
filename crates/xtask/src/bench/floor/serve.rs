//! The least that a server can do: axum, and one statement on the same database.

use std::{collections::HashMap, path::Path};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::{self, Query, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Value, json};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};

/// Serves on a free port, whose address is the first line that is printed.
pub fn serve(database: &Path) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(database).read_only(true);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        let router = Router::new()
            .route("/list", get(list))
            .route("/item/{key}", get(item))
            .route("/bytes", get(bytes))
            .with_state(pool);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

fn text(row: &SqliteRow, column: &str) -> Value {
    row.try_get::<String, _>(column).map_or(Value::Null, Value::String)
}

async fn list(State(pool): State<SqlitePool>) -> Result<Json<Vec<Value>>, StatusCode> {
    let sql = "select key, label, title, kind, state, created_at from work_item order by created_at desc, id desc limit 25";
    let rows = sqlx::query(sql).fetch_all(&pool).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let item = |row: &SqliteRow| {
        let columns = ["key", "label", "title", "kind", "state"];
        json!(columns.map(|column| text(row, column)))
    };
    Ok(Json(rows.iter().map(item).collect()))
}

async fn item(
    State(pool): State<SqlitePool>,
    extract::Path(key): extract::Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let row = sqlx::query("select key, title, state, history from work_item where key = $1")
        .bind(key)
        .fetch_optional(&pool)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
        .ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(json!(["key", "title", "state", "history"].map(|column| text(&row, column)))))
}

/// As many bytes as another answer had: what carrying them costs.
async fn bytes(Query(query): Query<HashMap<String, String>>) -> String {
    let size = query.get("size").and_then(|it| it.parse().ok()).unwrap_or(0);
    "x".repeat(size)
}
