//! What a test wants a gate to do, and what the gate has seen.
//! Never draws anything.

use std::collections::BTreeMap;
use std::fmt;

use imo2sproxy_core::http::{Method, Request, Response, form};
use serde_json::Value;

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// The first page.
    Page,
    /// The request for a session id.
    Session,
    /// A request with calls.
    Calls,
    /// A poll.
    Poll,
    /// A picture.
    Picture,
    /// Nothing that a daemon would ask.
    Other,
}

impl Place {
    pub(super) fn of(request: &Request) -> Self {
        if request.method == Method::Get {
            let is_page = request.path == "/";
            return if is_page { Self::Page } else { Self::Picture };
        }
        let fields: BTreeMap<_, _> = form::pairs(&request.body).flatten().collect();
        if fields.get("method").is_some_and(|it| it == "rest_rpc") {
            return Self::Session;
        }
        let envelope = fields.get("data").map(|data| serde_json::from_str(data));
        let Some(Ok(envelope)) = envelope as Option<Result<Value, _>> else {
            return Self::Other;
        };
        match envelope.get("messages").and_then(Value::as_array) {
            Some(messages) if messages.is_empty() => Self::Poll,
            Some(_) => Self::Calls,
            None => Self::Other,
        }
    }
}

/// What the daemon gets for an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// A proper response.
    Proper(Response),
    /// The same response, whole, twice.
    Twice(Response),
    /// These bytes, and then the end of the connection.
    Last(Vec<u8>),
    /// These bytes, and then nothing more.
    Silence(Vec<u8>),
}

impl Delivery {
    /// `response` with another body, and all else as it is.
    #[must_use]
    pub fn with_body(response: &Response, body: impl Into<Vec<u8>>) -> Self {
        let mut response = response.clone();
        response.body = body.into();
        Self::Proper(response)
    }
}

/// Makes something else of an answer; `None`: this one is not meant.
pub type Trick = Box<dyn FnMut(Place, &Response) -> Option<Delivery>>;

/// What the gate shall do, and what it has seen. Shared with the test.
#[derive(Default)]
pub struct Plan {
    trick: Option<Trick>,
    /// How often the trick still works.
    left: usize,
    /// How many answers were spoiled.
    pub spoiled: usize,
    /// How long the last of them was before, in bytes.
    pub spoiled_bytes: usize,
    /// All honest answers.
    pub seen: Vec<(Place, Vec<u8>)>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({} spoiled)", self.spoiled)
    }
}

impl Plan {
    /// Spoils the next `count` answers that the trick is meant for.
    pub fn spoil(
        &mut self,
        count: usize,
        trick: impl FnMut(Place, &Response) -> Option<Delivery> + 'static,
    ) {
        self.trick = Some(Box::new(trick));
        self.left = count;
        self.spoiled = 0;
    }

    /// From now on all answers are honest.
    pub fn be_honest(&mut self) {
        self.trick = None;
        self.left = 0;
    }

    pub(super) fn deliver(&mut self, place: Place, response: Response) -> Delivery {
        if let Some(trick) = &mut self.trick
            && self.left > 0
            && let Some(delivery) = trick(place, &response)
        {
            self.left -= 1;
            self.spoiled += 1;
            self.spoiled_bytes = response.body.len();
            return delivery;
        }
        self.seen.push((place, response.body.clone()));
        Delivery::Proper(response)
    }
}
