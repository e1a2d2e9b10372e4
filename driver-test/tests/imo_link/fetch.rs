//! Pictures that the link fetches, between the calls.
//! Never tests what becomes of a picture.

use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::Response;
use imo2sproxy_core::imo::link::{FetchError, FetchId, LaneId, Link, LinkOutput, LinkStatus};
use serde_json::json;

use crate::answers::send;
use crate::bench::Bench;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npicture";

fn fetch(bench: &mut Bench, icon: &str) -> Result<FetchId, FetchError> {
    bench.act(|link, now, out| link.fetch(now, icon, out))
}

fn picture(body: &[u8]) -> Response {
    Response::new(200, "image/png", body.to_vec())
}

/// What came of the fetches that are over, in their order.
fn fetched(bench: &Bench) -> Vec<(FetchId, Result<Vec<u8>, FetchError>)> {
    let one = |told: &LinkOutput| match told {
        LinkOutput::Fetched(id, result) => Some((*id, result.clone())),
        _ => None,
    };
    bench.told.iter().filter_map(one).collect()
}

#[test]
fn a_picture_comes_from_below_the_base_of_the_service() {
    let mut bench = Bench::signed_on();
    let id = fetch(&mut bench, "Ab-1_2.jpg").unwrap();
    assert_eq!(bench.ask(LaneId::Calls).method, "GET /base/b/Ab-1_2.jpg");
    bench.respond(LaneId::Calls, &picture(PNG));
    assert_eq!(fetched(&bench), [(id, Ok(PNG.to_vec()))]);
    assert_eq!(bench.link.status(), LinkStatus::Online);
}

#[test]
fn a_name_that_is_no_id_is_not_asked_for() {
    let mut bench = Bench::signed_on();
    let asked = bench.asked();
    let long = "x".repeat(201);
    for icon in ["", "..", "../imo", "a?b", "a b", "http://x/", &long] {
        assert_eq!(fetch(&mut bench, icon), Err(FetchError::BadId), "{icon}");
    }
    assert_eq!(bench.asked(), asked);
}

#[test]
fn calls_and_pictures_take_turns() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    for icon in ["a", "b"] {
        fetch(&mut bench, icon).unwrap();
    }
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["send_im"]);
    send(&mut bench, "two");
    bench.acknowledge();
    assert_eq!(bench.ask(LaneId::Calls).method, "GET /base/b/a");
    send(&mut bench, "three");
    bench.respond(LaneId::Calls, &picture(PNG));
    let ask = bench.ask(LaneId::Calls);
    assert_eq!(ask.calls().first(), Some(&"send_im"), "behind one picture");
    bench.acknowledge();
    assert_eq!(bench.ask(LaneId::Calls).method, "GET /base/b/b");
    bench.respond(LaneId::Calls, &picture(PNG));
    if let Some(ask) = bench.try_ask(LaneId::Calls) {
        assert_eq!(ask.calls(), ["send_im"]);
        bench.acknowledge();
    }
    assert!(bench.try_ask(LaneId::Calls).is_none());
    assert_eq!(fetched(&bench).len(), 2);
}

#[test]
fn what_is_no_picture_is_not_taken() {
    let large = [PNG, &vec![0; Limits::default().avatar_bytes]].concat();
    let empty = |status| Response::empty(status);
    for (response, expected) in [
        (empty(404), FetchError::Missing),
        (empty(500), FetchError::Unreachable),
        (picture(b"<html>"), FetchError::NoPicture),
        (picture(b""), FetchError::NoPicture),
        (picture(&large), FetchError::TooLarge),
    ] {
        let mut bench = Bench::signed_on();
        let id = fetch(&mut bench, "a").unwrap();
        bench.respond(LaneId::Calls, &response);
        assert_eq!(fetched(&bench), [(id, Err(expected))]);
        assert_eq!(bench.link.status(), LinkStatus::Online, "it goes on");
        send(&mut bench, "hello");
        bench.acknowledge();
    }
}

#[test]
fn a_redirect_leads_to_no_other_host() {
    let mut bench = Bench::signed_on();
    let id = fetch(&mut bench, "a").unwrap();
    let mut response = Response::empty(302);
    response.headers.push("Location", "https://evil.example/x");
    bench.respond(LaneId::Calls, &response);
    assert_eq!(fetched(&bench), [(id, Err(FetchError::Unreachable))]);
    let id = fetch(&mut bench, "a").unwrap();
    let mut response = Response::empty(302);
    response.headers.push("Location", "/pictures/a");
    bench.respond(LaneId::Calls, &response);
    assert_eq!(bench.ask(LaneId::Calls).method, "GET /pictures/a");
    bench.respond(LaneId::Calls, &picture(PNG));
    assert_eq!(fetched(&bench).last(), Some(&(id, Ok(PNG.to_vec()))));
}

#[test]
fn a_picture_that_does_not_come_in_time_is_given_up() {
    let mut bench = Bench::signed_on();
    let first = fetch(&mut bench, "a").unwrap();
    bench.run(Duration::from_secs(3));
    let second = fetch(&mut bench, "b").unwrap();
    send(&mut bench, "hello");
    bench.run(Duration::from_secs(4));
    assert_eq!(fetched(&bench), []);
    bench.run(Duration::from_secs(1));
    assert_eq!(fetched(&bench), [(first, Err(FetchError::Unreachable))]);
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["send_im"]);
    bench.run(Duration::from_secs(3));
    assert_eq!(
        fetched(&bench).last(),
        Some(&(second, Err(FetchError::Unreachable))),
        "it has waited for its turn"
    );
    bench.acknowledge();
    assert_eq!(bench.link.status(), LinkStatus::Online);
}

#[test]
fn a_connection_that_breaks_costs_the_picture_only() {
    let mut bench = Bench::signed_on();
    let id = fetch(&mut bench, "a").unwrap();
    bench.cut(LaneId::Calls);
    assert_eq!(fetched(&bench), [(id, Err(FetchError::Unreachable))]);
    assert_eq!(bench.link.status(), LinkStatus::Online);
    send(&mut bench, "hello");
    bench.acknowledge();
}

#[test]
fn a_lost_session_fails_all_that_waits_at_once() {
    let mut bench = Bench::signed_on();
    let first = fetch(&mut bench, "a").unwrap();
    let second = fetch(&mut bench, "b").unwrap();
    bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]);
    let offline = Err(FetchError::Offline);
    assert_eq!(
        fetched(&bench),
        [(first, offline.clone()), (second, offline)]
    );
    assert_eq!(fetch(&mut bench, "a"), Err(FetchError::Offline));
}

#[test]
fn a_sign_off_does_not_wait_for_a_picture() {
    let mut bench = Bench::signed_on();
    let id = fetch(&mut bench, "a").unwrap();
    bench.act(Link::stop);
    assert_eq!(fetched(&bench), [(id, Err(FetchError::Offline))]);
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["signoff_all"]);
}

#[test]
fn few_pictures_wait_at_once() {
    let mut bench = Bench::signed_on();
    let most = Limits::default().fetches;
    for _ in 0..=most {
        fetch(&mut bench, "a").unwrap();
    }
    assert_eq!(fetch(&mut bench, "a"), Err(FetchError::TooMany));
    bench.respond(LaneId::Calls, &picture(PNG));
    fetch(&mut bench, "a").unwrap();
}
