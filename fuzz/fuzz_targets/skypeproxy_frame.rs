#![no_main]
use imo2sproxy_sim::fuzzing::skypeproxy_frame;
libfuzzer_sys::fuzz_target!(|data: &[u8]| skypeproxy_frame(data));
