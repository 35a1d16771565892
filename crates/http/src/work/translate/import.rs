//! Imports and what they report.

use headway_app::work::import::{DialectChoice, FileReport, ImportView, Quality, meaning, possible_steps};
use headway_domain::work::{Counts, Step};

use crate::{
    insight::wire::UnitRef,
    organisation::handlers::unit_ref,
    problem::{Problem, Result},
    work::wire,
};

pub fn step_from_code(code: &str) -> Option<Step> {
    Some(match code {
        "dry_run" => Step::DryRun,
        "start" => Step::Start,
        "pause" => Step::Pause,
        "resume" => Step::Resume,
        "approve" => Step::Approve,
        "roll_back" => Step::RollBack,
        "abandon" => Step::Abandon,
        _ => return None,
    })
}

fn step_code(step: Step) -> Option<&'static str> {
    Some(match step {
        Step::Remap => "remap",
        Step::DryRun => "dry_run",
        Step::Start => "start",
        Step::Pause => "pause",
        Step::Resume => "resume",
        Step::Approve => "approve",
        Step::RollBack => "roll_back",
        Step::Abandon => "abandon",
        Step::Checked
        | Step::Reread
        | Step::DryRunDone
        | Step::Stored
        | Step::TakenBack
        | Step::Obstructed => return None,
    })
}

pub fn import(view: ImportView) -> wire::Import {
    let steps = possible_steps(&view.import).into_iter().filter_map(step_code).map(str::to_owned).collect();
    let gone = UnitRef {
        id: view.import.unit.to_string(),
        key: String::new(),
        name: "deleted".to_owned(),
        kind: "team".to_owned(),
    };
    wire::Import {
        id: view.import.id.to_string(),
        tracker: view.tracker,
        unit: view.unit.as_ref().map_or(gone, unit_ref),
        state: view.import.state.code().to_owned(),
        steps,
        created_at: view.import.created_at.to_string(),
        updated_at: view.import.updated_at.to_string(),
        files: view.files.into_iter().map(file).collect(),
        counts: counts(view.import.counts),
        forecast: view.import.forecast.map(counts),
        position: view.import.position,
        total: view.import.total,
        trouble: view.import.trouble,
    }
}

fn file(file: FileReport) -> wire::ImportFile {
    wire::ImportFile {
        name: file.name,
        upload: u32::try_from(file.upload).unwrap_or(u32::MAX),
        bytes: file.bytes,
        format: file.format,
        dialect: file.dialect.map(|dialect| wire::DialectBody {
            delimiter: dialect.delimiter.map(|byte| char::from(byte).to_string()),
            encoding: dialect.encoding,
            date_order: dialect.date_order,
            date_order_is_certain: dialect.date_order_is_certain,
            zone: dialect.zone,
        }),
        can: file.can,
        cannot: file.cannot,
        reason: file.reason,
    }
}

pub fn dialect(body: wire::DialectBody) -> Result<DialectChoice> {
    let delimiter = match body.delimiter.as_deref().map(str::as_bytes) {
        None | Some([]) => None,
        Some([byte]) => Some(*byte),
        Some(_) => return Err(Problem::invalid("delimiter", "expected one character of ASCII")),
    };
    let choice = DialectChoice {
        delimiter,
        encoding: body.encoding,
        date_order: body.date_order,
        date_order_is_certain: true,
        zone: body.zone,
    };
    choice.to_dialect()?;
    Ok(choice)
}

pub fn counts(counts: Counts) -> wire::ImportCounts {
    wire::ImportCounts {
        read: counts.read,
        added: counts.added,
        updated: counts.updated,
        unchanged: counts.unchanged,
        skipped: counts.skipped,
        failed: counts.failed,
        warned: counts.warned,
        changes: counts.changes,
        state_changes: counts.state_changes,
        never_started: counts.never_started,
        iterations: counts.iterations,
        deployments: counts.deployments,
        commits: counts.commits,
    }
}

pub fn quality(quality: Quality) -> wire::Quality {
    let oddities = quality.findings.into_iter().map(|(finding, count)| {
        let meaning = meaning(finding);
        wire::OddityCount {
            code: finding.code().to_owned(),
            severity: meaning.severity.code().to_owned(),
            count,
            meaning: meaning.text.to_owned(),
        }
    });
    wire::Quality {
        counts: counts(quality.counts),
        oddities: oddities.collect(),
        first_day: quality.span.map(|(first, _)| first.to_string()),
        last_day: quality.span.map(|(_, last)| last.to_string()),
    }
}
