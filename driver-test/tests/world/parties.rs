//! What a gate does to answers, and a hostile client to listeners, seen from machines that do next to nothing.
//! Never asks whether the shipped machines bear it: sweeps do.

use std::collections::BTreeSet;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{CloseCause, Input, ListenerId, Origin, Output};
use imo2sproxy_sim::gate::Gate;
use imo2sproxy_sim::hostile::Hostile;
use imo2sproxy_sim::{Chances, Fault, Faults, Fired, World};

use crate::toys::*;

const ASKED: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
/// Answers of the stand-in for a service, one after the other.
const BODIES: [&str; 2] = [
    r#"{"data":{"messages":[{"seq":1},{"seq":2}],"ssid":"A"}}"#,
    r#"{"data":{"messages":[{"seq":3},{"seq":4}],"ssid":"A"}}"#,
];

fn origin(host: &str) -> Origin {
    let Output::Connect { origin, .. } = connect(0, host) else {
        panic!("connect makes a Connect");
    };
    origin
}

/// What the second of two requests through a gate brings, how often the service was asked for it, and how it ended.
fn second_answer(fault: Option<Fault>, seed: u64) -> (String, usize, Vec<CloseCause>, World) {
    let mut asked = 0;
    let (service, at_service) = listener(move |input, out| {
        if let Input::Received { conn, .. } = input {
            let body = BODIES[asked.min(1)];
            asked += 1;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            out.push(send(*conn, answer.as_bytes()));
        }
    });
    let mut world = world_with_server(seed, Faults::none(), service);
    let gate = Gate::drawn(origin("server"), world.conditions(), world.rng("gate"));
    world.host("gate", gate);
    world.listen("gate", ListenerId(0), "gate", 80, false);
    let sight = Sight::default();
    let kept = sight.clone();
    let mut said = 0;
    let asker = Toy::new(move |_, input: &Input<'_>, out| match input {
        Input::Start => out.push(connect(0, "gate")),
        Input::Connected { conn } => out.push(send(*conn, ASKED.as_bytes())),
        Input::Received { conn, bytes } => {
            kept.borrow_mut().received.extend_from_slice(bytes);
            said += 1;
            if said == 1 {
                out.push(Output::Reading {
                    conn: *conn,
                    on: false,
                });
                out.push(send(*conn, ASKED.as_bytes()));
                out.push(Output::Reading {
                    conn: *conn,
                    on: true,
                });
            }
        }
        Input::Closed { cause, .. } => kept.borrow_mut().closed.push(*cause),
        _ => {}
    });
    world.host("asker", asker);
    world.run_until(|_| !sight.borrow().received.is_empty(), MINUTE);
    if let Some(fault) = fault {
        world.set_faults(Faults::none().with(fault, 100));
    }
    let first = sight.borrow().received.len();
    world.run_for(MINUTE);
    let seen = sight.borrow();
    let answer = String::from_utf8_lossy(&seen.received[first..]).into_owned();
    let requests = String::from_utf8_lossy(&at_service.borrow().received).into_owned();
    (
        answer,
        requests.matches("GET /").count() - 1,
        seen.closed.clone(),
        world,
    )
}

#[test]
fn a_gate_without_faults_passes_answers_on_as_they_are() {
    let (answer, asked, closed, world) = second_answer(None, 1);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(BODIES[1]), "{answer}");
    assert_eq!((asked, closed), (1, vec![]));
    assert_eq!(world.fired(), Fired::default());
}

#[test]
fn each_trick_of_a_gate_does_what_its_name_says_and_is_counted_once() {
    let body = BODIES[1];
    for seed in 1..20 {
        for (fault, asks) in [
            (Fault::HttpRefused, 0),
            (Fault::HttpDenied, 1),
            (Fault::HttpPage, 1),
            (Fault::HttpTruncated, 1),
            (Fault::HttpBodyTwice, 1),
            (Fault::HttpTwice, 1),
            (Fault::HttpLost, 1),
            (Fault::RepeatedNumbers, 1),
            (Fault::SkippedNumbers, 1),
        ] {
            let (answer, asked, closed, world) = second_answer(Some(fault), seed);
            let what = format!("{}: {answer:?}", fault.name());
            assert_eq!(asked, asks, "{what}");
            assert_eq!(world.fired().count(fault), 1, "{what}");
            let breaks = matches!(fault, Fault::HttpTruncated | Fault::HttpLost);
            assert_eq!(closed.len(), usize::from(breaks), "{what}");
            let status = &answer[..answer.len().min(12)];
            let refused = matches!(
                status,
                "HTTP/1.1 429" | "HTTP/1.1 500" | "HTTP/1.1 502" | "HTTP/1.1 503" | "HTTP/1.1 504"
            );
            let has = |seq: u32| answer.matches(&format!("\"seq\":{seq}")).count();
            let numbers = [1, 2, 3, 4].map(has);
            let is_so = if fault == Fault::HttpRefused || fault == Fault::HttpDenied {
                refused
            } else if fault == Fault::HttpPage {
                status == "HTTP/1.1 200" && answer.ends_with("</html>")
            } else if fault == Fault::HttpTruncated {
                answer.contains(&format!("Content-Length: {}", body.len()))
                    && !answer.ends_with(body)
            } else if fault == Fault::HttpBodyTwice {
                answer.ends_with(&body.repeat(2)) && answer.matches("HTTP/1.1").count() == 1
            } else if fault == Fault::HttpTwice {
                answer.matches("HTTP/1.1").count() == 2 && answer.matches(body).count() == 2
            } else if fault == Fault::HttpLost {
                answer.is_empty()
            } else if fault == Fault::RepeatedNumbers {
                numbers[0] == 1 && numbers[2..] == [1, 1]
            } else {
                numbers == [0, 0, 1, 0] || numbers == [0, 0, 0, 1]
            };
            assert!(is_so, "{what}");
        }
    }
}

/// An hour of a hostile client at a listener that only listens.
fn hostile_hour(seed: u64, hostile: impl FnOnce(&World) -> Hostile) -> (World, Sight) {
    let (server, sight) = listener(|_, _| {});
    let faults = Faults {
        hostile: Chances::hostile(10),
        ..Faults::none()
    };
    let mut world = world_with_server(seed, faults, server);
    let hostile = hostile(&world);
    world.host("hostile", hostile);
    world.run_for(HOUR);
    (world, sight)
}

fn at_wire(world: &World) -> Hostile {
    let (conditions, rng) = (world.conditions(), world.rng("hostile"));
    Hostile::to_clients_port(
        origin("server"),
        WireKind::SkypeProxy,
        None,
        conditions,
        rng,
    )
}

fn at_service(world: &World) -> Hostile {
    let (conditions, rng) = (world.conditions(), world.rng("hostile"));
    Hostile::to_service(origin("server"), &["alice"], conditions, rng)
}

fn kinds(fired: &Fired) -> BTreeSet<&'static str> {
    let happened = fired.iter().filter(|(_, count)| *count > 0);
    happened.map(|(fault, _)| fault.name()).collect()
}

#[test]
fn a_hostile_client_does_all_that_it_can_and_the_same_for_the_same_seed() {
    let (wire, bytes) = hostile_hour(1, at_wire);
    assert_eq!(kinds(&wire.fired()).len(), 7, "{:?}", wire.fired());
    assert!(bytes.borrow().received.len() > 1_000_000);
    let (service, _) = hostile_hour(1, at_service);
    assert_eq!(kinds(&service.fired()).len(), 9, "{:?}", service.fired());
    assert_eq!(hostile_hour(1, at_wire).0.trace_hash(), wire.trace_hash());
    assert_ne!(hostile_hour(2, at_wire).0.trace_hash(), wire.trace_hash());
}

#[test]
fn a_hostile_client_has_a_bounded_number_of_connections_and_leaves_a_healed_world() {
    let (mut world, _) = hostile_hour(1, at_service);
    let mut most = 0;
    for _ in 0..600 {
        world.run_for(Duration::from_secs(1));
        most = most.max(world.live_connections("hostile"));
    }
    assert!((4..=8).contains(&most), "{most} at once");
    world.heal();
    world.run_for(Duration::from_secs(10));
    let before = world.fired();
    assert_eq!(world.live_connections("hostile"), 0);
    world.run_for(HOUR);
    assert_eq!(world.fired(), before);
}
