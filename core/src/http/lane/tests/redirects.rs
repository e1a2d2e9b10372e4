use super::*;
use crate::http::Method;

#[test]
fn a_redirect_at_the_same_origin_uses_the_same_connection() {
    let mut bench = Bench::asking();
    bench.answer(302, "Location: x?y\r\n");
    bench.expect(&["GET /x?y"]);
    bench.answer(301, "Location: https://h/z\r\nConnection: close\r\n");
    bench.expect(&["close"]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.input(LaneInput::Connected);
    bench.expect(&["connect h", "GET /z"]);
    bench.answer(200, "");
    bench.expect(&["done 0 200"]);
}

#[test]
fn a_redirect_to_another_origin_takes_a_new_connection_and_the_next_request_goes_back() {
    let mut bench = Bench::asking();
    bench.get("/1");
    bench.answer(307, "Location: https://other/x\r\n");
    bench.expect(&["close"]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.input(LaneInput::Connected);
    bench.expect(&["connect other", "GET /x"]);
    bench.answer(200, "");
    bench.expect(&["done 0 200", "close"]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&["connect h"]);
}

#[test]
fn an_unreachable_place_that_one_request_was_sent_to_fails_that_one_only() {
    let mut bench = Bench::asking();
    bench.get("/1");
    bench.answer(307, "Location: https://other/x\r\n");
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.input(LaneInput::Closed(CloseCause::NoSuchHost));
    bench.expect(&[
        "close",
        "connect other",
        "done 0 Connect(NoSuchHost)",
        "connect h",
    ]);
}

#[test]
fn a_redirect_may_turn_a_post_into_a_get() {
    for (method, status, expected) in [
        (Method::Post, 301, "GET"),
        (Method::Post, 302, "GET"),
        (Method::Post, 303, "GET"),
        (Method::Post, 307, "POST"),
        (Method::Post, 308, "POST"),
        (Method::Head, 303, "HEAD"),
        (Method::Get, 308, "GET"),
        (Method::Other("PUT".into()), 302, "PUT"),
        (Method::Other("PUT".into()), 303, "GET"),
    ] {
        let mut bench = Bench::to(net("h", true));
        let mut request = Request::post("/".into(), "text/plain", b"hello".to_vec());
        request.method = method.clone();
        bench.submit(request);
        bench.input(LaneInput::Connected);
        bench.out.clear();
        bench.answer(status, "Location: /x\r\n");
        let Some(LaneOutput::Send(bytes)) = bench.out.pop() else {
            panic!("{method:?} {status} is not sent again");
        };
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with(&format!("{expected} /x ")), "{text}");
        let keeps_body = method.as_str() == expected;
        assert_eq!(text.ends_with("hello"), keeps_body, "{text}");
        assert_eq!(text.contains("text/plain"), keeps_body, "{text}");
    }
}

#[test]
fn what_is_posted_never_goes_to_another_origin() {
    for status in [301, 302, 303, 307, 308] {
        let mut bench = Bench::to(net("h", true));
        bench.submit(Request::post("/".into(), "text/plain", b"hello".to_vec()));
        bench.input(LaneInput::Connected);
        bench.out.clear();
        bench.answer(status, "Location: https://other/x\r\n");
        bench.expect(&["done 0 OtherOrigin"]);
    }
}

#[test]
fn redirects_that_must_not_be_followed_are_errors() {
    for (origin, target, error) in [
        (net("h", true), "http://h/", "Downgrade"),
        (net("h", true), "http://other/", "Downgrade"),
        (net("h", false), "ftp://h/", "BadLocation"),
        (Origin::Embedded, "http://h/", "BadLocation"),
    ] {
        let mut bench = Bench::to(origin);
        bench.get("/");
        bench.input(LaneInput::Connected);
        bench.out.clear();
        bench.answer(302, &format!("Location: {target}\r\n"));
        bench.expect(&[&format!("done 0 {error}")]);
    }
}

#[test]
fn a_server_that_redirects_without_end_is_left() {
    let mut bench = Bench::asking();
    let most = Limits::default().redirects;
    for _ in 0..most {
        bench.answer(302, "Location: /\r\n");
        bench.expect(&["GET /"]);
    }
    bench.answer(302, "Location: /\r\n");
    bench.expect(&["done 0 TooManyRedirects"]);
}

#[test]
fn a_redirect_that_says_not_where_is_a_response() {
    let mut bench = Bench::asking();
    bench.answer(302, "");
    bench.get("/1");
    bench.answer(304, "Location: /x\r\n");
    bench.expect(&["done 0 302", "GET /1", "done 1 304"]);
}

#[test]
fn a_cookie_is_sent_back_to_its_own_host_also_after_a_redirect() {
    let mut bench = Bench::asking();
    let mut cookies_after = |fields: &str| {
        bench.answer(302, fields);
        bench.input(LaneInput::Closed(CloseCause::Local));
        bench.input(LaneInput::Connected);
        let sent = bench.out.drain(..).find_map(|output| match output {
            LaneOutput::Send(bytes) => Some(String::from_utf8(bytes).unwrap()),
            LaneOutput::Connect(_) | LaneOutput::Close | LaneOutput::Done(..) => None,
        });
        let sent = sent.unwrap();
        let cookies = sent.lines().find_map(|line| line.strip_prefix("Cookie: "));
        cookies.map(String::from)
    };
    let first = "Location: https://h/x\r\nSet-Cookie: a=1; Secure\r\nSet-Cookie: b=2\r\nConnection: close\r\n";
    assert_eq!(cookies_after(first).as_deref(), Some("a=1; b=2"));
    assert_eq!(cookies_after("Location: https://other/x\r\n"), None);
    assert_eq!(
        cookies_after("Location: https://h/x\r\n").as_deref(),
        Some("a=1; b=2")
    );
}
