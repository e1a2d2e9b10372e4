#![no_main]
use imo2sproxy_sim::fuzzing::trace;
libfuzzer_sys::fuzz_target!(|data: &[u8]| trace(data));
