//! How long the first bytes of a client may leave open what it speaks.
//! Never more than one daemon, told things by hand.

use imo2sproxy_core::config::{Config, Listener, WireKind};
use imo2sproxy_core::event::EventKind;
use imo2sproxy_core::io::{ConnId, Input, ListenerId, Machine as _, Output, Outputs, Peer};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::time::{Instant, Now};

use crate::house::{account, config};

const CONN: ConnId = ConnId::Client(1);

/// Tells a daemon something at that millisecond.
fn tell(daemon: &mut Proxy, millis: u64, input: Input<'_>) -> Vec<Output> {
    let now = Now {
        mono: Instant::from_micros(millis * 1000),
        ..Now::default()
    };
    let mut out = Outputs::new();
    daemon.handle(now, input, &mut out);
    daemon.check_invariants();
    out.drain().collect()
}

/// A daemon whose only listener is of that kind, and a client that has come at its start and said this.
fn visited(kind: WireKind, said: &[u8]) -> Proxy {
    let listener = Listener {
        kind,
        account: Some("alice".into()),
        open: true,
    };
    let config = Config {
        listeners: vec![listener],
        ..config(vec![account("alice", Some("alices-access".into()))])
    };
    let mut daemon = Proxy::new(config, Seed::from_number(1));
    tell(&mut daemon, 0, Input::Start);
    let accepted = Input::Accepted {
        conn: CONN,
        listener: ListenerId(0),
        peer: Peer::Net(([192, 0, 2, 1], 5000).into()),
    };
    tell(&mut daemon, 0, accepted);
    if !said.is_empty() {
        let (conn, bytes) = (CONN, said);
        tell(&mut daemon, 1, Input::Received { conn, bytes });
    }
    daemon
}

/// After how many milliseconds it is closed, and why.
fn closed_after(kind: WireKind, said: &[u8]) -> (u64, String) {
    let mut daemon = visited(kind, said);
    for millis in (500..=60_000).step_by(500) {
        let told = tell(&mut daemon, millis, Input::Tick);
        if told
            .iter()
            .any(|output| matches!(output, Output::Close { conn: CONN, .. }))
        {
            let why = told.into_iter().find_map(|output| {
                if let Output::Event(event) = output
                    && event.kind == EventKind::ClientFault
                {
                    Some(event.detail)
                } else {
                    None
                }
            });
            return (millis, why.unwrap().into());
        }
    }
    panic!("it is still there");
}

#[test]
fn who_does_not_show_what_it_speaks_is_given_up_after_five_seconds() {
    for said in [&b""[..], b"\x00\x00\x00", b"LOGI", b"\x06PI"] {
        let (after, why) = closed_after(WireKind::Auto, said);
        assert_eq!(after, 5000, "{said:?}");
        assert_eq!(why, "its first bytes do not tell what it speaks");
    }
}

#[test]
fn who_has_shown_it_has_as_long_as_elsewhere_to_log_in() {
    let begun = &b"\x00\x00\x00\x00\x01"[..];
    for (kind, said) in [
        (WireKind::Auto, begun),
        (WireKind::Auto, b"USERNAME al"),
        (WireKind::SkypeProxy, begun),
        (WireKind::SkypeProxy, b""),
    ] {
        let (after, why) = closed_after(kind, said);
        assert_eq!(after, 30_000, "{said:?}");
        assert_eq!(why, "it has not logged in in time");
    }
}
