//! How a link and other sessions of its account agree on how the account is to be seen.
//! Never about what a client of the daemon hears of it.

use imo2sproxy_core::imo::Primitive;
use imo2sproxy_core::imo::link::{LaneId, LinkOutput};
use imo2sproxy_core::imo::notice::Notice;
use serde_json::{Value, json};

use crate::bench::Bench;

/// Another session of the account shows it so.
fn elsewhere(primitive: &str) -> Value {
    let edata = json!({"r_name": "set_status", "primitive": primitive, "status": ""});
    json!({"name": "reflect", "type": "account", "uid": "alice", "proto": "prpl-skype", "edata": edata})
}

fn show(bench: &mut Bench, primitive: Primitive) {
    bench.act(|link, now, out| link.show(now, primitive, "", out));
}

/// What the link has passed on of other sessions since it was last asked.
fn told(bench: &mut Bench) -> Vec<Primitive> {
    let told = std::mem::take(&mut bench.told);
    let told = told.iter().filter_map(|told| match told {
        LinkOutput::Notice(Notice::StatusElsewhere { primitive, .. }) => Some(*primitive),
        _ => None,
    });
    told.collect()
}

fn said(bench: &Bench) -> Option<String> {
    let ask = bench.try_ask(LaneId::Calls)?;
    assert_eq!(ask.calls(), ["set_status"]);
    let primitive = &ask.messages()[0]["data"]["data"]["primitive"];
    Some(primitive.as_str().unwrap().into())
}

#[test]
fn a_status_from_another_session_is_passed_on() {
    let mut bench = Bench::signed_on();
    bench.tell(LaneId::Poll, &[(1, elsewhere("busy"))]);
    assert_eq!(told(&mut bench), [Primitive::Busy]);
    assert_eq!(said(&bench), None);
}

#[test]
fn a_status_that_is_still_under_way_is_said_once_more_after_one_from_another_session() {
    let mut bench = Bench::signed_on();
    show(&mut bench, Primitive::Busy);
    assert_eq!(said(&bench).unwrap(), "busy");
    // The service may have taken either first.
    bench.tell(LaneId::Poll, &[(1, elsewhere("away"))]);
    assert_eq!(told(&mut bench), []);
    bench.acknowledge();
    assert_eq!(said(&bench).unwrap(), "busy");
    bench.acknowledge();
    assert_eq!(said(&bench), None);
    bench.tell(LaneId::Poll, &[(2, elsewhere("available"))]);
    assert_eq!(told(&mut bench), [Primitive::Available]);
}

#[test]
fn two_sessions_that_differ_do_not_contend_without_end() {
    let mut bench = Bench::signed_on();
    show(&mut bench, Primitive::Busy);
    bench.tell(LaneId::Poll, &[(1, elsewhere("away"))]);
    bench.acknowledge();
    assert_eq!(said(&bench).unwrap(), "busy");
    bench.tell(LaneId::Poll, &[(2, elsewhere("away"))]);
    bench.acknowledge();
    assert_eq!((said(&bench), told(&mut bench)), (None, vec![]));
    // What the user says next is said with the same emphasis again.
    show(&mut bench, Primitive::Invisible);
    bench.tell(LaneId::Poll, &[(3, elsewhere("away"))]);
    bench.acknowledge();
    assert_eq!(said(&bench).unwrap(), "invisible");
}

#[test]
fn a_status_that_still_waits_to_be_sent_is_said_once_though_another_session_differs() {
    let mut bench = Bench::signed_on();
    crate::answers::send(&mut bench, "first");
    show(&mut bench, Primitive::Busy);
    bench.tell(LaneId::Poll, &[(1, elsewhere("away"))]);
    bench.acknowledge();
    assert_eq!(said(&bench).unwrap(), "busy");
    bench.acknowledge();
    assert_eq!((said(&bench), told(&mut bench)), (None, vec![]));
}
