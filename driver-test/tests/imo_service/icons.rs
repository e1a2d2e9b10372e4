//! Pictures: who is told of them, and how they are fetched.
//! Never about what they show.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::befriend;
use crate::session::{Session, two};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npicture of alice";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0another picture";

fn set(bench: &mut Bench, session: &mut Session, image: &[u8]) {
    let image = BASE64_STANDARD.encode(image);
    session.call(bench, "im", "set_icon", &json!({"image": image}));
}

fn get(bench: &mut Bench, path: &str) -> Response {
    let conn = bench.connect();
    bench.send(conn, &Request::get(path.into()));
    bench.response(conn).expect("an answer")
}

/// The id of somebody's picture, in the only notice that has come.
#[track_caller]
fn icon_of(bench: &mut Bench, session: &mut Session, handle: &str) -> String {
    let icons = session.hear(bench, "buddy_icon");
    assert_eq!(icons.len(), 1, "{icons:?}");
    let of = |icon: &&Value| icon["buid"] == handle;
    let list = icons[0].as_array().unwrap();
    let icon = list.iter().find(of).expect("their picture");
    icon["icon"].as_str().unwrap().to_owned()
}

#[test]
fn contacts_hear_of_a_picture_and_fetch_it() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    befriend(&mut bench, &mut alice, &mut bob);
    set(&mut bench, &mut alice, PNG);
    let icon = icon_of(&mut bench, &mut bob, "alice");
    assert_eq!(icon.len(), 20);
    assert_eq!(icon_of(&mut bench, &mut alice, "alice"), icon);
    assert_eq!(carol.hear(&mut bench, "buddy_icon"), [] as [Value; 0]);
    let picture = get(&mut bench, &format!("/b/{icon}"));
    assert_eq!((picture.status, &*picture.body), (200, PNG));
    assert_eq!(picture.headers.get("Content-Type"), Some("image/png"));
    assert!(picture.headers.get("Cache-Control").is_some());
    assert_eq!(
        picture.headers.get("Content-Length"),
        Some(PNG.len().to_string().as_str())
    );
}

#[test]
fn another_picture_takes_the_place_of_the_first() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    set(&mut bench, &mut alice, PNG);
    let first = icon_of(&mut bench, &mut bob, "alice");
    set(&mut bench, &mut alice, JPEG);
    let second = icon_of(&mut bench, &mut bob, "alice");
    assert_ne!(first, second);
    assert_eq!(get(&mut bench, &format!("/b/{first}")).status, 404);
    let picture = get(&mut bench, &format!("/b/{second}"));
    assert_eq!(picture.headers.get("Content-Type"), Some("image/jpeg"));
    set(&mut bench, &mut alice, b"");
    assert_eq!(icon_of(&mut bench, &mut bob, "alice"), "");
    let gone = get(&mut bench, &format!("/b/{second}"));
    assert_eq!((gone.status, gone.body.len()), (404, 0));
}

#[test]
fn who_signs_on_hears_of_the_pictures_also_after_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    set(&mut bench, &mut alice, PNG);
    let icon = icon_of(&mut bench, &mut bob, "alice");
    let mut elsewhere = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(icon_of(&mut bench, &mut elsewhere, "alice"), icon);
    bench.restart();
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(
        icon_of(&mut bench, &mut bob, "alice"),
        icon,
        "alice is not in memory"
    );
    let mut alice = Session::sign_on_unheard(&mut bench, "alice");
    assert_eq!(icon_of(&mut bench, &mut alice, "alice"), icon, "her own");
    assert_eq!(get(&mut bench, &format!("/b/{icon}")).body, PNG);
}

#[test]
fn whoever_is_blocked_hears_of_no_picture() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    alice.call(&mut bench, "im", "block_buddy", &json!({"buid": "bob"}));
    set(&mut bench, &mut alice, PNG);
    assert_eq!(bob.hear(&mut bench, "buddy_icon"), [] as [Value; 0]);
    bench.restart();
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(bob.hear(&mut bench, "buddy_icon"), [] as [Value; 0]);
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.call(&mut bench, "im", "unblock_buddy", &json!({"buid": "bob"}));
    assert_eq!(icon_of(&mut bench, &mut bob, "alice").len(), 20);
}

#[test]
fn who_becomes_a_contact_hears_of_the_picture() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    set(&mut bench, &mut alice, PNG);
    bob.call(&mut bench, "im", "add_buddy", &json!({"buid": "alice"}));
    assert_eq!(bob.hear(&mut bench, "buddy_icon"), [] as [Value; 0]);
    alice.call(&mut bench, "im", "auth_add", &json!({"buid": "bob"}));
    assert_eq!(icon_of(&mut bench, &mut bob, "alice").len(), 20);
}

#[test]
fn what_is_no_picture_or_too_large_is_refused() {
    let mut bench = Bench::with_limits(Limits {
        avatar_bytes: PNG.len(),
        ..Limits::default()
    });
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.events(&mut bench);
    set(&mut bench, &mut alice, b"<svg onload='x'>");
    let mut large = PNG.to_vec();
    large.push(0);
    set(&mut bench, &mut alice, &large);
    alice.call(&mut bench, "im", "set_icon", &json!({"image": "%%%"}));
    let codes: Vec<Value> = alice
        .hear(&mut bench, "error")
        .iter()
        .map(|error| error["code"].clone())
        .collect();
    assert_eq!(codes, ["bad_request", "too_large", "bad_request"]);
    set(&mut bench, &mut alice, PNG);
    assert_eq!(icon_of(&mut bench, &mut alice, "alice").len(), 20);
}

#[test]
fn a_picture_of_full_size_is_taken_and_fetched() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.events(&mut bench);
    let mut image = JPEG.to_vec();
    image.resize(Limits::default().avatar_bytes, 0xfe);
    set(&mut bench, &mut alice, &image);
    let icon = icon_of(&mut bench, &mut alice, "alice");
    assert_eq!(get(&mut bench, &format!("/b/{icon}")).body, image);
}

#[test]
fn only_a_proper_id_is_looked_for() {
    let mut bench = Bench::new();
    bench.works = false;
    let long = format!("/b/{}", "x".repeat(201));
    for path in ["/b/", "/b/..", "/b/a/b", "/b/%2e", &long] {
        let answer = get(&mut bench, path);
        assert_eq!((answer.status, answer.body.len()), (404, 0), "{path}");
    }
    let conn = bench.connect();
    let post = Request {
        method: Method::Post,
        ..Request::get("/b/abc".into())
    };
    bench.send(conn, &post);
    assert_eq!(bench.response(conn).unwrap().status, 405);
}

#[test]
fn a_picture_that_cannot_be_read_now_is_to_be_asked_for_again() {
    let mut bench = Bench::new();
    bench.loads = false;
    assert_eq!(get(&mut bench, "/b/abc").status, 503);
    bench.loads = true;
    bench.works = false;
    let conn = bench.connect();
    bench.send(conn, &Request::get("/b/abc".into()));
    bench.cut(conn);
    bench.works = true;
    bench.settle();
    assert_eq!(get(&mut bench, "/b/abc").status, 404, "it goes on");
}

#[test]
fn who_has_taken_a_contact_off_the_list_hears_of_no_picture_of_his() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    bob.call(&mut bench, "im", "del_buddy", &json!({"buid": "alice"}));
    set(&mut bench, &mut alice, PNG);
    assert_eq!(bob.hear(&mut bench, "buddy_icon"), [] as [Value; 0]);
    bob.call(&mut bench, "im", "add_buddy", &json!({"buid": "alice"}));
    assert_eq!(icon_of(&mut bench, &mut bob, "alice").len(), 20);
}
