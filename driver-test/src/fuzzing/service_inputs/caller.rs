//! A client's session with the service: how far both have counted, and what it may hear.
//! Never sends anything.

use std::collections::{BTreeMap, BTreeSet};

use imo2sproxy_core::http::Response;
use imo2sproxy_core::imo::envelope::{Answer, Message, find_ssid};
use imo2sproxy_core::imo::notice::Notice;
use imo2sproxy_core::io::ConnId;

use super::{ACCOUNTS, markers};

/// Most ids of group chats that are remembered.
const GROUPS_MAX: usize = 4;

/// A session, or the wish for one.
pub(super) struct Caller {
    /// The account that it signs on.
    pub(super) account: usize,
    /// Empty as long as there is no session.
    pub(super) ssid: String,
    /// The service does not know the session any more.
    pub(super) over: bool,
    /// The number of its next call, and the number of that one's result.
    pub(super) next: u64,
    pub(super) next_request: u64,
    /// How many notices it has taken.
    pub(super) taken: u64,
    /// It has said something else about that: what the service counts then is its own business.
    pub(super) lied: bool,
    /// The notices that it was told, by number.
    told: BTreeMap<u64, String>,
    /// Accounts that it was told to be signed on as.
    names: BTreeSet<usize>,
    /// Texts to people, by the number of their result.
    texts: BTreeMap<u64, Text>,
}

/// A text whose result is not known.
struct Text {
    /// The number of the call.
    seq: u64,
    /// The number of the text.
    number: u64,
    /// The connection that it went out on.
    conn: ConnId,
    /// A later request was sent while this one was under way, and may have come first: an ack is the highest number
    /// taken, and says nothing of it.
    overtaken: bool,
    /// It was acknowledged before it was durable.
    too_early: bool,
}

impl Caller {
    pub(super) const fn new(account: usize) -> Self {
        Self {
            account,
            ssid: String::new(),
            over: false,
            next: 0,
            next_request: 0,
            taken: 0,
            lied: false,
            told: BTreeMap::new(),
            names: BTreeSet::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Begins anew, without a session.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.account);
    }

    /// Takes note of texts to people that it sends: of each the number of its result, of its call, and its own.
    pub(super) fn sends(&mut self, conn: ConnId, texts: Vec<(u64, u64, u64)>) {
        for (request_id, seq, number) in texts {
            let text = Text {
                seq,
                number,
                conn,
                overtaken: false,
                too_early: false,
            };
            self.texts.insert(request_id, text);
        }
    }

    /// It is about to send more: what is still under way may come later than that. `is_empty` knows whether nothing is
    /// under way on a connection.
    pub(super) fn overtake(&mut self, is_empty: impl Fn(ConnId) -> bool) {
        for text in self.texts.values_mut() {
            text.overtaken |= !is_empty(text.conn);
        }
    }

    /// Takes the answer to a request in the session `ssid`.
    pub(super) fn hear(
        &mut self,
        ssid: &str,
        response: &Response,
        durable: &BTreeSet<u64>,
        groups: &mut Vec<String>,
    ) {
        if ssid != self.ssid || response.status != 200 {
            return;
        }
        if ssid.is_empty() {
            self.ssid = find_ssid(&response.body).unwrap_or_default();
            return;
        }
        let Ok(Answer { data, .. }) = serde_json::from_slice::<Answer<'_>>(&response.body) else {
            panic!("an answer that is none: {:?}", response.body);
        };
        let ack = data.ack.expect("every answer has an ack");
        self.over |= ack == 0 && data.messages.is_empty();
        for text in self.texts.values_mut() {
            // Who gives a number twice may have had it acknowledged for another call.
            let is_acked = !self.lied && !text.overtaken && text.seq < ack;
            text.too_early |= is_acked && !durable.contains(&text.number);
        }
        for message in &data.messages {
            self.told(message, durable);
        }
        for part in String::from_utf8_lossy(&response.body).split('"') {
            let group = part.strip_suffix(';').filter(|group| group.len() == 16);
            if let Some(group) = group
                && groups.len() < GROUPS_MAX
                && !groups.iter().any(|known| known == group)
            {
                groups.push(group.to_owned());
            }
        }
    }

    fn told(&mut self, message: &Message<'_>, durable: &BTreeSet<u64>) {
        let text = message.data.get();
        let notice = Notice::decode(&message.from.system, message.data);
        let notice = notice.unwrap_or_else(|_| panic!("no notice: {text}"));
        if notice == Notice::Expired {
            self.over = true;
            return;
        }
        if !self.lied {
            self.count(message.seq, text);
        }
        if let Notice::SignedOn { .. } = notice {
            let name = ACCOUNTS
                .iter()
                .position(|name| text.contains(&format!("\"uid\":\"{name}\"")));
            self.names.extend(name);
        }
        // Who has counted notices that it has not got may have counted that it is signed on.
        let own = Some(self.account).filter(|_| self.lied);
        for marker in markers::found(text.as_bytes()) {
            let may = [marker.from, marker.to]
                .iter()
                .any(|account| self.names.contains(account) || own == Some(*account));
            assert!(may, "a session of {:?} is told {text}", self.names);
            let is_safe = durable.contains(&marker.number);
            assert!(is_safe, "told before it was durable: {text}");
        }
        if let Notice::Result { request_id, result } = notice
            && let Some(text) = self.texts.remove(&request_id)
            && result.is_ok()
        {
            let is_safe = durable.contains(&text.number);
            assert!(is_safe, "a result before text {} was durable", text.number);
            assert!(
                !text.too_early,
                "an ack before text {} was durable",
                text.number
            );
        }
    }

    /// Notices have numbers without gaps, and a number always means the same one.
    fn count(&mut self, seq: u64, text: &str) {
        assert!(seq <= self.taken, "notice {seq} after {}", self.taken);
        let known = self.told.entry(seq).or_insert_with(|| text.to_owned());
        assert_eq!(known, text, "two notices of number {seq}");
        self.taken = self.taken.max(seq + 1);
    }
}
