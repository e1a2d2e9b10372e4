//! A client of a service on one connection: it opens a session, signs on, asks for this and that, and polls.
//! Never minds what it is told, but for the id of its session.

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::Request;
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::imo::Primitive;
use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::dialect::V1;
use imo2sproxy_core::imo::envelope::find_ssid;

use super::super::letters::{Sender, bytes_of, form_of};

/// Requests of one guest; afterwards it is silent.
const REQUESTS_MAX: u64 = 40;

/// A client.
pub(super) struct Guest {
    http: HttpClient,
    waits: bool,
    ssid: String,
    asked: u64,
    calls: u64,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            http: HttpClient::new(&Limits::default()),
            waits: false,
            ssid: String::new(),
            asked: 0,
            calls: 0,
        }
    }
}

impl Guest {
    /// Takes what the service has sent.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if let Ok(Some(reply)) = self.http.receive(bytes) {
            self.waits = false;
            if self.ssid.is_empty() {
                self.ssid = find_ssid(&reply.response.body).unwrap_or_default();
            }
        }
    }

    /// What it says now.
    pub(super) fn say(&mut self) -> Vec<u8> {
        if self.waits || self.asked == REQUESTS_MAX {
            return Vec::new();
        }
        self.waits = true;
        self.asked += 1;
        let request = self.request();
        bytes_of(&mut self.http, &request)
    }

    fn request(&mut self) -> Request {
        let sender = Sender {
            dialect: &V1,
            ssid: &self.ssid,
            uid: "alice",
            ack: 0,
        };
        if self.ssid.is_empty() {
            return form_of(sender, "rest_rpc", &[(0, None, Call::OpenSession)]);
        }
        let Some(call) = call(self.calls).filter(|_| !self.asked.is_multiple_of(4)) else {
            return form_of(sender, "forward_to_server", &[]);
        };
        let number = self.calls;
        self.calls += 1;
        form_of(sender, "forward_to_server", &[(number, Some(number), call)])
    }
}

fn call(number: u64) -> Option<Call> {
    let to = || String::from("echo123");
    let call = match number {
        0 => Call::Login {
            password: "password1".into(),
        },
        1 => Call::SetStatus {
            primitive: Primitive::Available,
            mood: "well".into(),
        },
        2 | 3 => Call::SendMessage {
            to: to().into(),
            body: "hello".into(),
            mid: (number == 2).then(|| "mid0000000000001".into()),
        },
        4 => Call::SetName {
            name: "Alice".into(),
        },
        5 => Call::SetIcon {
            image: b"\xff\xd8\xff\xe0".to_vec(),
        },
        6 => Call::SearchUsers { text: "e".into() },
        7 => Call::CreateGroup {
            name: "friends".into(),
        },
        8 => Call::StartCall { buddy: to() },
        9 => Call::Unread,
        10 => Call::AddBuddy {
            buddy: "bob".into(),
            text: "please".into(),
        },
        11 => Call::Activity,
        _ => return None,
    };
    Some(call)
}
