#![no_main]
use imo2sproxy_sim::fuzzing::wires;
libfuzzer_sys::fuzz_target!(|data: &[u8]| wires(data));
