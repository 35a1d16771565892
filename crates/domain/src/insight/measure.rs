//! The measures, by name. Each has a page in `docs/metrics/` with its definition and worked examples.

/// A measure that the product shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Items finished in a period.
    Throughput,
    /// Days from start to finish, both counted.
    CycleTime,
    /// Days from creation to finish, both counted.
    LeadTime,
    /// Items in progress at the end of a day.
    Wip,
    /// Days since the start of an unfinished item.
    WorkItemAge,
    /// Sum of the ages of all items in progress.
    TotalWorkItemAge,
    /// Items started in a period, and the difference to those finished.
    ArrivalRate,
    /// Items that reached each stage, day by day.
    CumulativeFlow,
    /// Active time as a share of active and waiting time.
    FlowEfficiency,
    /// Time in which items were blocked.
    BlockedTime,
    /// Finished items by work type.
    FlowDistribution,
    /// Days within which a stated share of items is finished.
    ServiceLevelExpectation,
    /// Share of finished items that were never in progress.
    NeverStarted,
    /// Time in each stage from idea to production.
    TimeToMarket,
    /// Days from a change of priority to work on the item.
    Adaptability,
    /// Estimate completed per iteration.
    Velocity,
    /// Completed of what was committed at the start of an iteration.
    SayDo,
    /// Deployments per period.
    DeploymentFrequency,
    /// Time from commit to production.
    LeadTimeForChanges,
    /// Share of deployments that caused a failure.
    ChangeFailRate,
    /// Time from a failed deployment to its repair.
    FailedDeploymentRecoveryTime,
    /// Share of unplanned deployments that repair an earlier one.
    DeploymentReworkRate,
    /// Limits of natural variation.
    ProcessBehaviour,
    /// When, or how many, with how far such claims have held.
    Forecast,
}

impl Measure {
    /// All measures.
    pub const ALL: [Measure; 24] = [
        Measure::Throughput,
        Measure::CycleTime,
        Measure::LeadTime,
        Measure::Wip,
        Measure::WorkItemAge,
        Measure::TotalWorkItemAge,
        Measure::ArrivalRate,
        Measure::CumulativeFlow,
        Measure::FlowEfficiency,
        Measure::BlockedTime,
        Measure::FlowDistribution,
        Measure::ServiceLevelExpectation,
        Measure::NeverStarted,
        Measure::TimeToMarket,
        Measure::Adaptability,
        Measure::Velocity,
        Measure::SayDo,
        Measure::DeploymentFrequency,
        Measure::LeadTimeForChanges,
        Measure::ChangeFailRate,
        Measure::FailedDeploymentRecoveryTime,
        Measure::DeploymentReworkRate,
        Measure::ProcessBehaviour,
        Measure::Forecast,
    ];

    /// The stable code, which is also the name of its page: `docs/metrics/<code with hyphens>.md`.
    pub fn code(self) -> &'static str {
        match self {
            Measure::Throughput => "throughput",
            Measure::CycleTime => "cycle_time",
            Measure::LeadTime => "lead_time",
            Measure::Wip => "wip",
            Measure::WorkItemAge => "work_item_age",
            Measure::TotalWorkItemAge => "total_work_item_age",
            Measure::ArrivalRate => "arrival_rate",
            Measure::CumulativeFlow => "cumulative_flow",
            Measure::FlowEfficiency => "flow_efficiency",
            Measure::BlockedTime => "blocked_time",
            Measure::FlowDistribution => "flow_distribution",
            Measure::ServiceLevelExpectation => "service_level_expectation",
            Measure::NeverStarted => "never_started",
            Measure::TimeToMarket => "time_to_market",
            Measure::Adaptability => "adaptability",
            Measure::Velocity => "velocity",
            Measure::SayDo => "say_do",
            Measure::DeploymentFrequency => "deployment_frequency",
            Measure::LeadTimeForChanges => "lead_time_for_changes",
            Measure::ChangeFailRate => "change_fail_rate",
            Measure::FailedDeploymentRecoveryTime => "failed_deployment_recovery_time",
            Measure::DeploymentReworkRate => "deployment_rework_rate",
            Measure::ProcessBehaviour => "process_behaviour",
            Measure::Forecast => "forecast",
        }
    }

    /// The measure with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Measure::ALL.into_iter().find(|it| it.code() == code)
    }
}
