#![no_main]
use imo2sproxy_sim::fuzzing::config;
libfuzzer_sys::fuzz_target!(|data: &[u8]| config(data));
