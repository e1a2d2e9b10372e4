//! What a gate does to answers by chance, as middleboxes and overloaded servers do.
//! Never invents a message: it repeats or withholds what the service has said.

use std::collections::BTreeMap;

use imo2sproxy_core::http::Response;
use imo2sproxy_core::rng::Rng;
use serde_json::Value;

use super::Delivery;
use crate::faults::{Conditions, Fault};

/// Sessions of which earlier messages are kept, to be repeated.
const SESSIONS_MAX: usize = 32;
/// Messages that are repeated at most.
const REPEATED_MAX: u64 = 5;
const STATUSES: [u16; 5] = [429, 500, 502, 503, 504];
const PAGE: &[u8] =
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>We are back soon.</body></html>";

pub(super) struct Mischief {
    conditions: Conditions,
    rng: Rng,
    /// The messages of the latest answer that had any, by session.
    earlier: BTreeMap<String, Vec<Value>>,
}

impl Mischief {
    pub(super) const fn new(conditions: Conditions, rng: Rng) -> Self {
        Self {
            conditions,
            rng,
            earlier: BTreeMap::new(),
        }
    }

    /// Draws what becomes of the next request and its answer.
    pub(super) fn draw(&mut self) -> Option<Fault> {
        self.conditions.faults().http.draw(&mut self.rng)
    }

    /// Says that the service is in trouble.
    pub(super) fn refuse(&mut self, fault: Fault) -> Response {
        self.conditions.count(fault);
        let index = usize::try_from(self.rng.below(STATUSES.len() as u64)).unwrap_or(0);
        Response::new(STATUSES[index], "text/html", PAGE.into())
    }

    /// Makes of an answer what was drawn, where it can be made of it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of faults are nothing for a gate"
    )]
    pub(super) fn deliver(&mut self, fault: Option<Fault>, response: Response) -> Delivery {
        let answer = Answer::read(&response);
        let earlier = answer.as_ref().and_then(|answer| self.remember(answer));
        let Some(fault) = fault else {
            return Delivery::Proper(response);
        };
        let spoiled = match fault {
            Fault::HttpDenied => return Delivery::Proper(self.refuse(fault)),
            Fault::HttpPage => Some(Delivery::Proper(Response::new(
                200,
                "text/html",
                PAGE.into(),
            ))),
            Fault::HttpTruncated => self.truncate(&response),
            Fault::HttpBodyTwice => (!response.body.is_empty())
                .then(|| Delivery::with_body(&response, response.body.repeat(2))),
            Fault::HttpTwice => Some(Delivery::Twice(response.clone())),
            Fault::HttpLost => Some(Delivery::Last(Vec::new())),
            // An answer without messages says something by having none: its calls may not be taken.
            Fault::RepeatedNumbers => answer
                .filter(|answer| !answer.messages().is_empty())
                .zip(earlier)
                .map(|(answer, earlier)| self.repeat(&response, answer, earlier)),
            Fault::SkippedNumbers => answer.and_then(|answer| self.skip(&response, answer)),
            _ => None,
        };
        let Some(spoiled) = spoiled else {
            return Delivery::Proper(response);
        };
        self.conditions.count(fault);
        spoiled
    }

    /// Keeps the messages of an answer; gives those of an earlier one of the same session.
    fn remember(&mut self, answer: &Answer) -> Option<Vec<Value>> {
        if answer.messages().is_empty() {
            return self.earlier.get(&answer.ssid).cloned();
        }
        if self.earlier.len() >= SESSIONS_MAX && !self.earlier.contains_key(&answer.ssid) {
            self.earlier.clear();
        }
        self.earlier
            .insert(answer.ssid.clone(), answer.messages().to_vec())
    }

    /// A part of an answer, and then the end of the connection.
    fn truncate(&mut self, response: &Response) -> Option<Delivery> {
        if response.body.is_empty() {
            return None;
        }
        let length = response.body.len();
        let kept = usize::try_from(self.rng.below(length as u64)).unwrap_or(0);
        let mut bytes = format!(
            "HTTP/1.1 {} OK\r\n{}Content-Length: {length}\r\n\r\n",
            response.status,
            response.headers.as_wire(),
        )
        .into_bytes();
        bytes.extend(&response.body[..kept]);
        Some(Delivery::Last(bytes))
    }

    /// Puts earlier messages before or behind those of an answer.
    fn repeat(
        &mut self,
        response: &Response,
        mut answer: Answer,
        mut earlier: Vec<Value>,
    ) -> Delivery {
        let count = self.rng.between(1, REPEATED_MAX);
        earlier.truncate(usize::try_from(count).unwrap_or(1));
        let messages = answer.messages_mut();
        if self.rng.chance(50) {
            messages.splice(..0, earlier);
        } else {
            messages.append(&mut earlier);
        }
        Delivery::with_body(response, answer.whole.to_string())
    }

    /// Takes one message out of an answer.
    fn skip(&mut self, response: &Response, mut answer: Answer) -> Option<Delivery> {
        // Only one that others follow leaves a gap.
        let count = answer.messages().len();
        if count < 2 {
            return None;
        }
        let index = usize::try_from(self.rng.below(count as u64 - 1)).unwrap_or(0);
        answer.messages_mut().remove(index);
        Some(Delivery::with_body(response, answer.whole.to_string()))
    }
}

/// An answer with a list of messages.
struct Answer {
    whole: Value,
    ssid: String,
}

impl Answer {
    fn read(response: &Response) -> Option<Self> {
        let whole: Value = serde_json::from_slice(&response.body).ok()?;
        let data = whole.get("data")?;
        data.get("messages")?.as_array()?;
        let ssid = data.get("ssid")?.as_str()?.to_owned();
        Some(Self { whole, ssid })
    }

    fn messages(&self) -> &[Value] {
        let messages = self.whole["data"]["messages"].as_array();
        messages.expect("a list was found when it was read")
    }

    fn messages_mut(&mut self) -> &mut Vec<Value> {
        let messages = self.whole["data"]["messages"].as_array_mut();
        messages.expect("a list was found when it was read")
    }
}
