#![no_main]
use imo2sproxy_sim::fuzzing::service_inputs;
libfuzzer_sys::fuzz_target!(|data: &[u8]| service_inputs(data));
