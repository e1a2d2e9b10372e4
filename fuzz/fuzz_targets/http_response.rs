#![no_main]
use imo2sproxy_sim::fuzzing::http_response;
libfuzzer_sys::fuzz_target!(|data: &[u8]| http_response(data));
