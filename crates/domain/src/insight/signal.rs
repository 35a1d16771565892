//! Signals: what needs attention, by rule.

/// The rule behind a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// An item is older than the service-level expectation.
    AgeBeyondSle,
    /// An item is older than most were in its stage.
    SlowInStage,
    /// An item is blocked.
    Blocked,
    /// Nothing has happened on an item for days.
    Stalled,
    /// Fewer items are finished than the process's own limits allow.
    ThroughputShift,
    /// More is started than finished.
    WipGrowth,
    /// Work in progress is over the team's limit on more days than not.
    WipOverLimit,
    /// The total age of work in progress grows.
    AgeGrowth,
    /// Scope grows faster than it is finished.
    ScopeGrowth,
    /// Blocked by an item of another team.
    DependencyRisk,
    /// A stated date is unlikely.
    ForecastRisk,
    /// A forecast of this team has not held as claimed.
    Unpredictable,
    /// An iteration began with more than is usually finished.
    OvercommittedIteration,
    /// No data for days.
    StaleData,
}

impl SignalKind {
    /// All kinds.
    pub const ALL: [SignalKind; 14] = [
        SignalKind::AgeBeyondSle,
        SignalKind::SlowInStage,
        SignalKind::Blocked,
        SignalKind::Stalled,
        SignalKind::ThroughputShift,
        SignalKind::WipGrowth,
        SignalKind::WipOverLimit,
        SignalKind::AgeGrowth,
        SignalKind::ScopeGrowth,
        SignalKind::DependencyRisk,
        SignalKind::ForecastRisk,
        SignalKind::Unpredictable,
        SignalKind::OvercommittedIteration,
        SignalKind::StaleData,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            SignalKind::AgeBeyondSle => "age_beyond_sle",
            SignalKind::SlowInStage => "slow_in_stage",
            SignalKind::Blocked => "blocked",
            SignalKind::Stalled => "stalled",
            SignalKind::ThroughputShift => "throughput_shift",
            SignalKind::WipGrowth => "wip_growth",
            SignalKind::WipOverLimit => "wip_over_limit",
            SignalKind::AgeGrowth => "age_growth",
            SignalKind::ScopeGrowth => "scope_growth",
            SignalKind::DependencyRisk => "dependency_risk",
            SignalKind::ForecastRisk => "forecast_risk",
            SignalKind::Unpredictable => "unpredictable",
            SignalKind::OvercommittedIteration => "overcommitted_iteration",
            SignalKind::StaleData => "stale_data",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        SignalKind::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// How much attention a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalLevel {
    /// Look at it.
    Watch,
    /// Act on it.
    Bad,
}
