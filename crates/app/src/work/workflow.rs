//! A team's workflow: how it reads its tracker's states.

use headway_domain::{
    organisation::{Unit, UnitKind},
    work::{Category, Mapping, MappingGap, Workflow},
};

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    live,
    organisation::{find_unit, known_tree},
    work::import::MOST_STAGES,
};

/// The workflow of a team.
pub async fn workflow(ctx: &OpContext, app: &App, key: &str) -> Result<Workflow> {
    let team = team(ctx, app, Permission::Read, key).await?;
    let workflow = app.db.read().await?.workflow(team.id).await?;
    Ok(workflow.unwrap_or_else(|| Workflow::from_mapping(Mapping::default())))
}

/// Changes the workflow of a team. Every figure of the team is read anew.
pub async fn change_workflow(ctx: &OpContext, app: &App, key: &str, workflow: Workflow) -> Result<Workflow> {
    let team = team(ctx, app, Permission::ManageTeam, key).await?;
    refuse_gaps(&workflow)?;
    let mut tx = app.db.begin().await?;
    match tx.workflow(team.id).await? {
        Some(was) => tx.update_workflow(team.id, &was, &workflow).await?,
        None => tx.insert_workflow(team.id, &workflow).await?,
    }
    tx.insert_event(&live::event(ctx, live::WORKFLOW, &[team.id], serde_json::json!({}))).await?;
    audit::commit(ctx, tx, Act::new("workflow.changed", "unit", team.id).at(team.id)).await?;
    // The writer reads its own change, whatever the follower of events is doing.
    app.facts.forget(&[team.id]);
    Ok(workflow)
}

async fn team(ctx: &OpContext, app: &App, permission: Permission, key: &str) -> Result<Unit> {
    let tree = known_tree(app).await?;
    let unit = find_unit(ctx, permission, &tree, key)?.clone();
    if unit.kind != UnitKind::Team {
        return Err(Error::invalid(
            "unit",
            format!("{} is not a team; only teams have a workflow", unit.name),
        ));
    }
    Ok(unit)
}

fn refuse_gaps(workflow: &Workflow) -> Result<()> {
    let as_mapping = Mapping {
        stages: workflow.stages.clone(),
        states: Vec::new(),
        kinds: workflow.kinds.clone(),
        groups: Vec::new(),
        blocked: workflow.blocked.clone(),
        cancelled_resolutions: workflow.cancelled_resolutions.clone(),
    };
    if let Some(gap) = as_mapping.gaps().into_iter().next() {
        return Err(Error::invalid("stages", gap.to_string()));
    }
    if !workflow.stages.iter().any(|stage| stage.category == Category::Done) {
        return Err(Error::invalid("stages", MappingGap::NothingDone.to_string()));
    }
    if workflow.stages.len() > MOST_STAGES {
        return Err(Error::invalid("stages", format!("a workflow has at most {MOST_STAGES} stages")));
    }
    if !workflow.calendar.workdays.contains(&true) {
        return Err(Error::invalid("workdays", "a team works on at least one day of the week"));
    }
    Ok(())
}
