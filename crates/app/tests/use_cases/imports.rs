//! From files to work items: what is stored, what a second import changes, what a person decides on the way.

use headway_app::{
    Error,
    organisation::{Settings, change_settings, units},
    work::{ItemFilterInput, change_workflow, import, items, workflow},
};
use headway_domain::{
    id::ImportId,
    work::{Category, Counts, Disposition, ImportState, MappingGap, Oddity, Step},
};
use headway_testkit::{
    app::{TestApp, for_each_app},
    history::{Team, changes, day, team, tickets},
};

fn kestrel() -> Team {
    team("Kestrel")
        .with_item("login")
        .started(day(3))
        .finished(day(9))
        .with_item("logout")
        .started(day(5))
        .with_item("search")
        .with_item("typo")
        .finished(day(4))
}

fn osprey() -> Team {
    team("Osprey").with_item("export").of_kind("Bug").started(day(2)).moved(day(6), "Review").finished(day(7))
}

/// Labels of the items of a unit, sorted.
async fn labels(t: &TestApp, unit: &str) -> Vec<String> {
    let filter = ItemFilterInput { limit: 1_000, ..ItemFilterInput::default() };
    // Nobody follows events here: read anew.
    t.app
        .facts
        .forget(&units(&t.owner(), &t.app).await.unwrap().units().iter().map(|it| it.id).collect::<Vec<_>>());
    let page = items(&t.owner(), &t.app, unit, &filter).await.unwrap();
    let mut labels: Vec<_> = page.items.into_iter().map(|item| item.label).collect();
    labels.sort();
    labels
}

#[tokio::test]
async fn files_become_items_of_teams() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let ready = t.import(&works, &[&kestrel(), &osprey()], ImportState::Ready).await;
        assert_eq!(units(&t.owner(), &t.app).await.unwrap().units().len(), 1, "a dry run stores nothing");
        let said = ready.import.forecast.unwrap();
        let expected =
            Counts { read: 5, added: 5, changes: 7, state_changes: 7, never_started: 1, ..Counts::default() };
        assert_eq!(said, Counts { warned: said.warned, ..expected });
        assert_eq!(ready.import.total, Some(5));

        let done = t.step(ready.import.id, Step::Start).await.unwrap();
        assert_eq!(done.import.state, ImportState::Review);
        assert_eq!(done.import.counts, said, "the run does what the dry run said");
        assert_eq!(labels(&t, "kestrel").await, ["login", "logout", "search", "typo"]);
        assert_eq!(labels(&t, "works").await, ["export", "login", "logout", "search", "typo"]);
        let folder = import::folder_for(&t.app, done.import.id);
        assert!(folder.exists());
        let approved = t.step(done.import.id, Step::Approve).await.unwrap();
        assert_eq!(approved.import.state, ImportState::Approved);
        assert!(!folder.exists(), "files that nobody needs any more are removed");
        assert!(import::possible_steps(&approved.import).is_empty());

        let stages = workflow(&t.owner(), &t.app, "osprey").await.unwrap().stages;
        let stages: Vec<_> = stages.iter().map(|stage| (stage.name.as_str(), stage.category)).collect();
        assert_eq!(
            stages,
            [
                ("Open", Category::Todo),
                ("In Progress", Category::Active),
                ("Review", Category::Active),
                ("Done", Category::Done)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_import_of_the_same_files_changes_nothing() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&kestrel(), &osprey()], ImportState::Approved).await;
        let facts = t.facts().await;
        t.clock.advance(std::time::Duration::from_mins(1));
        let again = t.import(&works, &[&kestrel(), &osprey()], ImportState::Ready).await;
        let said = again.import.forecast.unwrap();
        assert_eq!((said.added, said.updated, said.unchanged), (0, 0, 5));
        let done = t.step(again.import.id, Step::Start).await.unwrap();
        assert_eq!(done.import.counts, said);
        assert_eq!(t.facts().await, facts);
    })
    .await;
}

#[tokio::test]
async fn a_newer_export_updates_moves_and_teaches() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&kestrel(), &osprey()], ImportState::Approved).await;
        // "logout" is reviewed, a state that Kestrel did not know, and "search" belongs to Osprey now.
        let kestrel = team("Kestrel")
            .with_item("login")
            .started(day(3))
            .finished(day(9))
            .with_item("logout")
            .started(day(5))
            .moved(day(8), "Code review")
            .with_item("typo")
            .finished(day(4));
        let osprey = osprey().with_item("search").with_item("import").started(day(9));
        let newer = t.import(&works, &[&kestrel, &osprey], ImportState::Ready).await;
        let said = newer.import.forecast.unwrap();
        assert_eq!((said.added, said.updated, said.unchanged), (1, 2, 3));
        let done = t.step(newer.import.id, Step::Start).await.unwrap();
        assert_eq!(done.import.counts, said);
        assert_eq!(labels(&t, "kestrel").await, ["login", "logout", "typo"]);
        assert_eq!(labels(&t, "osprey").await, ["export", "import", "search"]);
        let learned = workflow(&t.owner(), &t.app, "kestrel").await.unwrap();
        let stage = learned.states.get("Code review").copied();
        assert_eq!(stage.map(|stage| learned.category(stage)), Some(Category::Active));
    })
    .await;
}

#[tokio::test]
async fn a_workflow_that_somebody_set_is_kept() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&kestrel()], ImportState::Approved).await;
        let mut own = workflow(&t.owner(), &t.app, "kestrel").await.unwrap();
        own.wip_limit = Some(3);
        own.stages[1].name = "Building".to_owned();
        change_workflow(&t.owner(), &t.app, "kestrel", own.clone()).await.unwrap();
        t.import(&works, &[&kestrel().with_item("more").started(day(12))], ImportState::Approved).await;
        assert_eq!(workflow(&t.owner(), &t.app, "kestrel").await.unwrap(), own);
    })
    .await;
}

#[tokio::test]
async fn everything_goes_to_the_team_that_was_chosen() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let heron = t.team(&works, "Heron").await;
        t.import(&heron, &[&kestrel(), &osprey()], ImportState::Approved).await;
        assert_eq!(labels(&t, "heron").await.len(), 5);
        assert_eq!(units(&t.owner(), &t.app).await.unwrap().units().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_with_gaps_refuses_a_dry_run() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let asked = t.import(&works, &[&kestrel()], ImportState::Mapping).await;
        let id = asked.import.id;
        let whole = import::mapping(&t.owner(), &t.app, id).await.unwrap().mapping;
        let mut open = whole.clone();
        open.stages.retain(|stage| stage.category != Category::Done);
        let view = import::change_mapping(&t.owner(), &t.app, id, open).await.unwrap();
        assert!(view.mapping.gaps().contains(&MappingGap::NothingDone), "it is kept with its gaps");
        let refused = t.step(id, Step::DryRun).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "mapping", .. })), "{refused:?}");
        import::change_mapping(&t.owner(), &t.app, id, whole).await.unwrap();
        assert_eq!(t.step(id, Step::DryRun).await.unwrap().import.state, ImportState::Ready);
    })
    .await;
}

#[tokio::test]
async fn a_group_can_be_left_out_and_a_nameless_one_finds_a_team() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let nameless = team("").with_item("stray").started(day(4));
        let asked = t.import(&works, &[&kestrel(), &osprey(), &nameless], ImportState::Mapping).await;
        let id = asked.import.id;
        let mut mapping = import::mapping(&t.owner(), &t.app, id).await.unwrap().mapping;
        // The rule of the nameless group is taken out altogether.
        mapping.groups.retain(|rule| !rule.group.is_empty());
        for rule in mapping.groups.iter_mut().filter(|rule| rule.group == "Osprey") {
            rule.to = Disposition::Skip;
        }
        import::change_mapping(&t.owner(), &t.app, id, mapping).await.unwrap();
        let ready = t.step(id, Step::DryRun).await.unwrap();
        assert_eq!(ready.import.forecast.unwrap().skipped, 1);
        let done = t.step(id, Step::Start).await.unwrap();
        assert_eq!((done.import.counts.added, done.import.counts.skipped), (5, 1));
        assert_eq!(labels(&t, "imported-team").await, ["stray"]);
    })
    .await;
}

#[tokio::test]
async fn a_team_with_a_very_long_name_is_created_once() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let long = "Kestrel and friends ".repeat(12);
        let first = team(&long).with_item("a").started(day(2));
        t.import(&works, &[&first], ImportState::Approved).await;
        t.import(&works, &[&first.with_item("b")], ImportState::Approved).await;
        assert_eq!(units(&t.owner(), &t.app).await.unwrap().units().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_team_that_is_gone_sends_the_import_back_to_its_mapping() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let heron = t.team(&works, "Heron").await;
        let asked = t.import(&heron, &[&kestrel()], ImportState::Mapping).await;
        headway_app::organisation::delete_unit(&t.owner(), &t.app, "heron").await.unwrap();
        let stopped = t.step(asked.import.id, Step::DryRun).await.unwrap();
        assert_eq!(stopped.import.state, ImportState::Mapping);
        let trouble = stopped.import.trouble.unwrap();
        assert!(trouble.contains("choose another one in the mapping"), "{trouble}");
    })
    .await;
}

#[tokio::test]
async fn names_are_dropped_unless_they_are_wanted() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let named = team("Kestrel").with_item("login").assigned_to("Ada Lovelace").started(day(3));
        let first = t.import(&works, &[&named], ImportState::Approved).await;
        assert!(t.facts().await.iter().all(|line| !line.contains("Ada")), "no name is in the database");
        let quality = import::quality(&t.owner(), &t.app, first.import.id).await.unwrap();
        let dropped = import::Finding::Odd(Oddity::NamesDropped);
        assert!(quality.findings.contains(&(dropped, 1)), "{:?}", quality.findings);

        change_settings(&t.owner(), &t.app, Settings { keep_names: true }).await.unwrap();
        t.import(&works, &[&named], ImportState::Approved).await;
        assert!(t.facts().await.iter().any(|line| line.contains("Ada Lovelace")));
    })
    .await;
}

#[tokio::test]
async fn an_export_without_the_old_changes_does_not_take_them_away() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&kestrel()], ImportState::Approved).await;
        let before = t.facts().await;
        // Tickets alone, of which one has a new title: its history stays.
        let renamed = team("Kestrel")
            .with_item("login")
            .titled("Sign in")
            .started(day(3))
            .finished(day(9))
            .with_item("logout")
            .started(day(5))
            .with_item("search")
            .with_item("typo")
            .finished(day(4));
        let table = tickets(&[&renamed]);
        let asked = t.import_files(&works, &[("tickets.csv", &table)], ImportState::Ready).await;
        assert_eq!(asked.import.forecast.unwrap().added, 0);
        t.step(asked.import.id, Step::Start).await.unwrap();
        let after = t.facts().await;
        let history = |facts: &[String]| -> Vec<String> {
            let items = facts.iter().filter(|line| line.starts_with("work_item"));
            items.map(|line| line[line.find("\"history\"").unwrap()..].to_owned()).collect()
        };
        assert_eq!(history(&after), history(&before));
        assert!(after.iter().any(|line| line.contains("Sign in")));

        // The same tickets for another team: the histories move along.
        let heron = t.team(&works, "Heron").await;
        t.import_files(&heron, &[("tickets.csv", &table)], ImportState::Approved).await;
        assert_eq!(labels(&t, "heron").await.len(), 4);
        assert_eq!(history(&t.facts().await), history(&before));
    })
    .await;
}

#[tokio::test]
async fn a_change_table_alone_is_enough() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let table = changes(&[&kestrel()]);
        let done = t.import_files(&works, &[("changes.csv", &table)], ImportState::Approved).await;
        assert_eq!(done.import.counts.added, 3, "an item without a change is not in such a table");
        assert_eq!(labels(&t, "works").await, ["login", "logout", "typo"]);
    })
    .await;
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let asked = t.import(&works, &[&kestrel()], ImportState::Mapping).await;
        for step in [Step::Start, Step::Pause, Step::Resume, Step::Approve, Step::RollBack] {
            let refused = t.step(asked.import.id, step).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{step:?} gives {refused:?}");
        }
        let abandoned = t.step(asked.import.id, Step::Abandon).await.unwrap();
        assert_eq!(abandoned.import.state, ImportState::Abandoned);
        assert!(!import::folder_for(&t.app, asked.import.id).exists());
    })
    .await;
}

#[tokio::test]
async fn a_dialect_can_be_corrected_before_anything_is_stored() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let table =
            "ticket;changed at;from;to\nA;03/04/2026 10:00;Open;Doing\nA;05/04/2026 10:00;Doing;Done\n";
        let asked = t.import_files(&works, &[("log.csv", table)], ImportState::Mapping).await;
        let dialect = asked.files[0].dialect.clone().unwrap();
        assert!(!dialect.date_order_is_certain);
        let other = if dialect.date_order == "day_first" { "month_first" } else { "day_first" };
        let choice = import::DialectChoice { date_order: other.to_owned(), ..dialect };
        let id = asked.import.id;
        import::change_dialects(&t.owner(), &t.app, id, vec![Some(choice)]).await.unwrap();
        t.work().await;
        let again = import::import(&t.owner(), &t.app, id).await.unwrap();
        assert_eq!(again.import.state, ImportState::Mapping);
        assert_eq!(again.files[0].dialect.as_ref().unwrap().date_order, other);
        t.step(id, Step::DryRun).await.unwrap();
        t.step(id, Step::Start).await.unwrap();
        let refused = import::change_dialects(&t.owner(), &t.app, id, vec![]).await;
        assert!(matches!(refused, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn imports_are_listed_page_by_page() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        for n in 0..5 {
            t.clock.advance(std::time::Duration::from_secs(1));
            t.upload(&works, &format!("Tracker {n}"), &[("a.csv", "id,created\n1,2026-01-01\n")])
                .await
                .unwrap();
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = import::imports(&t.owner(), &t.app, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.import.id);
            seen.extend(page.into_iter().map(|it| it.tracker));
        }
        assert_eq!(seen, ["Tracker 4", "Tracker 3", "Tracker 2", "Tracker 1", "Tracker 0"]);
    })
    .await;
}

/// The findings of an import by oddity.
async fn count(t: &TestApp, id: ImportId, oddity: Oddity) -> u64 {
    let quality = import::quality(&t.owner(), &t.app, id).await.unwrap();
    let found = quality.findings.iter().find(|(finding, _)| *finding == import::Finding::Odd(oddity));
    found.map_or(0, |(_, count)| *count)
}

/// The entries of the report about an oddity.
async fn texts(t: &TestApp, id: ImportId, oddity: Oddity) -> Vec<String> {
    let filter = import::ReportFilter { severity: None, finding: Some(import::Finding::Odd(oddity)) };
    let entries = import::report(&t.owner(), &t.app, id, filter, 0, 5_000).await.unwrap();
    entries.into_iter().map(|(_, entry)| entry.text).collect()
}

#[tokio::test]
async fn a_dry_run_warns_of_items_that_another_team_would_lose() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let (kestrel, osprey) = (t.team(&works, "Kestrel").await, t.team(&works, "Osprey").await);
        // Two teams, two trackers, and both files are called the same: one tracker for all we know.
        let ask = async |unit, table: &str| {
            let id = t.upload(unit, "issues", &[("issues.csv", table)]).await.unwrap().import.id;
            t.work().await;
            t.step(id, Step::DryRun).await.unwrap()
        };
        let first =
            ask(&kestrel, "id,title,status,created\n1,One,Open,2026-03-05\n2,Two,Open,2026-03-05\n").await;
        assert_eq!(count(&t, first.import.id, Oddity::ChangedTeam).await, 0);
        for step in [Step::Start, Step::Approve] {
            t.step(first.import.id, step).await.unwrap();
        }
        let second =
            ask(&osprey, "id,title,status,created\n2,Deux,Open,2026-03-06\n3,Trois,Open,2026-03-06\n").await;
        let id = second.import.id;
        assert_eq!(count(&t, id, Oddity::ChangedTeam).await, 1);
        let said = texts(&t, id, Oddity::ChangedTeam).await;
        assert!(said[0].contains("belongs to Kestrel so far and moves to Osprey"), "{said:?}");
        assert!(second.import.forecast.unwrap().warned >= 1);
        // Counted anew by the next dry run, not once more.
        t.step(id, Step::DryRun).await.unwrap();
        assert_eq!(count(&t, id, Oddity::ChangedTeam).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_names_the_teams_that_would_be_created() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let ready = t.import(&works, &[&kestrel(), &osprey()], ImportState::Ready).await.import.id;
        assert_eq!(
            texts(&t, ready, Oddity::NewTeam).await,
            ["The import creates the team Kestrel.", "The import creates the team Osprey."]
        );
        assert_eq!(count(&t, ready, Oddity::ManyTeams).await, 0);
        t.step(ready, Step::Abandon).await.unwrap();

        let table = |teams: usize| {
            let rows = (0..teams).map(|n| format!("{n},One,Open,2026-03-05,Team {n}\n"));
            format!("id,title,status,created,project\n{}", rows.collect::<String>())
        };
        let many = t.import_files(&works, &[("many.csv", &table(101))], ImportState::Ready).await.import.id;
        assert_eq!(count(&t, many, Oddity::NewTeam).await, 101);
        let said = texts(&t, many, Oddity::ManyTeams).await;
        assert!(said[0].contains("creates 101 teams"), "{said:?}");
        t.step(many, Step::Abandon).await.unwrap();

        let asked = t.import_files(&works, &[("all.csv", &table(2_001))], ImportState::Mapping).await;
        let refused = t.step(asked.import.id, Step::DryRun).await.unwrap().import;
        assert_eq!(refused.state, ImportState::Mapping);
        assert!(refused.trouble.as_ref().unwrap().contains("more than 2000 teams"), "{:?}", refused.trouble);
    })
    .await;
}

#[tokio::test]
async fn a_disk_that_fails_costs_no_upload() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let asked = t.upload(&works, "Tracker", &[("a.csv", "id,created\n1,2026-01-01\n")]).await.unwrap();
        let id = asked.import.id;
        let file = import::folder_for(&t.app, id).join("file-0");
        let elsewhere = file.with_extension("elsewhere");
        std::fs::rename(&file, &elsewhere).unwrap();
        t.work().await;
        let waiting = import::import(&t.owner(), &t.app, id).await.unwrap().import;
        assert_eq!(waiting.state, ImportState::Checking, "it is tried again");
        assert!(waiting.trouble.is_some());
        std::fs::rename(&elsewhere, &file).unwrap();
        t.clock.advance(std::time::Duration::from_secs(64));
        t.work().await;
        let checked = import::import(&t.owner(), &t.app, id).await.unwrap().import;
        assert_eq!((checked.state, checked.trouble), (ImportState::Mapping, None));
    })
    .await;
}
