//! The deeds that the data chooses from: what clients, the store, password workers, time and the operator can do.
//! Never does what no driver would.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::Request;
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::imo::call::{Call, Verdict};
use imo2sproxy_core::imo::dialect::{Dialect, V0, V1};
use imo2sproxy_core::io::{AskId, CloseCause, ConnId, Control, Input, Peer, UserOp};

use super::calls::{Pen, password};
use super::{ACCOUNTS, Asked, Line, OLD_DIALECT, Run};
use crate::fuzzing::letters::{Sender, bytes_of, form_of, form_with};
use crate::fuzzing::reader::Reader;

/// Most connections at once.
const LINES_MAX: usize = 8;
/// Most calls of one request; the service takes fewer.
const CALLS_MAX: usize = 4;
/// Longest piece of raw bytes.
const RAW_MAX: usize = 200;
/// How long time passes at once, in milliseconds.
const WAITS: [u64; 9] = [0, 1, 25, 1_000, 5_000, 25_000, 60_000, 90_000, 121_000];

impl Run {
    /// One deed.
    pub(super) fn act(&mut self, reader: &mut Reader<'_>) {
        match reader.below(24) {
            0..=6 => {
                let place = reader.below(self.callers.len());
                self.somebody_calls(place, reader);
            }
            7..=10 => {
                let place = reader.below(self.callers.len());
                self.somebody_polls(place, reader);
            }
            11 => self.somebody_asks_for_a_page(reader),
            12 => self.somebody_goes_wild(reader),
            13 => self.somebody_speaks_slowly(reader),
            14 => self.somebody_leaves(reader),
            15 | 16 => self.store_answers(reader),
            17 => {
                let place = reader.below(4);
                self.answer_job(place);
            }
            18 | 19 => {
                let said = self
                    .bench
                    .pass(Duration::from_millis(reader.choose(&WAITS)));
                self.take(said);
            }
            20 => self.operator_asks(reader),
            21 => {
                for _ in 0..reader.below(6) {
                    self.settle();
                    if self.bench.is_stopped() || !self.do_well() {
                        return;
                    }
                }
            }
            _ => self.calm(Duration::from_millis(reader.choose(&WAITS[..6]))),
        }
    }

    /// The first two callers sign on and know each other.
    pub(super) fn begin_online(&mut self) {
        let second = Duration::from_millis(100);
        for place in 0..2 {
            let secret = password(self.callers[place].account);
            let login = Call::Login {
                password: secret.as_str().into(),
            };
            self.ask_in_session(place, "rest_rpc", vec![(Call::OpenSession, None)], 0);
            self.calm(second);
            self.ask_in_session(place, "forward_to_server", vec![(login, None)], 0);
            self.calm(second);
            let add = Call::AddBuddy {
                buddy: ACCOUNTS[1 - place].into(),
                text: "please".into(),
            };
            let answer = Call::Answer {
                buddy: ACCOUNTS[1 - place].into(),
                verdict: Verdict::Accept,
            };
            let calls = vec![(add, None), (answer, None), (Call::Unread, None)];
            self.ask_in_session(place, "forward_to_server", calls, 0);
            self.calm(second);
            self.ask_in_session(place, "forward_to_server", Vec::new(), 0);
            self.calm(second);
        }
    }

    const fn dialect(&self) -> &'static Dialect {
        if self.options & OLD_DIALECT != 0 {
            &V0
        } else {
            &V1
        }
    }

    /// A connection on which nobody waits for an answer: an idle one, or a new one.
    fn line(&mut self) -> Option<ConnId> {
        let idle = |(conn, line): (&ConnId, &Line)| {
            let end = self.bench.ends().get(conn)?;
            let is_free = line.asked.is_none() && !line.wild && end.closing.is_none();
            (is_free && end.incoming.is_empty()).then_some(*conn)
        };
        if let Some(conn) = self.lines.iter().find_map(idle) {
            return Some(conn);
        }
        if self.lines.len() >= LINES_MAX {
            return None;
        }
        let peer = Peer::Net(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5555));
        let (conn, said) = self.bench.accept(0, peer);
        let line = Line {
            http: HttpClient::new(&Limits::default()),
            asked: None,
            wild: false,
            slow: false,
        };
        self.lines.insert(conn, line);
        self.take(said);
        Some(conn)
    }

    /// Lets a request get under way, and says on which connection, if there is one for it. For whom it is, and in
    /// which session, is in `asked`.
    fn send(&mut self, request: &Request, asked: Asked) -> Option<ConnId> {
        let conn = self.line()?;
        if let Some(line) = self.lines.get_mut(&conn)
            && let Some(end) = self.bench.end_mut(conn)
        {
            end.incoming.extend(bytes_of(&mut line.http, request));
            line.asked = Some(asked);
        }
        Some(conn)
    }

    /// Asks something in a caller's session; `more` is what it adds to its own counts of notices and calls.
    fn ask_in_session(
        &mut self,
        place: usize,
        method: &str,
        calls: Vec<(Call, Option<u64>)>,
        more: u64,
    ) {
        let dialect = self.dialect();
        let caller = &mut self.callers[place];
        caller.lied |= more != 0;
        let ssid = caller.ssid.clone();
        let sender = Sender {
            dialect,
            ssid: &ssid,
            uid: ACCOUNTS[caller.account],
            ack: caller.taken + more,
        };
        let mut numbered = Vec::new();
        let mut texts = Vec::new();
        for (call, text) in calls {
            let seq = caller.next + more;
            let request_id = dialect.request_ids.then_some(caller.next_request);
            caller.next += u64::from(!ssid.is_empty());
            caller.next_request += 1;
            if let (Some(request_id), Some(text)) = (request_id, text) {
                texts.push((request_id, seq, text));
            }
            numbered.push((seq, request_id, call));
        }
        let request = form_of(sender, method, &numbered);
        let asked = Asked {
            caller: Some((place, ssid)),
        };
        let ends = self.bench.ends();
        let is_empty = |conn| ends.get(&conn).is_some_and(|end| end.incoming.is_empty());
        self.callers[place].overtake(is_empty);
        if let Some(conn) = self.send(&request, asked) {
            self.callers[place].sends(conn, texts);
        }
    }

    /// What a caller does that has no session: it opens one, or signs on in the one that is forgotten.
    fn begin(&mut self, place: usize, reader: &mut Reader<'_>) {
        let goes_on = self.callers[place].over && reader.one_in(2);
        if goes_on {
            let login = Call::Login {
                password: password(self.callers[place].account).as_str().into(),
            };
            self.callers[place].over = false;
            self.ask_in_session(place, "forward_to_server", vec![(login, None)], 0);
        } else {
            self.callers[place].forget();
            self.ask_in_session(place, "rest_rpc", vec![(Call::OpenSession, None)], 0);
        }
    }

    fn is_without_session(&self, place: usize) -> bool {
        self.callers[place].over || self.callers[place].ssid.is_empty()
    }

    /// Now and then a caller has counted otherwise than the service.
    fn error_of_count(reader: &mut Reader<'_>) -> u64 {
        match reader.below(64) {
            60 => 1,
            61 => 5,
            62 => u64::from(u32::MAX),
            63 => u64::MAX / 2,
            _ => 0,
        }
    }

    fn somebody_calls(&mut self, place: usize, reader: &mut Reader<'_>) {
        if self.is_without_session(place) {
            return self.begin(place, reader);
        }
        let more = Self::error_of_count(reader);
        let mut calls = Vec::new();
        for _ in 0..=reader.below(CALLS_MAX) {
            let mut pen = Pen {
                reader,
                from: self.callers[place].account,
                texts: &mut self.texts,
                groups: &self.groups,
            };
            calls.push(pen.call());
        }
        self.ask_in_session(place, "forward_to_server", calls, more);
    }

    fn somebody_polls(&mut self, place: usize, reader: &mut Reader<'_>) {
        if self.is_without_session(place) {
            return self.begin(place, reader);
        }
        let more = Self::error_of_count(reader);
        self.ask_in_session(place, "forward_to_server", Vec::new(), more);
    }

    fn somebody_asks_for_a_page(&mut self, reader: &mut Reader<'_>) {
        let request = match reader.below(5) {
            0 => Request::get("/".into()),
            1 => Request::get("/b/0123456789abcdef".into()),
            2 => form_with("echo", &reader.text(RAW_MAX)),
            3 => form_with("forward_to_server", &reader.text(RAW_MAX)),
            _ => form_with("rest_rpc", &reader.text(RAW_MAX)),
        };
        let _ = self.send(&request, Asked { caller: None });
    }

    fn somebody(&self, reader: &mut Reader<'_>) -> Option<ConnId> {
        let place = reader.below(self.lines.len());
        self.lines.keys().nth(place).copied()
    }

    fn somebody_goes_wild(&mut self, reader: &mut Reader<'_>) {
        if let Some(conn) = self.somebody(reader)
            && let Some(line) = self.lines.get_mut(&conn)
            && let Some(end) = self.bench.end_mut(conn)
        {
            line.wild = true;
            end.incoming.extend(reader.bytes(RAW_MAX));
        }
    }

    /// What somebody sends arrives in pieces from now on; one of them arrives now.
    fn somebody_speaks_slowly(&mut self, reader: &mut Reader<'_>) {
        let Some(conn) = self.somebody(reader) else {
            return;
        };
        let most = reader.byte();
        if let Some(line) = self.lines.get_mut(&conn) {
            line.slow = most != u8::MAX;
        }
        let said = self.bench.deliver(conn, usize::from(most) + 1);
        self.take(said);
    }

    fn somebody_leaves(&mut self, reader: &mut Reader<'_>) {
        if let Some(conn) = self.somebody(reader) {
            let cause = reader.choose(&[CloseCause::Peer, CloseCause::Reset]);
            self.close(conn, cause);
        }
    }

    fn store_answers(&mut self, reader: &mut Reader<'_>) {
        self.answer_disk(reader.disk_fault());
    }

    fn operator_asks(&mut self, reader: &mut Reader<'_>) {
        let choice = reader.below(32);
        if choice == 31 {
            return self.drain();
        }
        if choice < 8 {
            let said = self.bench.tell(Input::Control(Control::Status));
            return self.take(said);
        }
        let account = reader.below(ACCOUNTS.len());
        let name = ACCOUNTS[account].to_owned();
        let secret = || password(account).as_str().into();
        let op = match choice % 6 {
            0 | 1 => UserOp::Add {
                name: name.clone(),
                password: secret(),
            },
            2 => UserOp::SetPassword {
                name: name.clone(),
                password: secret(),
            },
            3 => UserOp::Remove { name: name.clone() },
            4 => UserOp::Add {
                name: reader.text(RAW_MAX),
                password: secret(),
            },
            _ => UserOp::List {
                after: reader.text(RAW_MAX),
            },
        };
        let ask = AskId(self.next_ask);
        self.next_ask += 1;
        self.asks.insert(ask, (choice % 6 < 2).then_some(name));
        let said = self.bench.tell(Input::Control(Control::Users { ask, op }));
        self.take(said);
    }
}
