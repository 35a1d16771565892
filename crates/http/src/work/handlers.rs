//! Imports, workflows and items over HTTP.

use std::fmt::Write as _;

use axum::{
    Json,
    body::Body as HttpBody,
    extract::{DefaultBodyLimit, Multipart, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use headway_app::{
    organisation,
    work::{
        self as app, ItemFilterInput, Order, Progress,
        import::{self, Finding, NewImport, ReportFilter, Upload, mapping_text},
    },
};
use headway_domain::{
    id::{ImportId, ItemId},
    work::Severity,
};

use tokio::io::AsyncWriteExt;

use super::{translate, wire};
use crate::{
    csv::cell,
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Query, Result},
    state::{ApiState, Ctx},
};

/// The most files of one import.
const MOST_FILES: usize = 200;
/// Uploads may be large: they are written to disk as they come.
pub const UPLOAD_LIMIT: usize = 4 << 30;

fn import_id(text: &str) -> Result<ImportId> {
    text.parse().map_err(|_| headway_app::Error::NotFound("import").into())
}

/// Which page of the list of imports.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportsQuery {
    /// Where to go on.
    #[param(max_length = 36, format = Uuid)]
    cursor: Option<String>,
    /// How many, at most 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Lists imports, newest first.
#[utoipa::path(get, path = "/imports", tag = "work", params(ImportsQuery), responses((status = 200, body = wire::Imports), (status = "default", body = ProblemBody)))]
pub async fn list_imports(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<ImportsQuery>,
) -> Result<Json<wire::Imports>> {
    let after = query.cursor.as_deref().map(str::parse::<ImportId>);
    let after = after
        .transpose()
        .map_err(|_| Problem::invalid("cursor", "expected a cursor that a page has given"))?;
    let limit = Problem::check_limit(query.limit, 25, 100)?;
    let imports = import::imports(&ctx, &state.app, after, limit).await?;
    let next = (imports.len() == limit as usize)
        .then(|| imports.last().map(|it| it.import.id.to_string()))
        .flatten();
    Ok(Json(wire::Imports { imports: imports.into_iter().map(translate::import).collect(), next }))
}

/// For whom files are uploaded.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The key of the unit: a team that gets everything, or a unit under which teams are created.
    #[param(max_length = 64)]
    unit: String,
    /// The tracker's name; from the first file's when missing. Items of one tracker are recognised again.
    #[param(max_length = 120)]
    tracker: Option<String>,
}

/// Files to import.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; the files are streamed")]
pub struct UploadForm {
    /// One part a file.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<Vec<u8>>,
}

/// Uploads files and checks them.
#[utoipa::path(post, path = "/imports", tag = "work", params(UploadQuery), request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = 201, body = wire::Import), (status = "default", body = ProblemBody)))]
pub async fn create_import(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<UploadQuery>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<wire::Import>)> {
    let form = form.map_err(|error| Problem::unreadable(error.body_text()))?;
    organisation::unit_by_key(&ctx, &state.app, &query.unit).await?;
    let id = import::new_upload_id(&ctx)?;
    let folder = import::folder_for(&state.app, id);
    let received = receive(form, &folder).await;
    let created = match received {
        Ok(files) => {
            let new = NewImport { id, unit: query.unit, tracker: query.tracker, files };
            import::create_import(&ctx, &state.app, new).await.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    if created.is_err() {
        import::discard(&state.app, id).await;
    }
    Ok((StatusCode::CREATED, Json(translate::import(created?))))
}

/// Writes the files of a form to disk as they come.
async fn receive(mut form: Multipart, folder: &std::path::Path) -> Result<Vec<Upload>> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::rejected(error.status(), error.body_text())
    };
    let disk = |error: std::io::Error| Problem::from(headway_app::Error::from(error));
    tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    let mut files = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("files") {
            continue;
        }
        if files.len() == MOST_FILES {
            return Err(Problem::invalid("files", format!("choose at most {MOST_FILES} files at a time")));
        }
        let name = field.file_name().unwrap_or("file");
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        let path = folder.join(format!("file-{}", files.len()));
        let mut file = tokio::fs::File::create(&path).await.map_err(disk)?;
        let mut bytes = 0;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            bytes += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(disk)?;
        }
        file.flush().await.map_err(disk)?;
        files.push(Upload { name, path, bytes });
    }
    Ok(files)
}

/// Finds an import.
#[utoipa::path(get, path = "/imports/{import}", tag = "work", params(("import", max_length = 36)), responses((status = 200, body = wire::Import), (status = "default", body = ProblemBody)))]
pub async fn find_import(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<wire::Import>> {
    Ok(Json(translate::import(import::import(&ctx, &state.app, import_id(&id)?).await?)))
}

/// Takes a step with an import.
#[utoipa::path(post, path = "/imports/{import}/steps", tag = "work", params(("import", max_length = 36)), request_body = wire::ImportStep, responses((status = 200, body = wire::Import), (status = "default", body = ProblemBody)))]
pub async fn take_import_step(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<wire::ImportStep>,
) -> Result<Json<wire::Import>> {
    let step = translate::step_from_code(&body.step).ok_or_else(|| {
        Problem::invalid("step", "expected dry_run, start, pause, resume, approve, roll_back or abandon")
    })?;
    Ok(Json(translate::import(import::take_step(&ctx, &state.app, import_id(&id)?, step).await?)))
}

/// Corrects how the files are written, in their order (null keeps what was detected), and checks them again.
#[utoipa::path(put, path = "/imports/{import}/dialects", tag = "work", params(("import", max_length = 36)), request_body = Vec<Option<wire::DialectBody>>, responses((status = 200, body = wire::Import), (status = "default", body = ProblemBody)))]
pub async fn replace_import_dialects(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(dialects): Body<Vec<Option<wire::DialectBody>>>,
) -> Result<Json<wire::Import>> {
    let dialects =
        dialects.into_iter().map(|it| it.map(translate::dialect).transpose()).collect::<Result<_>>()?;
    Ok(Json(translate::import(import::change_dialects(&ctx, &state.app, import_id(&id)?, dialects).await?)))
}

/// Shows the mapping of an import with what the data shows.
#[utoipa::path(get, path = "/imports/{import}/mapping", tag = "work", params(("import", max_length = 36)), responses((status = 200, body = wire::MappingPage), (status = "default", body = ProblemBody)))]
pub async fn find_import_mapping(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<wire::MappingPage>> {
    Ok(Json(translate::mapping_page(&import::mapping(&ctx, &state.app, import_id(&id)?).await?)))
}

/// Changes the mapping of an import. What is left open is listed as gaps; a dry run is refused while there are any.
#[utoipa::path(put, path = "/imports/{import}/mapping", tag = "work", params(("import", max_length = 36)), request_body = wire::MappingBody, responses((status = 200, body = wire::MappingPage), (status = "default", body = ProblemBody)))]
pub async fn replace_import_mapping(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<wire::MappingBody>,
) -> Result<Json<wire::MappingPage>> {
    let units = organisation::units(&ctx, &state.app).await?;
    let mapping = translate::mapping_of(body, &units)?;
    Ok(Json(translate::mapping_page(
        &import::change_mapping(&ctx, &state.app, import_id(&id)?, mapping).await?,
    )))
}

/// The mapping as a text file.
#[utoipa::path(get, path = "/imports/{import}/mapping.toml", tag = "work", params(("import", max_length = 36)), responses((status = 200, body = String, content_type = "application/toml"), (status = "default", body = ProblemBody)))]
pub async fn download_import_mapping(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Response> {
    let view = import::mapping(&ctx, &state.app, import_id(&id)?).await?;
    let text = mapping_text::write(&view.mapping, &view.units)?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mapping.toml\""),
    ];
    Ok((headers, text).into_response())
}

/// Replaces the mapping by a text file.
#[utoipa::path(put, path = "/imports/{import}/mapping.toml", tag = "work", params(("import", max_length = 36)), request_body(content = String, content_type = "application/toml"), responses((status = 200, body = wire::MappingPage), (status = "default", body = ProblemBody)))]
pub async fn upload_import_mapping(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    text: Result<String, axum::extract::rejection::StringRejection>,
) -> Result<Json<wire::MappingPage>> {
    let text = text.map_err(|error| Problem::rejected(error.status(), error.body_text()))?;
    let units = organisation::units(&ctx, &state.app).await?;
    let mapping = mapping_text::read(&text, &units)?;
    Ok(Json(translate::mapping_page(
        &import::change_mapping(&ctx, &state.app, import_id(&id)?, mapping).await?,
    )))
}

fn report_filter(query: &wire::ReportQuery) -> Result<ReportFilter> {
    let severity = query.severity.as_deref().filter(|code| !code.is_empty());
    let severity = severity.map(|code| {
        Severity::from_code(code)
            .ok_or_else(|| Problem::invalid("severity", "expected note, warning or error"))
    });
    let finding = query.code.as_deref().filter(|code| !code.is_empty());
    let finding = finding.map(|code| {
        Finding::from_code(code)
            .ok_or_else(|| Problem::invalid("code", "expected a code of the quality page"))
    });
    Ok(ReportFilter { severity: severity.transpose()?, finding: finding.transpose()? })
}

/// The number of the last entry of a page.
fn report_cursor(text: &str) -> Result<i64> {
    let digits = Some(text).filter(|text| text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Problem::invalid("cursor", "expected a cursor that a page has given"))
}

/// Lists the report of an import.
#[utoipa::path(get, path = "/imports/{import}/report", tag = "work", params(("import", max_length = 36), wire::ReportQuery), responses((status = 200, body = wire::ReportPage), (status = "default", body = ProblemBody)))]
pub async fn list_import_report(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Query(query): Query<wire::ReportQuery>,
) -> Result<Json<wire::ReportPage>> {
    let limit = Problem::check_limit(query.limit, 50, 200)?;
    let after = query.cursor.as_deref().map_or(Ok(0), report_cursor)?;
    let entries =
        import::report(&ctx, &state.app, import_id(&id)?, report_filter(&query)?, after, limit).await?;
    let next =
        (entries.len() == limit as usize).then(|| entries.last().map(|(seq, _)| seq.to_string())).flatten();
    let entries = entries.into_iter().map(|(_, entry)| wire::ReportEntry {
        severity: entry.finding.severity().code().to_owned(),
        code: entry.finding.code().to_owned(),
        file: entry.location.as_ref().map(|at| at.file.clone()).unwrap_or_default(),
        line: entry.location.map_or(0, |at| at.line),
        item_key: entry.key,
        text: entry.text,
    });
    Ok(Json(wire::ReportPage { entries: entries.collect(), next }))
}

/// How many entries of a report are read at a time for a download.
const REPORT_PAGE: u32 = 1_000;

/// The whole report of an import as CSV.
#[utoipa::path(get, path = "/imports/{import}/report.csv", tag = "work", params(("import", max_length = 36)), responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = ProblemBody)))]
pub async fn download_import_report(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = import_id(&id)?;
    import::import(&ctx, &state.app, id).await?;
    let head = "severity,code,file,line,item,text\r\n".to_owned();
    // Page by page, so that a long report is never whole in memory.
    let pages = stream::unfold((Some(0), head), move |(after, head)| {
        let (ctx, app) = (ctx.clone(), state.app.clone());
        async move {
            let after = after?;
            match import::report(&ctx, &app, id, ReportFilter::default(), after, REPORT_PAGE).await {
                Ok(entries) => {
                    let next =
                        (entries.len() == REPORT_PAGE as usize).then(|| entries.last().map(|(seq, _)| *seq));
                    let text = entries.iter().fold(head, |mut text, (_, entry)| {
                        let (file, line) =
                            entry.location.as_ref().map_or(("", 0), |at| (at.file.as_str(), at.line));
                        // Writing to a string cannot fail.
                        let _ = write!(
                            text,
                            "{},{},{},{line},{},{}\r\n",
                            entry.finding.severity().code(),
                            entry.finding.code(),
                            cell(file),
                            cell(entry.key.as_deref().unwrap_or_default()),
                            cell(&entry.text)
                        );
                        text
                    });
                    Some((Ok(text), (next.flatten(), String::new())))
                }
                Err(error) => Some((Err(error), (None, String::new()))),
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"import-report.csv\""),
    ];
    Ok((headers, HttpBody::from_stream(pages.fuse())).into_response())
}

/// Shows the quality of an import's data.
#[utoipa::path(get, path = "/imports/{import}/quality", tag = "work", params(("import", max_length = 36)), responses((status = 200, body = wire::Quality), (status = "default", body = ProblemBody)))]
pub async fn find_import_quality(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<wire::Quality>> {
    Ok(Json(translate::quality(import::quality(&ctx, &state.app, import_id(&id)?).await?)))
}

/// Shows the workflow of a team.
#[utoipa::path(get, path = "/units/{unit}/workflow", tag = "work", params(("unit", max_length = 64)), responses((status = 200, body = wire::WorkflowBody), (status = "default", body = ProblemBody)))]
pub async fn find_workflow(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(unit): Path<String>,
) -> Result<Json<wire::WorkflowBody>> {
    Ok(Json(translate::workflow(&app::workflow(&ctx, &state.app, &unit).await?)))
}

/// Changes the workflow of a team. Every figure of the team follows.
#[utoipa::path(put, path = "/units/{unit}/workflow", tag = "work", params(("unit", max_length = 64)), request_body = wire::WorkflowBody, responses((status = 200, body = wire::WorkflowBody), (status = "default", body = ProblemBody)))]
pub async fn replace_workflow(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(unit): Path<String>,
    Body(body): Body<wire::WorkflowBody>,
) -> Result<Json<wire::WorkflowBody>> {
    let workflow = translate::workflow_of(body)?;
    Ok(Json(translate::workflow(&app::change_workflow(&ctx, &state.app, &unit, workflow).await?)))
}

/// Lists the items of a unit.
#[utoipa::path(get, path = "/units/{unit}/items", tag = "work", params(("unit", max_length = 64), wire::ItemQuery), responses((status = 200, body = wire::Items), (status = "default", body = ProblemBody)))]
pub async fn list_items(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::ItemQuery>,
) -> Result<Json<wire::Items>> {
    let filter = item_filter(&query)?;
    let page = app::items(&ctx, &state.app, &unit, &filter).await?;
    Ok(Json(wire::Items {
        next: page.next,
        count: page.count,
        items: page.items.into_iter().map(|line| translate::item_line(line, None)).collect(),
    }))
}

/// The most words of a search; more only make it slower.
const MOST_WORDS: usize = 16;
/// The longest word of a search.
const LONGEST_WORD: usize = 64;

fn item_filter(query: &wire::ItemQuery) -> Result<ItemFilterInput> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let progress = given(&query.progress).map(|code| {
        Progress::from_code(&code).ok_or_else(|| {
            Problem::invalid(
                "progress",
                "expected open, not_started, in_progress, finished, cancelled or blocked",
            )
        })
    });
    let sort = given(&query.sort).unwrap_or_else(|| "created".to_owned());
    let (is_reversed, sort) = match sort.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, sort.as_str()),
    };
    let order = Order::from_code(sort).ok_or_else(|| {
        Problem::invalid("sort", "expected updated, created, finished, age, cycle_time or label")
    })?;
    Ok(ItemFilterInput {
        progress: progress.transpose()?,
        work_type: given(&query.work_type).map(|code| translate::work_type(&code)).transpose()?,
        stage: given(&query.stage),
        label: given(&query.label),
        words: given(&query.q)
            .unwrap_or_default()
            .to_lowercase()
            .split_whitespace()
            .take(MOST_WORDS)
            .map(|word| word.chars().take(LONGEST_WORD).collect())
            .collect(),
        order,
        is_reversed,
        after: given(&query.cursor),
        limit: Problem::check_limit(query.limit, 25, 100)?,
    })
}

/// Finds an item with its history.
#[utoipa::path(get, path = "/items/{item}", tag = "work", params(("item", max_length = 36)), responses((status = 200, body = wire::Item), (status = "default", body = ProblemBody)))]
pub async fn find_item(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<wire::Item>> {
    let id: ItemId = id.parse().map_err(|_| headway_app::Error::NotFound("item"))?;
    Ok(Json(translate::item_detail(app::item(&ctx, &state.app, id).await?)))
}

/// Uploads are bounded by the disk and [`UPLOAD_LIMIT`], everything else by the router's own limit.
pub fn upload_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_LIMIT)
}
