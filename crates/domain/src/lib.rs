//! The words of an agile PMO and the rules that hold with pencil and paper.
//!
//! **Invariant:** nothing here reads a clock, a file, a socket or a random source; everything is a value or a
//! pure function of values.
//!
//! Not here: numbers computed from histories (`headway-flow`), SQL (`headway-store`), another tool's field
//! names (`headway-trackers`), who may do what and when (`headway-app`), JSON (`headway-http`).

pub mod governance;
pub mod id;
pub mod insight;
pub mod organisation;
pub mod time;
pub mod work;
