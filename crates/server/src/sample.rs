//! The sample organisation, as the application asks for it.

use headway_app::sample::SampleSource;
use headway_domain::{
    id::UnitId,
    organisation::Unit,
    time::Day,
    work::{Mapping, Record, Workflow},
};
use headway_sample::{Sample, Scale, Tracker};

/// The seed of the sample that everybody sees.
const SEED: u64 = Sample::SEED;

/// The sample organisation with twelve teams.
pub struct SampleOrganisation;

fn sample(today: Day) -> Sample {
    Sample::new(SEED, today, Scale::default())
}

const TRACKERS: [Tracker; 2] = [Tracker::Delivery, Tracker::Old];

impl SampleSource for SampleOrganisation {
    fn units(&self, today: Day) -> Vec<Unit> {
        sample(today).units()
    }

    fn workflows(&self, today: Day) -> Vec<(UnitId, Workflow)> {
        sample(today).teams().map(|team| (team.unit, team.workflow)).collect()
    }

    fn trackers(&self, today: Day) -> Vec<(String, Mapping)> {
        let sample = sample(today);
        TRACKERS.map(|tracker| (tracker.name().to_owned(), sample.mapping(tracker))).into()
    }

    fn records(&self, today: Day, tracker: &str) -> Box<dyn Iterator<Item = Record> + Send> {
        let tracker = TRACKERS.into_iter().find(|it| it.name() == tracker);
        let sample = sample(today);
        // The histories borrow the sample; a thousand items a team are little to hold.
        let histories: Vec<_> =
            sample.histories().filter(|history| Some(history.team.tracker) == tracker).collect();
        Box::new(histories.into_iter().flat_map(headway_sample::History::into_records))
    }
}
