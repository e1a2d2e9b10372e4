//! Answers that are none: other statuses, other texts, too much, too little, nothing at all; once, and for minutes.
//! Never about a field of JSON that can be read.

use std::rc::Rc;

use imo2sproxy_core::http::Response;
use imo2sproxy_core::http::body::{write_chunk, write_last_chunk};

use crate::street::Street;
use crate::town::{SECONDS, host};
use imo2sproxy_sim::gate::{Delivery, Place};

/// For how long a service answers in the same wrong way, in seconds.
const SIEGE: u64 = 300;

const HTML: &str =
    "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in.</body></html>";

/// What is given for an answer.
type Wrong = Rc<dyn Fn(&Response) -> Delivery>;

fn says(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Wrong {
    let response = Response::new(status, content_type, body.into());
    Rc::new(move |_| Delivery::Proper(response.clone()))
}

fn body(bytes: impl Into<Vec<u8>>) -> Wrong {
    let bytes = bytes.into();
    Rc::new(move |response| Delivery::with_body(response, bytes.clone()))
}

fn last(bytes: impl Into<Vec<u8>>) -> Wrong {
    let bytes = bytes.into();
    Rc::new(move |_| Delivery::Last(bytes.clone()))
}

fn silence(bytes: impl Into<Vec<u8>>) -> Wrong {
    let bytes = bytes.into();
    Rc::new(move |_| Delivery::Silence(bytes.clone()))
}

/// Wrong answers of a few bytes.
fn small() -> Vec<(String, Wrong)> {
    let mut all: Vec<(String, Wrong)> = Vec::new();
    for status in [204, 302, 304, 400, 401, 403, 404, 413, 429, 500, 502, 503] {
        let empty = Response::empty(status);
        all.push((
            format!("{status}"),
            Rc::new(move |_| Delivery::Proper(empty.clone())),
        ));
        all.push((
            format!("{status} with a page"),
            says(status, "text/html", HTML),
        ));
    }
    for (what, wrong) in [
        ("a page", says(200, "text/html", HTML)),
        ("nothing in 200", body("")),
        ("null", body("null")),
        ("a list", body("[]")),
        ("an object", body("{}")),
        ("a text", body("\"{}\"")),
        (
            "JSON cut off",
            body("{\"method\":\"forward_to_client\",\"data\":{\"ack\":"),
        ),
        (
            "JSON and more",
            body("{\"data\":{\"ack\":5,\"messages\":[]}}}"),
        ),
        (
            "a byte order mark",
            body("\u{feff}{\"data\":{\"ack\":5,\"messages\":[]}}"),
        ),
        (
            "no UTF-8",
            body(&b"{\"data\":{\"ack\":5,\"messages\":[{\"x\":\"\xff\"}]}}"[..]),
        ),
        ("zeros", body(vec![0; 1000])),
        (
            "gzip",
            body(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56\x4a\x49\x2c\x49\x04\0"[..]),
        ),
        ("depth", body("{\"data\":".repeat(10_000))),
        ("mail", last("220 mail.example ESMTP\r\n\r\n")),
        ("a closed connection", last("")),
        ("a head that stops", silence("HTTP/1.1 200 OK\r\nX: y\r\n")),
        (
            "a body that stops",
            silence("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\""),
        ),
        ("half a head", last("HTTP/1.1 200 OK\r\nContent-Le")),
        (
            "half a body",
            last("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\""),
        ),
        ("no length", last(format!("HTTP/1.1 200 OK\r\n\r\n{HTML}"))),
        (
            "two lengths",
            silence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
        ),
        (
            "length and chunks",
            silence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
        ),
        (
            "bad chunks",
            silence("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        ),
        (
            "another coding",
            silence("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
        ),
        (
            "another protocol",
            silence("HTTP/1.1 101 Switching\r\n\r\n"),
        ),
        ("another version", silence("HTTP/2 200\r\n\r\n")),
        (
            "a head that never ends",
            silence(format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(20_000))),
        ),
        (
            "fields that never end",
            silence(format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(500))),
        ),
        (
            "interim answers only",
            silence("HTTP/1.1 102 Wait\r\n\r\n".repeat(100)),
        ),
    ] {
        all.push((what.into(), wrong));
    }
    all
}

/// Ten MiB in the three ways in which a body can end.
fn large() -> Vec<(String, Wrong)> {
    const SIZE: usize = 10 * 1024 * 1024;
    let text = vec![b' '; SIZE];
    let mut chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for part in text.chunks(1 << 16) {
        write_chunk(part, &mut chunks);
    }
    write_last_chunk(&mut chunks);
    let until_close = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &text].concat();
    vec![
        ("10 MiB by length".into(), body(text)),
        ("10 MiB in chunks".into(), silence(chunks)),
        ("10 MiB until the end".into(), last(until_close)),
    ]
}

/// Brings about a request of the kind, at the latest in half a minute.
fn provoke(street: &mut Street, place: Place) {
    match place {
        Place::Page | Place::Session => {
            street.say("alice", "SET USERSTATUS OFFLINE");
            street.world.run_for(SECONDS(5));
            street.say("alice", "SET USERSTATUS ONLINE");
        }
        Place::Calls => street.say("alice", "MESSAGE bob hello"),
        Place::Poll => street.say("bob", "MESSAGE alice hello"),
        Place::Picture | Place::Other => {
            unreachable!("pictures are fetched of those who have one")
        }
    }
}

const PLACES: [Place; 4] = [Place::Page, Place::Session, Place::Calls, Place::Poll];

/// One wrong answer, then honest ones. The same street sees them all.
fn once(kinds: &[(String, Wrong)]) {
    let mut street = Street::new();
    for (what, wrong) in kinds {
        for place in PLACES {
            let what = format!("{what} for {place:?}");
            let wrong = Rc::clone(wrong);
            street
                .plan()
                .spoil(1, move |at, honest| (at == place).then(|| wrong(honest)));
            provoke(&mut street, place);
            street.until_spoiled(&what);
            street.recovers(&what);
            street.told_once(&what);
        }
    }
}

/// Wrong answers for some minutes, then honest ones.
fn siege(kinds: &[(String, Wrong)], place: Place) {
    for (what, wrong) in kinds {
        let what = format!("{what} for each {place:?}");
        let mut street = Street::new();
        street.told_once("before");
        let wrong = Rc::clone(wrong);
        street.plan().spoil(usize::MAX, move |at, honest| {
            (at == place).then(|| wrong(honest))
        });
        provoke(&mut street, place);
        street.until_spoiled(&what);
        street.world.run_for(SECONDS(SIEGE));
        street.recovers(&what);
        let told = street.told_once(&what);
        // A page is only there for its cookies: what it says does not matter.
        assert!(
            !told.is_empty() || place == Place::Page,
            "{what}: nobody says why"
        );
    }
}

#[test]
fn one_wrong_answer_does_no_lasting_harm() {
    once(&small());
}

#[test]
fn one_answer_of_ten_mebibytes_does_no_lasting_harm() {
    once(&large());
}

#[test]
fn pages_that_are_wrong_for_minutes_do_no_lasting_harm() {
    siege(&small(), Place::Page);
}

#[test]
fn session_ids_that_do_not_come_for_minutes_are_told_once() {
    siege(&small(), Place::Session);
}

#[test]
fn calls_that_are_answered_wrongly_for_minutes_are_told_once() {
    siege(&small(), Place::Calls);
}

#[test]
fn polls_that_are_answered_wrongly_for_minutes_are_told_once() {
    siege(&small(), Place::Poll);
}

#[test]
fn a_service_that_is_too_loud_for_minutes_is_told_once() {
    siege(&large(), Place::Poll);
}

#[test]
fn causes_that_take_turns_are_told_once_each() {
    let turns = [
        says(500, "text/html", HTML),
        body("null"),
        last(""),
        silence("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
    ];
    let mut street = Street::new();
    street.told_once("before");
    let mut turn = turns.into_iter().cycle();
    street.plan().spoil(usize::MAX, move |at, honest| {
        (at == Place::Poll).then(|| turn.next().map(|wrong| wrong(honest)))?
    });
    provoke(&mut street, Place::Poll);
    street.world.run_for(SECONDS(SIEGE));
    street.recovers("causes in turns");
    let told = street.told_once("causes in turns");
    assert!(told.len() >= 4, "{told:?}");
}

#[test]
fn a_service_that_falls_silent_is_told_once_and_found_again() {
    let mut street = Street::new();
    street.told_once("before");
    street
        .plan()
        .spoil(usize::MAX, |_, _| Some(Delivery::Silence(Vec::new())));
    street.say("alice", "MESSAGE bob hello");
    street.world.run_for(SECONDS(SIEGE));
    street.recovers("silence");
    let told = street.told_once("silence");
    assert!(
        told.iter().any(|line| line.contains("no answer in time")),
        "{told:?}"
    );
}

#[test]
fn a_poll_cut_off_after_any_byte_does_no_lasting_harm() {
    let mut street = Street::new();
    let mut length = 1;
    let mut cut = 0;
    while cut < length {
        for ends in [true, false] {
            let what = format!(
                "cut after {cut} bytes, which {}",
                if ends { "ends it" } else { "is all" }
            );
            street.plan().spoil(1, move |at, honest| {
                let news = at == Place::Poll && honest.body.len() > 200;
                news.then(|| match ends {
                    // The head promises all of it, and the connection ends.
                    true => Delivery::Last(cut_off(honest, cut)),
                    // The head promises no more than comes.
                    false => Delivery::with_body(honest, &honest.body[..cut]),
                })
            });
            street.say("bob", "MESSAGE alice hello");
            street.until_spoiled(&what);
            length = street.plan().spoiled_bytes;
            street.recovers(&what);
            street.told_once(&what);
        }
        cut += 1;
    }
    assert!(length > 200);
}

/// The answer as it goes over the wire, without all behind the `cut`th byte of its body.
fn cut_off(honest: &Response, cut: usize) -> Vec<u8> {
    let length = honest.body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), &honest.body[..cut]].concat()
}

#[test]
fn an_answer_of_another_media_type_is_taken_all_the_same() {
    for media in ["text/html", "image/png", "nonsense", ""] {
        let mut street = Street::new();
        street.told_once("before");
        street.plan().spoil(usize::MAX, move |_, honest| {
            let mut changed = honest.clone();
            changed.headers.remove("Content-Type");
            if !media.is_empty() {
                changed.headers.push("Content-Type", media);
            }
            Some(Delivery::Proper(changed))
        });
        for round in 0..3 {
            street.say("alice", &format!("MESSAGE bob {media} {round}"));
            let sent = "CHATMESSAGE * STATUS SENT";
            street.world.expect("alice", sent, SECONDS(5));
        }
        street.recovers(media);
        assert_eq!(street.told_once(media), [""; 0]);
    }
}

#[test]
fn a_picture_that_is_none_does_no_lasting_harm() {
    let mut street = Street::new();
    street.at_home("alice");
    street.at_home("bob");
    let kinds = small().into_iter().chain(large());
    for (number, (what, wrong)) in kinds.enumerate() {
        let what = format!("{what} for a picture");
        let png = format!("\u{89}PNG number {number}");
        let picture = [b"\x89PNG\r\n\x1a\n", png.as_bytes()].concat();
        street.world.folder(&host("bob")).put("me.png", &picture);
        street.say("bob at home", "#p SET AVATAR 1 /pictures/me.png");
        let set = "#p AVATAR 1 /pictures/me.png";
        street.world.expect("bob at home", set, SECONDS(10));
        street.world.run_for(SECONDS(2));
        street.plan().spoil(1, move |at, honest| {
            (at == Place::Picture).then(|| wrong(honest))
        });
        let line = format!("#g GET USER bob AVATAR 1 /pictures/{number}.png");
        street.say("alice at home", &line);
        street.until_spoiled(&what);
        street.world.expect("alice at home", "#g *", SECONDS(15));
        street.recovers(&what);
        street.told_once(&what);
    }
}
