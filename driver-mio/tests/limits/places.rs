//! Addresses of this host that are not each other's, and the service's HTTP by hand.
//! Never knows what is tested with them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

use crate::client::PATIENCE;

/// Where most things are.
pub(crate) const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Another address of this host.
pub(crate) const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A connection to a port of this host that comes from an address of it.
pub(crate) fn connect_from(address: Ipv4Addr, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address, 0)).into()).unwrap();
    socket
        .connect(&SocketAddr::from((HERE, port)).into())
        .unwrap();
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Percent-encodes whatever is no letter and no digit.
pub(crate) fn percent(text: &str) -> String {
    let bytes = text.bytes();
    bytes
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Sends a form to the service and gives its answer.
pub(crate) fn post(stream: &mut TcpStream, method: &str, data: &str) -> String {
    let body = format!("method={method}&data={}", percent(data));
    let length = body.len();
    let head = format!("POST /imo HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n\r\n");
    stream
        .write_all(&[head.as_bytes(), body.as_bytes()].concat())
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// What stands between these words in an answer.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// Tries to log in at the service, and gives what the poll says of it.
pub(crate) fn log_in(address: Ipv4Addr, port: u16, user: &str, password: &str) -> String {
    let mut stream = connect_from(address, port);
    let message = |ssid: &str, system: &str, data: &str, seq: u64| {
        format!(
            r#"{{"data":{data},"to":{{"system":"{system}"}},"from":{{"system":"client","ssid":"{ssid}"}},"seq":{seq}}}"#
        )
    };
    let envelope = |ssid: &str, messages: &str| {
        format!(r#"{{"ack":0,"ssid":"{ssid}","messages":[{messages}]}}"#)
    };
    let own = "12345678901234567";
    let open = format!(
        r#"{{"method":"get_cookie_and_ssid","data":{{"ssid":"{own}","kind":"reui","version":"1"}}}}"#
    );
    let open = message(own, "session", &open, 0);
    let opened = post(&mut stream, "rest_rpc", &envelope(own, &open));
    let ssid = between(&opened, r#""ssid":""#, "\"").unwrap();
    let login = format!(
        r#"{{"method":"account_login","data":{{"ssid":"{ssid}","uid":"{user}","proto":"prpl-skype","passwd":"{password}"}}}}"#
    );
    let login = message(ssid, "im", &login, 0);
    post(&mut stream, "forward_to_server", &envelope(ssid, &login));
    post(&mut stream, "forward_to_server", &envelope(ssid, ""))
}
