#![no_main]
use imo2sproxy_sim::fuzzing::imo_envelope;
libfuzzer_sys::fuzz_target!(|data: &[u8]| imo_envelope(data));
