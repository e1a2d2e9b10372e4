//! Passwords that clients give, right and wrong, on every transport and wherever their bytes are cut.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::super::{Plan, Recorder, Secrecy, Trace};
use super::canary::check_for;
use super::{at, config};
use crate::config::{Access, Passthrough, Upstream, WireKind};
use crate::io::{
    CloseCause, ConnId, Control, Input, ListenerId, Machine as _, Origin, Output, Outputs, Peer,
};
use crate::replay::{Mode, Verdict, replay};
use crate::rng::Seed;

const ACCESS: &str = "CanaryAccess2";
const GIVEN: &str = "CanaryGiven44";
const OTHER: &str = "CanaryOther55";
const SHORT: &str = "qzj";
const HASH: &str = "$argon2id$v=19$m=19456$CanarySalt$CanaryHash";

const CLIENT: ConnId = ConnId::Client(1);
const KINDS: [WireKind; 3] = [WireKind::SkypeProxy, WireKind::Skypenet, WireKind::Skyped];

fn frame(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [&length, text.as_bytes()].concat()
}

/// What a client says that logs in as alice.
fn login(kind: WireKind, password: &str) -> Vec<u8> {
    match kind {
        WireKind::Skypenet => format!("LOGIN alice {password}\x17").into_bytes(),
        WireKind::Skyped => format!("USERNAME alice\nPASSWORD {password}\n").into_bytes(),
        WireKind::SkypeProxy | WireKind::Len8 | WireKind::Auto => {
            [&[0, 0, 0, 0, 1], &frame(password)[..]].concat()
        }
    }
}

fn line(kind: WireKind, text: &str) -> Vec<u8> {
    match kind {
        WireKind::Skypenet => format!("{text}\x17").into_bytes(),
        WireKind::Skyped => format!("{text}\n").into_bytes(),
        WireKind::SkypeProxy | WireKind::Len8 | WireKind::Auto => frame(text),
    }
}

fn from_elsewhere() -> Peer {
    Peer::Net("192.0.2.7:5000".parse().unwrap())
}

/// A daemon of alice with that listener.
fn plan(kind: WireKind, access: Access) -> Plan {
    let mut config = config("CanaryPass1", None);
    config.listeners[0].kind = kind;
    config.accounts[0].access = Some(access);
    Plan::Proxy(config, Seed::from_number(7))
}

fn with_guests(kind: WireKind) -> Plan {
    let mut config = config("CanaryPass1", Some(ACCESS));
    config.listeners[0].kind = kind;
    config.listeners[0].account = None;
    config.passthrough = Some(Passthrough {
        upstream: Upstream {
            origin: Origin::Net {
                host: "imo.example".into(),
                port: 443,
                tls: true,
            },
            ..Upstream::embedded()
        },
        register: false,
    });
    Plan::Proxy(config, Seed::from_number(7))
}

/// What the world answers: a store without records, `right` for the password of the hash, a service that gives a session.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "nothing else has an answer here"
)]
fn answer(output: &Output, right: &str) -> Option<Input<'static>> {
    match output {
        Output::Load { load, .. } => Some(Input::Loaded {
            load: *load,
            result: Ok(vec![]),
        }),
        Output::Store { op, .. } => Some(Input::Stored {
            op: *op,
            result: Ok(()),
        }),
        Output::Verify { job, secret, hash } => Some(Input::Verified {
            job: *job,
            ok: secret.reveal() == right && hash == HASH,
        }),
        Output::Connect { conn, .. } => Some(Input::Connected { conn: *conn }),
        // All that comes before the password.
        Output::Send {
            conn: conn @ ConnId::Upstream(_),
            bytes,
        } if memchr::memmem::find(bytes, b"passwd").is_none() => Some(Input::Received {
            conn: *conn,
            bytes: b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"ssid\":\"Session\"}",
        }),
        _ => None,
    }
}

/// The trace of a daemon to which one client comes from elsewhere and says `pieces`, and leaves.
fn record(plan: &Plan, pieces: &[&[u8]], right: &str, partial: bool) -> String {
    let mut text = String::new();
    let mut recorder = Recorder::begin(plan, at(0), partial, Secrecy::Hidden, &mut text).unwrap();
    let (mut machine, mut out, mut time) = (plan.build(), Outputs::new(), 0);
    let accepted = Input::Accepted {
        conn: CLIENT,
        listener: ListenerId(0),
        peer: from_elsewhere(),
    };
    let said = pieces.iter().filter(|piece| !piece.is_empty());
    let said = said.map(|piece| Input::Received {
        conn: CLIENT,
        bytes: piece.to_vec().leak(),
    });
    let left = Input::Closed {
        conn: CLIENT,
        cause: CloseCause::Peer,
    };
    let all = [Input::Start, accepted].into_iter().chain(said);
    for input in all.chain([left, Input::Control(Control::Status)]) {
        let mut todo = VecDeque::from([input]);
        while let Some(input) = todo.pop_front() {
            time += 1000;
            // A recording that begins late does not see who has come before.
            let is_seen = !partial || !matches!(input, Input::Start | Input::Accepted { .. });
            if is_seen {
                recorder.input(at(time), &input, &mut text);
            }
            machine.handle(at(time), input, &mut out);
            for output in out.drain() {
                if is_seen {
                    recorder.output(at(time), &output, &mut text);
                }
                todo.extend(answer(&output, right));
            }
        }
    }
    recorder.end(at(time), &mut text);
    text
}

#[track_caller]
fn check_same(text: &str) {
    assert!(!text.contains("blurred"), "{text}");
    let verdict = replay(&Trace::parse(text).unwrap(), Mode::Strict);
    let verdict = verdict.unwrap_or_else(|error| panic!("{error} in\n{text}"));
    assert!(
        matches!(verdict, Verdict::Same { .. }),
        "{verdict} in\n{text}"
    );
}

/// Records what a client says with a cut at each place, and checks what is written.
#[track_caller]
fn at_every_cut(plan: &Plan, said: &[u8], right: &str, secrets: &[&str]) {
    for place in 0..=said.len() {
        let (first, second) = said.split_at(place);
        let text = record(plan, &[first, second], right, false);
        check_for(&text, secrets);
        check_same(&text);
    }
}

/// The listener of a kind, and the one that takes all of them.
fn listeners(kind: WireKind) -> [WireKind; 2] {
    [kind, WireKind::Auto]
}

#[test]
fn a_wrong_password_is_hidden_where_it_is_given() {
    for kind in KINDS {
        for listener in listeners(kind) {
            for access in [Access::from(ACCESS), Access::Hash(HASH.into())] {
                let plan = plan(listener, access);
                at_every_cut(&plan, &login(kind, GIVEN), ACCESS, &[GIVEN, HASH]);
                at_every_cut(&plan, &login(kind, SHORT), ACCESS, &[SHORT]);
            }
        }
    }
}

#[test]
fn a_right_password_of_which_only_the_hash_is_known_is_hidden_wherever_it_appears() {
    for kind in KINDS {
        for listener in listeners(kind) {
            let plan = plan(listener, Access::Hash(HASH.into()));
            let later = line(kind, &format!("MESSAGE bob {GIVEN}"));
            let said = [login(kind, GIVEN), line(kind, "PROTOCOL 3"), later].concat();
            at_every_cut(&plan, &said, GIVEN, &[GIVEN, HASH]);
            let text = record(&plan, &[&said], GIVEN, false);
            assert!(text.contains("PROTOCOL 3"), "{text}");
        }
    }
}

#[test]
fn both_of_two_passwords_that_are_given_one_after_the_other_are_hidden() {
    for kind in KINDS {
        for listener in listeners(kind) {
            let said = [login(kind, GIVEN), login(kind, OTHER)].concat();
            let plan = plan(listener, Access::Hash(HASH.into()));
            at_every_cut(&plan, &said, ACCESS, &[GIVEN, OTHER]);
        }
    }
}

#[test]
fn a_password_behind_a_name_is_hidden_and_the_name_of_an_account_is_not() {
    for name in ["alice", "erin"] {
        let said = login(WireKind::SkypeProxy, &format!("{name}:{GIVEN}"));
        for access in [Access::from(ACCESS), Access::Hash(HASH.into())] {
            let plan = plan(WireKind::SkypeProxy, access);
            at_every_cut(&plan, &said, ACCESS, &[GIVEN]);
            at_every_cut(&plan, &said, GIVEN, &[GIVEN]);
            let text = record(&plan, &[&said], ACCESS, false);
            assert_eq!(text.contains("alice:"), name == "alice", "{text}");
        }
    }
}

#[test]
fn a_password_that_is_given_where_none_can_be_is_hidden_too() {
    for (kind, said) in [
        (WireKind::SkypeProxy, frame(GIVEN)),
        (
            WireKind::Skypenet,
            format!("LOGIN {GIVEN}\x17").into_bytes(),
        ),
        (
            WireKind::Skypenet,
            format!("LOGIN alice {GIVEN}").into_bytes(),
        ),
        (WireKind::Skyped, format!("PASSWORD {GIVEN}\n").into_bytes()),
        (
            WireKind::Skyped,
            format!("USERNAME a\n{GIVEN}\n").into_bytes(),
        ),
    ] {
        at_every_cut(&plan(kind, ACCESS.into()), &said, ACCESS, &[GIVEN]);
    }
}

#[test]
fn what_guests_give_is_hidden_on_its_way_in_and_up() {
    for (kind, said) in [
        (
            WireKind::SkypeProxy,
            login(WireKind::SkypeProxy, &format!("frank:{GIVEN}")),
        ),
        (
            WireKind::SkypeProxy,
            login(WireKind::SkypeProxy, &format!("frank:{SHORT}")),
        ),
        (
            WireKind::Skypenet,
            format!("LOGIN frank {GIVEN}\x17").into_bytes(),
        ),
        (
            WireKind::Skyped,
            format!("USERNAME frank\nPASSWORD {GIVEN}\n").into_bytes(),
        ),
    ] {
        let plan = with_guests(kind);
        at_every_cut(&plan, &said, ACCESS, &[GIVEN, SHORT]);
        let text = record(&plan, &[&said], ACCESS, false);
        assert!(text.contains("passwd"), "the service is asked: {text}");
    }
}

#[test]
fn a_guess_that_is_a_word_of_the_protocol_hides_nothing_else() {
    let plan = plan(WireKind::Skypenet, Access::Hash(HASH.into()));
    let said = login(WireKind::Skypenet, "status");
    let text = record(&plan, &[&said], ACCESS, false);
    assert!(text.contains(r#""out":"status""#), "{text}");
    assert!(!text.contains("LOGIN alice status"), "{text}");
    check_same(&text);
}

/// Whoever came before the recording began may be about to give a password.
#[test]
fn a_recording_that_begins_late_shows_no_password_of_a_client_that_has_come_before() {
    for kind in KINDS {
        for said in [login(kind, GIVEN), login(kind, SHORT)] {
            let plan = plan(kind, Access::Hash(HASH.into()));
            for place in 0..said.len() {
                let (first, second) = said.split_at(place);
                let text = record(&plan, &[first, second], ACCESS, true);
                check_for(&text, &[GIVEN, SHORT]);
            }
        }
    }
}

#[test]
fn what_may_be_a_part_of_a_password_is_not_held_back_for_ever() {
    let plan = plan(WireKind::Skypenet, ACCESS.into());
    let mut text = String::new();
    let mut recorder = Recorder::begin(&plan, at(0), false, Secrecy::Hidden, &mut text).unwrap();
    let accepted = Input::Accepted {
        conn: CLIENT,
        listener: ListenerId(0),
        peer: from_elsewhere(),
    };
    recorder.input(at(0), &accepted, &mut text);
    for (time, bytes) in [(1, &b"LOGIN alice Canary"[..]), (3_000_000, b"Given44\x17")] {
        let conn = CLIENT;
        recorder.input(at(time), &Input::Received { conn, bytes }, &mut text);
        recorder.pass(at(time + 1_500_000), &mut text);
        assert!(text.contains("LOGIN xxxxxxxxxxxx"), "{text}");
    }
    recorder.end(at(9_000_000), &mut text);
    assert!(text.contains("blurred"), "{text}");
    check_for(&text, &[GIVEN, "Given44"]);
}
