#![no_main]
use imo2sproxy_sim::fuzzing::http_request;
libfuzzer_sys::fuzz_target!(|data: &[u8]| http_request(data));
