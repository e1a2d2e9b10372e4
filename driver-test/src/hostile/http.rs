//! What a hostile client sends to a service.
//! Never a password that is right: it has none.

use imo2sproxy_core::http::form;
use imo2sproxy_core::rng::Rng;

use super::random_bytes;
use crate::faults::Fault;

/// Requests of one flood.
const FLOOD: usize = 300;
/// Fields of a head without end.
const FIELDS: usize = 5000;

/// The bytes of `deed`; none for what is done without any.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most kinds of faults are nothing for a client"
)]
pub(super) fn bytes_of(deed: Fault, handles: &[String], rng: &mut Rng) -> Vec<u8> {
    match deed {
        Fault::HostileGarbage => match rng.below(3) {
            0 => random_bytes(rng, 2000),
            1 => b"GET\x00 / HTTP/9.9\r\n: \r\n\r\n".into(),
            _ => b"POST /imo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".into(),
        },
        Fault::HostileHalf => b"POST /imo HTTP/1.1\r\nHost: x\r\nContent-Le".into(),
        Fault::HostileLength => lengths(rng),
        Fault::HostileTurn => {
            let mut bytes = get();
            bytes.extend(random_bytes(rng, 2000));
            bytes
        }
        Fault::HostileFlood => (0..FLOOD).flat_map(|_| get()).collect(),
        Fault::HostileDrip => get(),
        Fault::HostileSession => post("forward_to_server", &foreign_session(handles, rng)),
        Fault::HostileEnvelope => {
            let method = match rng.below(4) {
                0 => "rest_rpc",
                1 => "echo",
                _ => "forward_to_server",
            };
            post(method, &made_up_envelope(rng))
        }
        _ => Vec::new(),
    }
}

fn get() -> Vec<u8> {
    b"GET / HTTP/1.1\r\nHost: imo.example\r\n\r\n".into()
}

fn post(method: &str, data: &str) -> Vec<u8> {
    let mut body = Vec::new();
    form::append(&mut body, "method", method);
    form::append(&mut body, "data", data);
    let mut bytes = format!(
        "POST /imo HTTP/1.1\r\nHost: imo.example\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        form::CONTENT_TYPE,
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

/// Lengths that are wrong, too large, or never end.
fn lengths(rng: &mut Rng) -> Vec<u8> {
    let head = |length: &str| {
        format!("POST /imo HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").into_bytes()
    };
    match rng.below(4) {
        0 => {
            let mut bytes = head("99999999999");
            bytes.extend(random_bytes(rng, 64 * 1024));
            bytes
        }
        1 => {
            let mut bytes = head("3");
            bytes.extend(b"method=echo&data=1");
            bytes
        }
        2 => {
            let mut bytes = b"POST /imo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            bytes.extend(b"ffffffffffffffff\r\nx");
            bytes
        }
        _ => {
            let mut bytes = b"GET / HTTP/1.1\r\n".to_vec();
            bytes.extend((0..FIELDS).flat_map(|n| format!("X-{n}: {n}\r\n").into_bytes()));
            bytes
        }
    }
}

/// Calls for a session that the attacker has guessed, or a wrong password in one of its own.
fn foreign_session(handles: &[String], rng: &mut Rng) -> String {
    let ssid = rng.alphanumeric(17);
    let victim = if handles.is_empty() {
        "nobody"
    } else {
        let index = rng.below(handles.len() as u64);
        &handles[usize::try_from(index).unwrap_or(0)]
    };
    let (system, method, fields) = match rng.below(4) {
        0 => return format!(r#"{{"ack":0,"ssid":"{ssid}","messages":[]}}"#),
        1 => ("session", "signoff_all", String::new()),
        2 => (
            "im",
            "send_im",
            r#","buid":"echo123","msg":"not me""#.into(),
        ),
        _ => (
            "im",
            "account_login",
            format!(r#","passwd":"wrong {ssid}","captcha":null"#),
        ),
    };
    format!(
        r#"{{"ack":0,"ssid":"{ssid}","messages":[{{"seq":0,"to":{{"system":"{system}"}},"from":{{"system":"client","ssid":"{ssid}"}},"data":{{"method":"{method}","request_id":0,"data":{{"ssid":"{ssid}","uid":"{victim}","proto":"prpl-skype"{fields}}}}}}}]}}"#
    )
}

/// JSON, or nearly, that is no envelope, or one that nobody would send.
fn made_up_envelope(rng: &mut Rng) -> String {
    let ssid = rng.alphanumeric(17);
    match rng.below(7) {
        0 => "[".repeat(10_000),
        1 => r#"{"ack":18446744073709551616,"ssid":{},"messages":7}"#.into(),
        2 => format!(r#"{{"ack":-1,"ssid":"{ssid}","messages":[null,1,"x",[],{{}}]}}"#),
        3 => format!(
            r#"{{"ack":99,"ssid":"{ssid}","messages":[{{"seq":4294967295,"to":{{"system":"im"}},"data":{{"method":"send_im"}}}}]}}"#
        ),
        4 => {
            let messages = vec![
                r#"{"seq":0,"to":{"system":"session"},"data":{"method":"observed_user_activity"}}"#;
                2000
            ];
            format!(
                r#"{{"ack":0,"ssid":"{ssid}","messages":[{}]}}"#,
                messages.join(",")
            )
        }
        5 => format!(
            r#"{{"ack":0,"ssid":"{}","messages":[]}}"#,
            "x".repeat(50_000)
        ),
        _ => String::from_utf8_lossy(&random_bytes(rng, 500)).into_owned(),
    }
}
