use super::*;

fn proxy(kind: ProxyKind, login: Option<(&str, &str)>) -> ProxyServer {
    let credentials = login.map(|(user, password)| {
        Credentials::new(kind, user.into(), Secret::from(password)).unwrap()
    });
    ProxyServer {
        kind,
        host: "proxy.example".into(),
        port: 3128,
        credentials,
    }
}

/// Plays a whole talk: each of `answers` comes once all before it was answered, cut as `cut` says. Gives what was said after
/// each, and how it ended.
fn talk(
    proxy: &ProxyServer,
    host: &str,
    answers: &[&[u8]],
    cut: impl Fn(&[u8]) -> Vec<Vec<u8>>,
) -> (Vec<Vec<u8>>, Result<bool, ProxyFault>) {
    let mut first = Vec::new();
    let mut passage = Passage::begin(proxy, host, 443, &mut first);
    let mut said = vec![first];
    let mut end = Ok(false);
    for answer in answers {
        assert_eq!(end, Ok(false));
        let mut tx = Vec::new();
        for piece in cut(answer) {
            end = passage.hear(&piece, &mut tx);
            if end.is_err() {
                break;
            }
        }
        said.push(tx);
    }
    (said, end)
}

fn whole(bytes: &[u8]) -> Vec<Vec<u8>> {
    vec![bytes.to_vec()]
}

/// Plays it in one piece, with a cut at each place, and byte by byte; all must come to the same.
#[track_caller]
fn plays(
    proxy: &ProxyServer,
    host: &str,
    answers: &[&[u8]],
) -> (Vec<Vec<u8>>, Result<bool, ProxyFault>) {
    let expected = talk(proxy, host, answers, whole);
    let longest = answers.iter().map(|answer| answer.len()).max().unwrap();
    for at in 1..longest {
        let cut = |bytes: &[u8]| {
            let (front, back) = bytes.split_at(at.min(bytes.len()));
            let pieces = [front.to_vec(), back.to_vec()];
            pieces
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect()
        };
        assert_eq!(talk(proxy, host, answers, cut), expected, "cut at {at}");
    }
    let drip = |bytes: &[u8]| bytes.iter().map(|byte| vec![*byte]).collect();
    assert_eq!(talk(proxy, host, answers, drip), expected);
    expected
}

#[test]
fn an_http_proxy_is_asked_to_connect() {
    for (host, login, request) in [
        (
            "imo.example",
            None,
            "CONNECT imo.example:443 HTTP/1.1\r\nHost: imo.example:443\r\n\r\n",
        ),
        (
            "2001:db8::1",
            None,
            "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n",
        ),
        (
            "192.0.2.1",
            Some(("me", "open sesame")),
            "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\
             Proxy-Authorization: Basic bWU6b3BlbiBzZXNhbWU=\r\n\r\n",
        ),
    ] {
        let proxy = proxy(ProxyKind::Http, login);
        let answer = b"HTTP/1.0 200 Connection established\r\nVia: x\r\nContent-Length: 9\r\n\r\n";
        let (said, end) = plays(&proxy, host, &[answer]);
        assert_eq!(std::str::from_utf8(&said[0]).unwrap(), request);
        assert_eq!((said[1].len(), end), (0, Ok(true)));
    }
}

#[test]
fn an_http_proxy_says_no_in_many_ways() {
    use ProxyFault::{Credentials, Garbled, NoWay, Refused};
    let proxy = proxy(ProxyKind::Http, None);
    for (answer, fault) in [
        (
            "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\n\r\n",
            Credentials,
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<html>", Refused),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n",
            Refused,
        ),
        ("HTTP/1.1 405 No\r\n\r\n", Refused),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", NoWay),
        ("HTTP/1.1 503 Unavailable\r\n\r\n", NoWay),
        ("HTTP/1.1 101 Switching\r\n\r\n", Garbled),
        ("HTTP/2.0 200 OK\r\n\r\n", Garbled),
        ("220 mail.example ESMTP\r\n\r\n", Garbled),
        ("<html>\r\n\r\n", Garbled),
    ] {
        let (_, end) = plays(&proxy, "imo.example", &[answer.as_bytes()]);
        assert_eq!(end, Err(fault), "{answer}");
    }
}

#[test]
fn interim_answers_of_an_http_proxy_are_passed_over_but_not_without_end() {
    let proxy = proxy(ProxyKind::Http, None);
    let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 204 OK\r\n\r\n";
    assert_eq!(plays(&proxy, "h", &[answer]).1, Ok(true));
    let mut passage = Passage::begin(&proxy, "h", 1, &mut Vec::new());
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
    let heard =
        (0..2000).find_map(|n| passage.hear(interim, &mut Vec::new()).err().map(|e| (n, e)));
    let (count, fault) = heard.unwrap();
    assert_eq!(fault, ProxyFault::Garbled);
    assert!(count * interim.len() <= ANSWER_BYTES_MAX);
}

#[test]
fn what_follows_the_last_word_of_a_proxy_is_not_taken_for_the_service() {
    let http = proxy(ProxyKind::Http, None);
    let (_, end) = talk(&http, "h", &[b"HTTP/1.1 200 OK\r\n\r\nx"], whole);
    assert_eq!(end, Err(ProxyFault::Garbled));
    let socks = proxy(ProxyKind::Socks5, None);
    let answers: [&[u8]; 2] = [&[5, 0], &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7]];
    assert_eq!(
        talk(&socks, "h", &answers, whole).1,
        Err(ProxyFault::Garbled)
    );
    assert_eq!(
        talk(&socks, "h", &[&[5, 0, 5]], whole).1,
        Err(ProxyFault::Garbled)
    );
}

#[test]
fn a_head_of_a_proxy_that_never_ends_is_given_up() {
    let proxy = proxy(ProxyKind::Http, None);
    let mut passage = Passage::begin(&proxy, "h", 1, &mut Vec::new());
    let first = passage.hear(b"HTTP/1.1 200 OK\r\nA: ", &mut Vec::new());
    assert_eq!(first, Ok(false));
    let given_up = (0..=ANSWER_BYTES_MAX).find(|_| passage.hear(b"x", &mut Vec::new()).is_err());
    assert!(given_up.is_some());
}

#[test]
fn a_socks_proxy_gets_names_as_they_are() {
    let proxy = proxy(ProxyKind::Socks5, None);
    let v6: Vec<u8> = [&[4, 0x20, 0x01, 0x0d, 0xb8][..], &[0; 11], &[1]].concat();
    for (host, address) in [
        ("imo.example", [&[3, 11][..], b"imo.example"].concat()),
        ("192.0.2.1", vec![1, 192, 0, 2, 1]),
        ("2001:db8::1", v6),
    ] {
        for bound in [
            vec![1, 0, 0, 0, 0],
            [&[4][..], &[0; 16]].concat(),
            vec![3, 0],
            b"\x03\x05proxy".to_vec(),
        ] {
            let reply = [&[5, 0, 0][..], &bound, &[0, 0]].concat();
            let (said, end) = plays(&proxy, host, &[&[5, 0], &reply]);
            let request = [&[5, 1, 0][..], &address, &443_u16.to_be_bytes()].concat();
            assert_eq!(said, [vec![5, 1, 0], request, vec![]]);
            assert_eq!(end, Ok(true));
        }
    }
}

#[test]
fn a_socks_proxy_learns_the_password_only_if_it_asks() {
    let proxy = proxy(ProxyKind::Socks5, Some(("me", "sesame")));
    let open: &[u8] = &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let (said, end) = plays(&proxy, "h", &[&[5, 2], &[1, 0], open]);
    assert_eq!(said[0], [5, 2, 0, 2]);
    assert_eq!(said[1], b"\x01\x02me\x06sesame");
    assert_eq!(said[2], b"\x05\x01\x00\x03\x01h\x01\xbb");
    assert_eq!(end, Ok(true));
    let (said, end) = plays(&proxy, "h", &[&[5, 0], open]);
    assert_eq!(said[1], b"\x05\x01\x00\x03\x01h\x01\xbb");
    assert_eq!(end, Ok(true));
}

#[test]
fn a_socks_proxy_says_no_in_many_ways() {
    use ProxyFault::{Garbled, NoWay, Refused};
    let free = proxy(ProxyKind::Socks5, None);
    let known = proxy(ProxyKind::Socks5, Some(("me", "sesame")));
    let end = |proxy: &ProxyServer, answers: &[&[u8]]| plays(proxy, "h", answers).1;
    assert_eq!(end(&free, &[&[5, 0xff]]), Err(ProxyFault::Credentials));
    assert_eq!(end(&known, &[&[5, 0xff]]), Err(ProxyFault::Credentials));
    assert_eq!(
        end(&known, &[&[5, 2], &[1, 1]]),
        Err(ProxyFault::Credentials)
    );
    // It wants what was not offered.
    assert_eq!(end(&free, &[&[5, 2]]), Err(Garbled));
    assert_eq!(end(&known, &[&[5, 1]]), Err(Garbled));
    assert_eq!(end(&free, &[&[4, 90]]), Err(Garbled));
    assert_eq!(end(&free, &[b"HTTP/1.1 400 x\r\n\r\n"]), Err(Garbled));
    assert_eq!(end(&known, &[&[5, 2], &[5, 0]]), Err(Garbled));
    for (code, fault) in (1..=9).zip([
        Refused, Refused, NoWay, NoWay, NoWay, NoWay, Refused, Refused, Garbled,
    ]) {
        let reply = [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(end(&free, &[&[5, 0], &reply]), Err(fault), "{code}");
        // Those who end the connection at once may send no more than this.
        assert_eq!(end(&free, &[&[5, 0], &reply[..2]]), Err(fault), "{code}");
    }
    assert_eq!(end(&free, &[&[5, 0], &[5, 0, 0, 2, 0]]), Err(Garbled));
    assert_eq!(end(&free, &[&[5, 0], &[4, 0, 0, 1]]), Err(Garbled));
}

#[test]
fn credentials_that_cannot_be_said_are_refused_and_none_are_shown() {
    let new = |kind, user: &str, password: &str| {
        Credentials::new(kind, user.into(), Secret::from(password))
    };
    let long = "x".repeat(256);
    assert!(new(ProxyKind::Http, "a:b", "c").is_none());
    assert!(new(ProxyKind::Socks5, "a:b", "c").is_some());
    assert!(new(ProxyKind::Socks5, "", "c").is_none());
    assert!(new(ProxyKind::Http, "", "c").is_some());
    assert!(new(ProxyKind::Socks5, &long, "c").is_none());
    assert!(new(ProxyKind::Http, "a", &long).is_none());
    let ways = Ways::all_through(proxy(ProxyKind::Http, Some(("me", "sesame"))));
    let mut tx = Vec::new();
    let socks = proxy(ProxyKind::Socks5, Some(("me", "sesame")));
    let passages = [
        Passage::begin(ways.secure.as_ref().unwrap(), "h", 1, &mut tx),
        Passage::begin(&socks, "h", 1, &mut tx),
    ];
    let shown = format!("{ways:?} {passages:?} {socks}");
    assert!(!shown.contains("sesame"), "{shown}");
    assert_eq!(socks.to_string(), "socks5://proxy.example:3128/");
}

#[test]
fn each_way_has_its_proxy_and_its_exceptions() {
    let ways = Ways {
        secure: Some(Arc::new(proxy(ProxyKind::Socks5, None))),
        exceptions: Exceptions::of_list("home.example"),
        ..Ways::straight()
    };
    let kind = |host: &str, tls| ways.to(host, 443, tls).map(|proxy| proxy.kind);
    assert_eq!(kind("imo.example", true), Some(ProxyKind::Socks5));
    assert_eq!(kind("imo.example", false), None);
    assert_eq!(kind("home.example", true), None);
    assert_eq!(kind("127.0.0.1", true), None);
    let all = Ways::all_through(proxy(ProxyKind::Http, None));
    assert!(all.to("127.0.0.1", 80, false).is_some());
    assert!(Ways::straight().to("imo.example", 443, true).is_none());
}

#[test]
fn exceptions_are_names_with_all_below_them_and_addresses() {
    for (list, host, covered) in [
        ("", "imo.example", false),
        ("", "localhost", true),
        ("", "x.localhost", true),
        ("", "127.3.2.1", true),
        ("", "::1", true),
        ("", "::ffff:127.0.0.1", true),
        ("*", "imo.example", true),
        ("*", "192.0.2.1", true),
        ("a.org, imo.example b.org", "imo.example", true),
        ("imo.example", "www.imo.example", true),
        ("imo.example", "xvimo.example", false),
        (".imo.example", "imo.example", true),
        (".imo.example", "www.imo.example", true),
        ("*.imo.example", "www.imo.example", true),
        ("IMO.Example.", "imo.example", true),
        ("imo.example", "imo.example.", true),
        ("www.imo.example", "imo.example", false),
        ("example", "imo.example", true),
        ("ample", "imo.example", false),
        ("imo.example:443", "imo.example", true),
        ("imo.example:80", "imo.example", false),
        ("imo.example:x", "imo.example", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.10", false),
        ("2.1", "192.0.2.1", false),
        ("192.0.2.1:443", "192.0.2.1", true),
        ("192.0.2.1:80", "192.0.2.1", false),
        ("192.0.2.0/24", "192.0.2.77", true),
        ("192.0.2.0/24", "192.0.3.77", false),
        ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::1", "2001:db8::1", true),
        ("[2001:db8::1]", "2001:db8::1", true),
        ("[2001:db8::1]:443", "2001:db8::1", true),
        ("[2001:db8::1]:80", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:7::1", true),
        ("2001:db8::/32", "2001:db9::1", false),
        ("192.0.2.0/x", "192.0.2.1", false),
        (",, ,", "imo.example", false),
    ] {
        let exceptions = Exceptions::of_list(list);
        assert_eq!(exceptions.cover(host, 443), covered, "{list:?} and {host}");
    }
    assert!(!Exceptions::none().cover("localhost", 443));
}
