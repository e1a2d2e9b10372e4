//! The service as an HTTP server.
//! Never about what its requests mean.

use imo2sproxy_core::http::{Method, Request, form};
use serde_json::{Value, json};

use crate::bench::Bench;

fn ask(bench: &mut Bench, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    let conn = bench.connect();
    let mut request = Request::post(path.into(), form::CONTENT_TYPE, body.to_vec());
    request.method = Method::from(method);
    bench.send(conn, &request);
    let response = bench.response(conn).expect("a response");
    bench.cut(conn);
    (response.status, String::from_utf8(response.body).unwrap())
}

#[test]
fn the_page_sets_a_cookie_that_nobody_needs() {
    let mut bench = Bench::new();
    let conn = bench.connect();
    bench.send(conn, &Request::get("/".into()));
    let page = bench.response(conn).unwrap();
    assert_eq!(page.status, 200);
    assert!(page.headers.get("Set-Cookie").is_some());
}

#[test]
fn what_is_none_of_the_protocol_gets_an_error_in_json() {
    let mut bench = Bench::new();
    let large = vec![b'x'; 1024 * 1024 + 1];
    for (method, path, body, status) in [
        ("GET", "/elsewhere", &b""[..], 404),
        ("GET", "/imo", b"", 405),
        ("PUT", "/imo", b"", 405),
        ("POST", "/", b"", 405),
        ("POST", "/imo", b"", 400),
        ("POST", "/imo", b"{\"method\":1}", 400),
        ("POST", "/imo", b"method=forward_to_server", 400),
        ("POST", "/imo", b"method=forward_to_server&data=%", 400),
        ("POST", "/imo", b"method=forward_to_server&data=%ff", 400),
        ("POST", "/imo", b"method=forward_to_server&data=x", 400),
        ("POST", "/imo", b"method=forward_to_server&data=[]", 400),
        ("POST", "/imo", b"method=forward_to_server&data={}", 400),
        (
            "POST",
            "/imo",
            b"method=rest_rpc&data={\"ack\":0,\"ssid\":\"a\",\"messages\":[]}",
            400,
        ),
        ("POST", "/imo", b"method=dance&data={}", 400),
        ("POST", "/imo", &large, 413),
    ] {
        let (got, body) = ask(&mut bench, method, path, body);
        assert_eq!(got, status, "{method} {path}: {body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert!(body["error"].is_string());
    }
}

#[test]
fn a_wrong_verb_is_told_the_right_ones() {
    let mut bench = Bench::new();
    let conn = bench.connect();
    bench.send(conn, &Request::get("/imo".into()));
    assert_eq!(
        bench.response(conn).unwrap().headers.get("Allow"),
        Some("POST")
    );
}

#[test]
fn an_avatar_that_is_not_there_is_an_empty_404() {
    let mut bench = Bench::new();
    assert_eq!(
        ask(&mut bench, "GET", "/b/icon.jpg", b""),
        (404, String::new())
    );
}

#[test]
fn deep_json_is_refused() {
    let mut bench = Bench::new();
    let body = format!("method=echo&data={}", "[".repeat(100_000));
    assert_eq!(ask(&mut bench, "POST", "/imo", body.as_bytes()).0, 400);
}

#[test]
fn an_echo_comes_back() {
    let mut bench = Bench::new();
    let body = br#"method=echo&data=%7B%22t%22%3A%20"1400000000000"+%7D"#;
    let (status, body) = ask(&mut bench, "POST", "/imo", body);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, &body["data"]),
        (200, &json!({"t": "1400000000000"}))
    );
}

#[test]
fn a_client_that_waits_for_permission_gets_it() {
    let mut bench = Bench::new();
    let conn = bench.connect();
    bench.send_raw(
        conn,
        b"POST /imo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 19\r\n\
          Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n\r\n",
    );
    assert_eq!(bench.raw(conn), "HTTP/1.1 100 Continue\r\n\r\n");
    bench.send_raw(conn, b"method=echo&data=7+");
    assert!(
        bench
            .raw(conn)
            .ends_with("{\"method\":\"echo\",\"data\":7}"),
        "{}",
        bench.raw(conn)
    );
}

#[test]
fn a_connection_that_says_nothing_is_closed_in_time() {
    let mut bench = Bench::new();
    let conn = bench.connect();
    bench.send_raw(conn, b"POST /imo HTTP/1.1\r\n");
    bench.run(std::time::Duration::from_secs(121));
    assert!(bench.is_closed(conn));
    bench.send_raw(conn, b"Host: h\r\n");
}
