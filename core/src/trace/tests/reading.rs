//! Reading traces that are whole, cut, of another version, or no traces at all.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::Trace;
use super::{run, service};
use crate::io::{ConnId, Input, ListenerId, Peer};
use crate::replay::{Mode, Verdict, replay};

/// What a service really does when somebody asks for its page.
fn sample() -> String {
    let conn = ConnId::Client(1);
    let inputs = [
        Input::Start,
        Input::Accepted {
            conn,
            listener: ListenerId(0),
            peer: Peer::Embedded,
        },
        Input::Received {
            conn,
            bytes: b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        },
        Input::Tick,
    ];
    run(&service(), inputs)
}

fn error(text: &str) -> String {
    match Trace::parse(text) {
        Ok(_) => panic!("it was read"),
        Err(error) => format!("{error}"),
    }
}

#[test]
fn a_trace_comes_back_to_the_byte() {
    let text = sample();
    assert_eq!(Trace::parse(&text).unwrap().text(), text);
}

#[test]
fn a_run_is_replayed_as_it_was_and_a_changed_answer_is_found() {
    let text = sample();
    let verdict = |text: &str| replay(&Trace::parse(text).unwrap(), Mode::Strict).unwrap();
    assert!(matches!(verdict(&text), Verdict::Same { .. }));
    let changed = text.replacen("imo2sproxy service", "imo2sproxy SERVICE", 1);
    let Verdict::Different(difference) = verdict(&changed) else {
        panic!("the change was not found in {changed}");
    };
    let place = changed.lines().position(|line| line.contains("SERVICE"));
    assert_eq!(Some(difference.line - 1), place);
    assert!(difference.expected.contains("SERVICE") && difference.got.contains("service"));
    // What was not saved when the process died is not missed.
    let place = text.find("{\"t\":2000,\"out\":\"send\"").unwrap();
    assert!(matches!(verdict(&text[..place]), Verdict::Same { .. }));
}

#[test]
fn a_last_line_that_is_cut_off_is_forgiven_and_no_other() {
    let text = sample();
    let whole = Trace::parse(&text).unwrap();
    assert!(!whole.is_cut);
    let cut = Trace::parse(&text[..text.len() - 3]).unwrap();
    assert!(cut.is_cut);
    assert_eq!(cut.lines[..], whole.lines[..whole.lines.len() - 1]);
    let broken = text.replacen("\"in\":\"accepted\"", "\"in\":\"acc", 1);
    assert!(error(&broken).starts_with("line 3: "), "{}", error(&broken));
}

#[test]
fn traces_may_stand_one_behind_the_other_even_behind_one_that_was_cut_off() {
    let text = sample();
    let file = format!("{}\n{text}", &text[..text.len() - 3]);
    let all = Trace::all(&file).unwrap();
    assert_eq!(
        all.iter().map(|one| one.is_cut).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(all[1].text(), text);
    let second = text.lines().count() + 1;
    assert_eq!(
        error(&file),
        format!("line {second}: another recording begins here")
    );
    let broken = file.replace("\"in\":\"accepted\"", "\"in\":\"acc");
    assert_eq!(Trace::all(&broken).map(|_| ()).unwrap_err().line, 3);
}

#[test]
fn another_version_is_refused_with_both_numbers() {
    let newer = sample().replacen("{\"trace\":1,", "{\"trace\":2,\"news\":[],", 1);
    let line = error(&newer);
    assert!(
        line.contains("version 2") && line.contains("version 1"),
        "{line}"
    );
    assert!(error("").starts_with("line 1: no header"));
    assert!(error("\n").starts_with("line 1: no header"));
    assert!(error("hello\n").starts_with("line 1: no header"));
}

#[test]
fn a_limit_that_an_older_version_did_not_have_has_its_default_and_an_unknown_one_is_refused() {
    let text = sample();
    let older = text.replacen("\"frame_bytes\":262144,", "", 1);
    assert_ne!(older, text);
    assert_eq!(Trace::parse(&older).unwrap().text(), text);
    let newer = text.replacen("\"frame_bytes\":", "\"frame_octets\":", 1);
    assert!(error(&newer).contains("frame_octets"));
}

#[test]
fn time_never_goes_back() {
    let text = sample().replacen("{\"t\":3000,", "{\"t\":1,", 1);
    assert!(error(&text).contains("earlier"), "{}", error(&text));
}

#[test]
fn what_no_driver_says_is_an_error_and_not_a_panic() {
    for (from, to) in [
        ("\"in\":\"tick\"", "\"in\":\"stored\",\"op\":4"),
        ("\"in\":\"tick\"", "\"in\":\"start\""),
        (
            "\"in\":\"tick\"",
            "\"in\":\"sent\",\"conn\":\"c1\",\"count\":999999",
        ),
        (
            "\"in\":\"tick\"",
            "\"in\":\"closed\",\"conn\":\"u9\",\"cause\":\"peer\"",
        ),
        ("\"in\":\"start\"", "\"in\":\"tick\""),
    ] {
        let text = sample().replacen(from, to, 1);
        let trace = Trace::parse(&text).unwrap();
        for mode in [Mode::Strict, Mode::Calls] {
            // In the looser mode what nobody asked for is passed over.
            let result = replay(&trace, mode);
            assert!(mode == Mode::Calls || result.is_err(), "{to}: {result:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_trace_that_is_cut_off_anywhere_keeps_every_line_before_the_cut(at in any::<prop::sample::Index>()) {
        let text = sample();
        let cut = &text[..at.index(text.len())];
        // The line break is no part of a line.
        let ends = text.match_indices('\n').filter(|(place, _)| *place <= cut.len()).count();
        match Trace::parse(cut) {
            Ok(trace) => {
                prop_assert_eq!(1 + trace.lines.len(), ends);
                let kept = trace.text();
                prop_assert!(text.starts_with(&kept));
                prop_assert_eq!(trace.is_cut, cut.len() > kept.len());
            }
            Err(error) => prop_assert_eq!((error.line, ends), (1, 0)),
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = Trace::parse(&text);
        let _ = super::super::Line::parse(&text);
    }

    #[test]
    fn no_change_of_a_trace_makes_reader_or_replay_panic(
        at in any::<prop::sample::Index>(),
        length in 0..12_usize,
        put in "[ -~\\n]{0,12}",
    ) {
        let mut text = sample();
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.replace_range(start..end, &put);
        if let Ok(trace) = Trace::parse(&text) {
            for mode in [Mode::Strict, Mode::Calls] {
                let _ = replay(&trace, mode);
            }
        }
    }
}
