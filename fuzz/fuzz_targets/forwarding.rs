#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| captcha_fuzz::forwarding::run(data));
