//! Sentences of the insight wing: what a rule says, what counts as right, what to do next.

use headway_domain::insight::SignalKind;
use headway_flow::signal::{NextStep, Quantity, Rule, Side};

use super::wire::Evidence;

/// The unit of a quantity, as in figures.
pub fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::AgeDays
        | Quantity::ExpectedDays
        | Quantity::StagePaceDays
        | Quantity::BlockedDays
        | Quantity::QuietDays
        | Quantity::TotalAgeDays
        | Quantity::TotalAgeBefore => "days",
        Quantity::ExcessPercent
        | Quantity::DaysOverPercent
        | Quantity::GrowthPercent
        | Quantity::ChancePercent
        | Quantity::HeldPercent
        | Quantity::CommittedPercent => "percent",
        Quantity::Checks => "checks",
        _ => "items",
    }
}

/// What a quantity is called in a sentence.
fn name(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::AgeDays => "its age",
        Quantity::ExpectedDays => "the expectation",
        Quantity::StagePaceDays => "the pace of its stage",
        Quantity::BlockedDays => "the time it has been blocked",
        Quantity::QuietDays => "the time without a sign of life",
        Quantity::Finished => "the number of finished items",
        Quantity::ClaimedAtLeast => "what the forecast had claimed",
        Quantity::Arrived => "what was started",
        Quantity::Departed => "what was finished",
        Quantity::ExcessPercent => "what was started beyond what was finished",
        Quantity::Wip => "work in progress",
        Quantity::WipLimit => "the limit of work in progress",
        Quantity::DaysOverPercent => "the share of days over the limit",
        Quantity::TotalAgeDays => "the total age of work in progress",
        Quantity::TotalAgeBefore => "the total age before",
        Quantity::GrowthPercent => "growth",
        Quantity::Created => "what was created",
        Quantity::Left => "what left the backlog",
        Quantity::ChancePercent => "the probability of reaching the target",
        Quantity::HeldPercent => "the share of claims that held",
        Quantity::Checks => "the number of checks",
        Quantity::Committed => "the commitment",
        Quantity::UsuallyCompleted => "what is usually completed",
        Quantity::CommittedPercent => "the commitment as a share of what is usually completed",
    }
}

/// A figure behind a signal.
pub fn evidence(figure: &headway_flow::signal::Figure) -> Evidence {
    Evidence {
        name: figure.quantity.code().to_owned(),
        value: figure.value,
        unit: unit(figure.quantity).to_owned(),
    }
}

fn number(value: f64) -> String {
    if value.fract().abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// A rule with its limits, as a sentence.
pub fn rule(rule: &Rule) -> String {
    let side = match rule.side {
        Side::Above => "above",
        Side::Below => "below",
    };
    let name = name(rule.quantity);
    let unit = match unit(rule.quantity) {
        "percent" => " %",
        "days" => " days",
        _ => "",
    };
    format!(
        "Look when {name} is {side} {}{unit}, act when it is {side} {}{unit}.",
        number(rule.watch),
        number(rule.bad)
    )
}

/// What counts as right when a rule is checked on the past.
pub fn hit_means(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::AgeBeyondSle => "The item was still unfinished two weeks later.",
        SignalKind::SlowInStage | SignalKind::Blocked | SignalKind::Stalled | SignalKind::DependencyRisk => {
            "The item was not late yet, and in the end took longer than was expected then."
        }
        SignalKind::ThroughputShift => {
            "The next four weeks finished clearly less than the team usually did before."
        }
        SignalKind::WipGrowth | SignalKind::WipOverLimit | SignalKind::AgeGrowth => {
            "What was finished in the next four weeks had taken longer than what was finished in the 90 days before."
        }
        SignalKind::ScopeGrowth => "More was open four weeks later.",
        SignalKind::ForecastRisk => "A target as demanding as this one was missed.",
        SignalKind::Unpredictable => "The claim after it did not hold either.",
        SignalKind::OvercommittedIteration => "The iteration did not complete what it had committed to.",
        SignalKind::StaleData => "Nothing was created or moved for another week.",
    }
}

/// What to do next, as a sentence.
pub fn next_step(step: NextStep) -> &'static str {
    match step {
        NextStep::SwarmOrSplit => {
            "Finish it together, or cut it into parts that can be finished on their own."
        }
        NextStep::AskAboutStage => "Ask today what it waits for in this stage.",
        NextStep::RemoveImpediment => {
            "Name what blocks it and who can remove it; ask for help beyond the team if nobody in it can."
        }
        NextStep::ResumeOrReturn => "Work on it, or put it back to where nobody expects it to move.",
        NextStep::LookForCause => {
            "Look at the behaviour chart for what changed in these weeks, and ask the team."
        }
        NextStep::StopStarting => "Start nothing new until something is finished.",
        NextStep::FinishOldest => "Finish the oldest items first.",
        NextStep::CutScope => "Agree on what is left out, or on when it comes later.",
        NextStep::TalkToProvider => "Talk to the team it waits for and agree on a day.",
        NextStep::RenegotiateTarget => "Move the day or the scope while there is time for it.",
        NextStep::PromiseLess => "Give ranges instead of dates, and make work arrive more evenly.",
        NextStep::ReduceCommitment => "Take something out of the iteration now.",
        NextStep::CheckImport => "Check when the last import was made, and import again.",
    }
}
