#![no_main]
use imo2sproxy_sim::fuzzing::skype_command;
libfuzzer_sys::fuzz_target!(|data: &[u8]| skype_command(data));
