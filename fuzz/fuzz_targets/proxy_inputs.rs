#![no_main]
use imo2sproxy_sim::fuzzing::proxy_inputs;
libfuzzer_sys::fuzz_target!(|data: &[u8]| proxy_inputs(data));
