#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| headway_fuzz::fast_is_general(bytes));
