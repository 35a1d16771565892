#![no_main]

use headway_trackers::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headway_fuzz::read(Format::JiraJson, bytes));
