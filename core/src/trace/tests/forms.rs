//! Each input and output has one form and comes back from it.

use alloc::string::String;
use alloc::string::ToString as _;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use alloc::{format, string};

use super::super::{In, Line, Out, Plan, Trace};
use super::operators;
use super::{Pass, config, proxy, record, service};
use crate::config::{Access, Config, Passthrough, Upstream};
use crate::event::{Event, EventKind};
use crate::io::{
    CloseCause, CloseHow, ConnId, Control, FileError, Input, JobId, ListenerId, LoadId, Origin,
    Output, Peer, ProxyFault, StoreId,
};
use crate::rng::Seed;
use crate::secret::Secret;
use crate::store::{Query, Record, StoreError, StoreOp};
use crate::trace::Secrecy;

const CLIENT: ConnId = ConnId::Client(7);
const UPSTREAM: ConnId = ConnId::Upstream(3);

fn inputs() -> Vec<Input<'static>> {
    let (load, op, job) = (LoadId(4), StoreId(5), JobId(6));
    let record = Record {
        key: "a/1".into(),
        value: b"{}".to_vec(),
    };
    vec![
        Input::Start,
        Input::Accepted {
            conn: CLIENT,
            listener: ListenerId(0),
            peer: Peer::Net("[::1]:4711".parse().unwrap()),
        },
        Input::Accepted {
            conn: CLIENT,
            listener: ListenerId(1),
            peer: Peer::Embedded,
        },
        Input::Connected { conn: UPSTREAM },
        Input::Received {
            conn: CLIENT,
            bytes: b"PROTOCOL 3 \"\\\n",
        },
        Input::Received {
            conn: CLIENT,
            bytes: &[0xff, 0, 10],
        },
        Input::Sent {
            conn: CLIENT,
            count: 12,
        },
        Input::Closed {
            conn: UPSTREAM,
            cause: CloseCause::NoSuchHost,
        },
        Input::Closed {
            conn: UPSTREAM,
            cause: CloseCause::Proxy(ProxyFault::NoWay),
        },
        Input::Loaded {
            load,
            result: Ok(vec![record]),
        },
        Input::Loaded {
            load,
            result: Err(StoreError::Io),
        },
        Input::Stored { op, result: Ok(()) },
        Input::Stored {
            op,
            result: Err(StoreError::Full),
        },
        Input::Hashed {
            job,
            hash: "$argon2id$".into(),
        },
        Input::Verified { job, ok: false },
        Input::FileWritten {
            job,
            result: Ok(()),
        },
        Input::FileWritten {
            job,
            result: Err(FileError::Exists),
        },
        Input::FileRead {
            job,
            result: Ok(vec![0xd8]),
        },
        Input::FileRead {
            job,
            result: Err(FileError::TooLarge),
        },
        Input::Control(Control::Drain),
        Input::Control(Control::Status),
        Input::Tick,
    ]
}

fn outputs() -> Vec<Output> {
    let (load, op, job) = (LoadId(4), StoreId(5), JobId(6));
    let key = || string::String::from("a/1");
    let queries = vec![
        Query::Get { key: key() },
        Query::Range {
            prefix: "a/".into(),
            after: Some(key()),
            limit: 3,
            newest_first: true,
        },
        Query::all("a/".into(), 2),
        Query::Count {
            prefix: "a/".into(),
        },
    ];
    let changes = Arc::new(vec![
        StoreOp::Put {
            key: key().into(),
            value: vec![0xff],
        },
        StoreOp::Remove { key: key().into() },
        StoreOp::RemoveAll {
            prefix: "a/".into(),
        },
    ]);
    vec![
        Output::Connect {
            conn: UPSTREAM,
            origin: Origin::Embedded,
        },
        Output::Connect {
            conn: UPSTREAM,
            origin: Origin::Net {
                host: "imo.example".into(),
                port: 443,
                tls: true,
            },
        },
        Output::Send {
            conn: CLIENT,
            bytes: "héllo".into(),
        },
        Output::Reading {
            conn: CLIENT,
            on: false,
        },
        Output::Close {
            conn: CLIENT,
            how: CloseHow::AfterFlush,
        },
        Output::Load { load, queries },
        Output::Store { op, changes },
        Output::Hash {
            job,
            secret: Secret::from("secret"),
        },
        Output::Verify {
            job,
            secret: Secret::from("secret"),
            hash: "$argon2id$".into(),
        },
        Output::WriteFile {
            job,
            name: "a.jpg".into(),
            bytes: vec![0xff, 0xd8],
        },
        Output::ReadFile {
            job,
            name: "a.jpg".into(),
            max: 9,
        },
        Output::RunCallHandler {
            peer: "bob".into(),
            call: 1,
            incoming: true,
        },
        Output::Stopped,
        Output::Event(Event::process(EventKind::StoreFailed, "full")),
        Output::Event(Event::conn(EventKind::Command, CLIENT, "PING")),
        Output::Event(Event::account(EventKind::LinkOnline, "alice", "online")),
    ]
}

fn back(line: &Line) -> Line {
    let mut text = String::new();
    line.write(&mut text);
    assert_eq!(text.lines().count(), 1, "{text}");
    Line::parse(text.trim_end()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_input_comes_back_from_its_line() {
    for input in inputs().into_iter().chain(operators::questions()) {
        let Line::In(9, form) = back(&Line::In(9, In::from(&input))) else {
            panic!("{input:?} became something else");
        };
        let again = form.input().unwrap();
        assert_eq!(format!("{again:?}"), format!("{input:?}"));
    }
}

#[test]
fn every_output_comes_back_from_its_line() {
    for output in outputs().into_iter().chain(operators::answers()) {
        let Line::Out(9, form) = back(&Line::Out(9, Out::from(&output))) else {
            panic!("{output:?} became something else");
        };
        assert_eq!(Output::from(form), output);
    }
}

#[test]
fn every_other_line_comes_back() {
    for line in [
        Line::Wall(9, 1),
        Line::Blurred(9, "why".into()),
        Line::End(9),
    ] {
        assert_eq!(back(&line), line);
    }
}

#[test]
fn lines_look_as_they_are_described() {
    let shown = |line: &Line| {
        let mut text = String::new();
        line.write(&mut text);
        text.trim_end().to_string()
    };
    let received = |bytes: &'static [u8]| {
        let conn = CLIENT;
        shown(&Line::In(812, In::from(&Input::Received { conn, bytes })))
    };
    assert_eq!(
        received(b"PROTOCOL 3"),
        r#"{"t":812,"in":"received","conn":"c7","text":"PROTOCOL 3"}"#
    );
    assert_eq!(
        received(&[0x0a, 0xff]),
        r#"{"t":812,"in":"received","conn":"c7","hex":"0aff"}"#
    );
    let connect = &outputs()[1];
    assert_eq!(
        shown(&Line::Out(812, Out::from(connect))),
        r#"{"t":812,"out":"connect","conn":"u3","host":"imo.example","port":443,"tls":true}"#
    );
    let event = Event::account(EventKind::LinkOnline, "alice", "online");
    assert_eq!(
        shown(&Line::Out(1, Out::from(&event))),
        r#"{"t":1,"out":"event","name":"link-online","account":"alice","detail":"online"}"#
    );
}

#[test]
fn a_header_holds_all_that_the_machine_was_made_from() {
    let pair = Plan::Pair(
        config("Throwaway1", Some("Letmein99")),
        Seed::from_number(1),
        crate::config::ServiceConfig::default(),
        Seed::from_number(2),
    );
    for plan in [proxy("Throwaway1", Some("Letmein99")), service(), pair] {
        let text = record(&plan, false, Secrecy::Kept, &[]);
        let again = Trace::parse(&text).unwrap().header.plan().unwrap();
        match (&plan, &again) {
            (Plan::Proxy(a, s), Plan::Proxy(b, t)) => {
                assert_eq!((a, s.as_bytes()), (b, t.as_bytes()));
            }
            (Plan::Service(a, s), Plan::Service(b, t)) => {
                assert_eq!((a, s.as_bytes()), (b, t.as_bytes()));
            }
            (Plan::Pair(a, s, c, u), Plan::Pair(b, t, d, v)) => {
                assert_eq!((a, s.as_bytes()), (b, t.as_bytes()));
                assert_eq!((c, u.as_bytes()), (d, v.as_bytes()));
            }
            _ => panic!("another machine"),
        }
    }
}

#[test]
fn a_recording_of_a_running_machine_does_not_tell_its_seed() {
    let text = record(&proxy("Throwaway1", None), true, Secrecy::Hidden, &[]);
    assert!(
        text.contains("\"partial\":true") && !text.contains("seed"),
        "{text}"
    );
}

#[test]
fn a_step_of_the_wall_clock_has_a_line_of_its_own() {
    let mut text = String::new();
    let plan = service();
    let mut recorder =
        super::Recorder::begin(&plan, super::at(0), false, Secrecy::Hidden, &mut text).unwrap();
    recorder.input(super::at(0), &Input::Start, &mut text);
    recorder.input(super::at(5_500), &Input::Tick, &mut text);
    let mut later = super::at(7_000);
    later.wall = crate::time::UnixTime::from_millis(1);
    recorder.input(later, &Input::Tick, &mut text);
    let trace = Trace::parse(&text).unwrap();
    let walls: Vec<&Line> = trace
        .lines
        .iter()
        .filter(|line| matches!(line, Line::Wall(..)))
        .collect();
    assert_eq!(walls, [&Line::Wall(7_000, 1)]);
}

#[test]
fn passwords_that_cannot_be_hidden_are_refused_with_the_way_out() {
    for (password, access, what) in [
        ("with\"quote", None, "the password of alice"),
        (
            "Throwaway1",
            Some("tea & cake"),
            "the access password of alice",
        ),
        ("abc9", None, "six characters"),
        ("alice1", None, ""),
    ] {
        let plan = proxy(password, access);
        let mut text = String::new();
        let begun = super::Recorder::begin(&plan, super::at(0), false, Secrecy::Hidden, &mut text);
        match begun {
            Ok(_) => assert_eq!(what, ""),
            Err(refusal) => {
                let line = refusal.to_string();
                assert!(
                    line.contains(what) && line.contains("--keep-secrets"),
                    "{line}"
                );
                assert!(!line.contains(password) && text.is_empty(), "{line}");
            }
        }
        let kept = super::Recorder::begin(&plan, super::at(0), false, Secrecy::Kept, &mut text);
        assert!(kept.is_ok());
    }
}

#[test]
fn what_is_known_by_its_hash_only_or_not_before_somebody_logs_in_refuses_no_recording() {
    type Change = fn(&mut Config);
    let hashed: Change = |config| {
        config.accounts[0].access = Some(Access::Hash("$argon2id$hash".into()));
    };
    let open: Change = |config| {
        config.passthrough = Some(Passthrough {
            upstream: Upstream::embedded(),
            register: true,
        });
        config.away_when_detached = true;
    };
    for change in [hashed, open] {
        let mut config = config("Throwaway1", None);
        change(&mut config);
        let plan = Plan::Proxy(config.clone(), Seed::from_number(7));
        let hidden = record(&plan, false, Secrecy::Hidden, &[]);
        assert!(!hidden.contains("$argon2id$hash"), "{hidden}");
        // With secrets kept all of it is read again.
        let text = record(&plan, false, Secrecy::Kept, &[]);
        match Trace::parse(&text).unwrap().header.plan() {
            Ok(Plan::Proxy(read, _)) => assert_eq!(read, config),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_kept_stands_there_as_it_is() {
    let passes = [Pass::Out(Output::Hash {
        job: JobId(1),
        secret: Secret::from("Throwaway1"),
    })];
    let kept = record(&service(), false, Secrecy::Kept, &passes);
    assert!(kept.contains("Throwaway1"));
}
