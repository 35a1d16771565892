//! Reading, exporting and checking the audit log.

use axum::{
    Json,
    body::Body as HttpBody,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use headway_app::{
    OpContext,
    governance::{self as app, AuditAsk, AuditPage, Head, MOST_ENTRIES, Names},
};
use headway_domain::{
    governance::audit::{Doer, Stored},
    id::PersonId,
    time::{Instant, Zone},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    csv::cell,
    platform::wire::ProblemBody,
    problem::{Body, Problem, Query, Result},
    state::{ApiState, Ctx},
};

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the log.
    seq: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// `person`, `operator`, `system` or `nobody`.
    doer: String,
    /// The id of the person who did it.
    person_id: Option<String>,
    /// What they are called now; null for somebody who left.
    person: Option<String>,
    /// What was done, such as `unit.created`.
    action: String,
    /// What kind of thing it was done to.
    subject_kind: String,
    /// Which thing.
    subject: String,
    /// The name of the thing, where it is a person who has one.
    subject_name: Option<String>,
    /// The unit that it belongs to.
    unit_id: Option<String>,
    /// The name of that unit.
    unit: Option<String>,
    /// What else there is to say: codes and ids.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    detail: serde_json::Value,
    /// The digest over this entry and the one before, in hexadecimal digits.
    digest: String,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntries {
    /// Newest first.
    entries: Vec<AuditEntry>,
    /// Where the next page begins.
    next: Option<String>,
}

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what this person did.
    #[param(max_length = 36, format = Uuid)]
    person: Option<String>,
    /// Only actions that begin like this, such as `unit.`.
    #[param(max_length = 60)]
    action: Option<String>,
    /// Only what was done to this kind of thing, such as `unit`.
    #[param(max_length = 40)]
    subject_kind: Option<String>,
    /// Only what was done to the thing with this id.
    #[param(max_length = 80)]
    subject: Option<String>,
    /// Only of this unit and what is below, by its key.
    #[param(max_length = 64)]
    unit: Option<String>,
    /// The first day, in UTC.
    #[param(max_length = 10, format = Date)]
    from: Option<String>,
    /// The last day, in UTC.
    #[param(max_length = 10, format = Date)]
    to: Option<String>,
    /// Where to go on.
    #[param(max_length = 18, pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// How many, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// In which form.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `jsonl`, a line of JSON an entry, or `csv`.
    #[param(max_length = 5, pattern = "^(jsonl|csv)?$")]
    format: Option<String>,
}

/// A page of one's own.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnQuery {
    /// Where to go on.
    #[param(max_length = 18, pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// How many, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A head as `headway audit head` prints it: `SEQ:DIGEST`.
#[derive(ToSchema)]
#[schema(max_length = 83, pattern = "^[0-9]{1,18}:[0-9a-f]{64}$")]
#[expect(dead_code, reason = "only its schema is used: how such a text looks")]
struct HeadText(String);

/// Heads of the log that somebody noted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct VerifyBody {
    /// Each as `SEQ:DIGEST`.
    #[schema(max_items = 100, value_type = Vec<HeadText>)]
    heads: Vec<String>,
}

/// What a check of the log found.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictBody {
    /// Whether the log is what it was.
    is_whole: bool,
    /// How many entries were checked.
    checked: u64,
    /// The last entry that is what it was, as `SEQ:DIGEST`.
    head: String,
    /// Where the log breaks first.
    broken: Option<BreakBody>,
}

/// The first entry that is not what it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakBody {
    /// Its number.
    seq: i64,
    /// What is wrong.
    why: String,
    /// What the row says was done, which need not be true.
    action: Option<String>,
    /// When the entry before it was made.
    #[schema(format = DateTime)]
    after: Option<String>,
}

/// Lists what was done, newest first, as far as the caller may read it. Reading is an entry too, once an hour.
#[utoipa::path(get, path = "/audit", tag = "governance", params(AuditQuery), responses((status = 200, body = AuditEntries), (status = "default", body = ProblemBody)))]
pub async fn list_audit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditEntries>> {
    Ok(Json(entries(app::entries(&ctx, &state.app, &ask(query)?).await?)))
}

/// Downloads what was done as lines of JSON or as a table. Cells of the table that a spreadsheet would run are defused.
#[utoipa::path(get, path = "/audit/export", tag = "governance", params(AuditQuery, ExportQuery), responses((status = 200, content_type = "application/jsonl"), (status = "default", body = ProblemBody)))]
pub async fn export_audit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<AuditQuery>,
    Query(export): Query<ExportQuery>,
) -> Result<Response> {
    let form = match export.format.as_deref() {
        None | Some("" | "jsonl") => Form::JsonLines,
        Some("csv") => Form::Csv,
        Some(_) => return Err(Problem::invalid("format", "expected jsonl or csv")),
    };
    let asked = AuditAsk { limit: MOST_ENTRIES, ..ask(query)? };
    let first = app::begin_export(&ctx, &state.app, &asked).await?;
    let (kind, name, head) = match form {
        Form::JsonLines => ("application/jsonl", "audit.jsonl", ""),
        Form::Csv => ("text/csv; charset=utf-8", "audit.csv", CSV_HEAD),
    };
    let rest =
        stream::unfold((Some(first), asked, ctx, state), move |(page, asked, ctx, state)| async move {
            let page = page?;
            let next = page.next;
            let text = form.write(entries(page));
            let later = match next {
                Some(seq) => later(&ctx, &state, AuditAsk { before: Some(seq), ..asked.clone() }).await,
                None => Ok(None),
            };
            match later {
                Ok(page) => Some((Ok(text), (page, asked, ctx, state))),
                // A download that breaks off is seen to be broken; one that ends early would not be.
                Err(error) => Some((Err(std::io::Error::other(error)), (None, asked, ctx, state))),
            }
        });
    // Fused: what packs the answer asks once more behind the end.
    let lines = stream::iter([Ok(head.to_owned())]).chain(rest).fuse();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, HttpBody::from_stream(lines)).into_response())
}

async fn later(
    ctx: &OpContext,
    state: &ApiState,
    asked: AuditAsk,
) -> Result<Option<AuditPage>, headway_app::Error> {
    app::more(ctx, &state.app, &asked).await.map(Some)
}

/// Lists what the caller did, newest first.
#[utoipa::path(get, path = "/session/activity", tag = "governance", params(OwnQuery), responses((status = 200, body = AuditEntries), (status = "default", body = ProblemBody)))]
pub async fn list_own_activity(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<OwnQuery>,
) -> Result<Json<AuditEntries>> {
    let limit = Problem::check_limit(query.limit, 50, MOST_ENTRIES)?;
    Ok(Json(entries(app::own_entries(&ctx, &state.app, cursor(query.cursor)?, limit).await?)))
}

/// Checks the whole log: whether every entry is what it was, and the end where it was.
#[utoipa::path(post, path = "/audit/verify", tag = "governance", request_body = VerifyBody, responses((status = 200, body = VerdictBody), (status = "default", body = ProblemBody)))]
pub async fn verify_audit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<VerifyBody>,
) -> Result<Json<VerdictBody>> {
    let heads: Result<Vec<Head>, _> = body.heads.iter().take(100).map(|head| head.parse::<Head>()).collect();
    let heads = heads.map_err(|error| Problem::invalid("heads", error.to_string()))?;
    let verdict = app::verify(&ctx, &state.app, &heads).await?;
    Ok(Json(VerdictBody {
        is_whole: verdict.broken.is_none(),
        checked: verdict.checked,
        head: verdict.head.to_string(),
        broken: verdict.broken.map(|broken| BreakBody {
            seq: broken.seq,
            why: broken.why,
            action: broken.stands.map(|stands| stands.entry.action),
            after: broken.after.map(|at| at.to_string()),
        }),
    }))
}

/// The form of a download.
#[derive(Clone, Copy)]
enum Form {
    JsonLines,
    Csv,
}

const CSV_HEAD: &str =
    "seq,at,doer,person_id,person,action,subject_kind,subject,unit_id,unit,detail,digest\r\n";

impl Form {
    fn write(self, page: AuditEntries) -> String {
        let line = |entry: AuditEntry| match self {
            // An entry always has a JSON form.
            Form::JsonLines => serde_json::to_string(&entry).unwrap_or_default() + "\n",
            Form::Csv => {
                let (detail, seq) = (entry.detail.to_string(), entry.seq.to_string());
                let text = |text: Option<String>| text.unwrap_or_default();
                let cells = [
                    seq,
                    entry.at,
                    entry.doer,
                    text(entry.person_id),
                    text(entry.person),
                    entry.action,
                    entry.subject_kind,
                    entry.subject,
                    text(entry.unit_id),
                    text(entry.unit),
                    detail,
                    entry.digest,
                ];
                cells.map(|it| cell(&it)).join(",") + "\r\n"
            }
        };
        page.entries.into_iter().map(line).collect()
    }
}

fn ask(query: AuditQuery) -> Result<AuditAsk> {
    let person = query.person.map(|id| id.parse::<PersonId>()).transpose();
    let person = person.map_err(|_| Problem::invalid("person", "expected the id of a person"))?;
    Ok(AuditAsk {
        unit: short("unit", query.unit, 64)?,
        person,
        action: short("action", query.action, 60)?,
        subject_kind: short("subject_kind", query.subject_kind, 40)?,
        subject: short("subject", query.subject, 80)?,
        from: day("from", query.from, 0)?,
        to: day("to", query.to, 1)?,
        before: cursor(query.cursor)?,
        limit: Problem::check_limit(query.limit, 50, MOST_ENTRIES)?,
    })
}

/// A text that is not longer than the document says; an empty one is none.
fn short(field: &'static str, text: Option<String>, most: usize) -> Result<Option<String>> {
    if text.as_ref().is_some_and(|text| text.chars().count() > most) {
        return Err(Problem::invalid(field, format!("expected at most {most} characters")));
    }
    Ok(text.filter(|text| !text.is_empty()))
}

/// The beginning of a day, or of one so many days later.
fn day(field: &'static str, text: Option<String>, later: i32) -> Result<Option<Instant>> {
    let read = |text: String| {
        let day: headway_domain::time::Day = text
            .parse()
            .map_err(|_| Problem::invalid(field, format!("{text:?} is not a day such as 2026-11-24")))?;
        Ok(Zone::utc().start_of(day.plus(later)))
    };
    text.map(read).transpose()
}

fn cursor(text: Option<String>) -> Result<Option<i64>> {
    let read = |text: String| {
        let fits = (1..=18).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
        let seq = text.parse().ok().filter(|_| fits);
        seq.ok_or_else(|| Problem::invalid("cursor", "expected a cursor that a page has given"))
    };
    text.map(read).transpose()
}

fn entries(page: AuditPage) -> AuditEntries {
    let AuditPage { entries, names, next } = page;
    AuditEntries {
        entries: entries.into_iter().map(|stored| entry(stored, &names)).collect(),
        next: next.map(|seq| seq.to_string()),
    }
}

fn entry(Stored { entry, digest }: Stored, names: &Names) -> AuditEntry {
    let person = match entry.doer {
        Doer::Person { person, .. } => Some(person),
        Doer::Operator | Doer::System | Doer::Nobody => None,
    };
    let named = |id: &str| id.parse().ok().and_then(|id: PersonId| names.people.get(&id.0)).cloned();
    AuditEntry {
        seq: entry.seq,
        at: entry.at.to_string(),
        doer: entry.doer.code().to_owned(),
        person_id: person.map(|person| person.to_string()),
        person: person.and_then(|person| names.people.get(&person).cloned()),
        subject_name: (entry.subject_kind == "person").then(|| named(&entry.subject)).flatten(),
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject: entry.subject,
        unit_id: entry.unit.map(|unit| unit.to_string()),
        unit: entry.unit.and_then(|unit| names.units.get(&unit).cloned()),
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        digest: Head { seq: entry.seq, digest }.digits(),
    }
}
