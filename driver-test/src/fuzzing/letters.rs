//! Requests to a service as bytes: calls in envelopes, in forms, over HTTP.
//! Never decides what is asked.

use imo2sproxy_core::http::{Headers, Request, client::HttpClient, form};
use imo2sproxy_core::imo::call::{Call, Caller};
use imo2sproxy_core::imo::dialect::Dialect;
use imo2sproxy_core::imo::envelope::{Address, Envelope, Message, Ssid};

/// Who asks, and how far both sides have counted.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) dialect: &'static Dialect,
    /// Empty before a session has an id.
    pub(super) ssid: &'a str,
    pub(super) uid: &'a str,
    /// How many notices are taken.
    pub(super) ack: u64,
}

/// The form that carries `calls`, each with its number and the number that its result is to carry. Without a call it is
/// a poll.
pub(super) fn form_of(
    sender: Sender<'_>,
    method: &str,
    calls: &[(u64, Option<u64>, Call)],
) -> Request {
    let Sender {
        dialect,
        ssid,
        uid,
        ack,
    } = sender;
    let encoded: Vec<_> = calls
        .iter()
        .map(|(_, request_id, call)| call.encode(dialect, Caller { ssid, uid }, *request_id))
        .collect();
    let own = || {
        if ssid.is_empty() {
            Ssid::Unassigned
        } else {
            ssid.into()
        }
    };
    let messages = calls.iter().zip(&encoded).map(|((seq, _, call), data)| {
        let system = call.system(dialect);
        Message {
            data,
            to: Address::system(system),
            from: Address::client_of(own()),
            seq: *seq,
        }
    });
    let envelope: Envelope<'_> = Envelope {
        ack,
        ssid: own(),
        messages: messages.collect(),
    };
    let data = serde_json::to_string(&envelope).expect("plain structs always serialise");
    form_with(method, &data)
}

/// The form with those two fields.
pub(super) fn form_with(method: &str, data: &str) -> Request {
    let mut body = Vec::new();
    form::append(&mut body, "method", method);
    form::append(&mut body, "data", data);
    Request::post("/imo".into(), form::CONTENT_TYPE, body)
}

/// The bytes of a request on a connection that asks for nothing else.
pub(super) fn bytes_of(http: &mut HttpClient, request: &Request) -> Vec<u8> {
    let mut common = Headers::new();
    common.push("Host", "a.example");
    let mut bytes = Vec::new();
    http.send(request, &common, &mut bytes);
    bytes
}
