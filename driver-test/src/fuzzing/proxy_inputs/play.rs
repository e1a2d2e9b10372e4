//! The deeds that the data chooses from: what clients, services, the store, files, time and the operator can do.
//! Never does what no driver would.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::http::Response;
use imo2sproxy_core::io::{CloseCause, ConnId, Peer};

use super::commands::command;
use super::house::{ACCESS, newcomer, services};
use super::notices::notice;
use super::{HOUSE, Run};
use crate::fuzzing::reader::Reader;
use crate::fuzzing::visitor::Visitor;

/// Most visitors at once.
const VISITORS_MAX: usize = 5;
/// Longest piece of raw bytes.
const RAW_MAX: usize = 120;
/// How long time passes at once, in milliseconds.
const WAITS: [u64; 10] = [
    0, 1, 500, 1_000, 3_000, 5_000, 10_000, 30_000, 61_000, 301_000,
];
const CAUSES: [CloseCause; 6] = [
    CloseCause::Peer,
    CloseCause::Reset,
    CloseCause::Refused,
    CloseCause::NoSuchHost,
    CloseCause::Untrusted,
    CloseCause::Exhausted,
];
const STATUSES: [u16; 10] = [200, 204, 302, 307, 400, 404, 413, 500, 503, 599];

impl Run {
    /// One deed.
    pub(super) fn act(&mut self, reader: &mut Reader<'_>) {
        match reader.below(32) {
            0 | 1 => self.somebody_comes(reader),
            2..=9 => self.somebody_asks(reader),
            10 => self.somebody_says(reader),
            11 => self.somebody_goes_wild(reader),
            12 => self.somebody_reads(reader),
            13 => self.somebody_leaves(reader),
            14 => self.connection_comes_up(reader),
            15 => self.connection_breaks(reader),
            16 | 17 => self.service_answers(reader),
            18 => self.service_answers_oddly(reader),
            19 => self.service_says_anything(reader),
            20..=22 => self.service_tells(reader),
            23 | 24 => self.store_answers(reader),
            25 => {
                let (place, well) = (reader.below(4), reader.one_in(2));
                self.answer_job(place, well);
            }
            26 | 27 => {
                let wait = Duration::from_millis(reader.choose(&WAITS));
                let said = self.bench.pass(wait);
                self.take(said);
            }
            28 => self.operator_asks(reader),
            29 => {
                for _ in 0..reader.below(8) {
                    self.settle();
                    if self.bench.is_stopped() || !self.do_well() {
                        return;
                    }
                }
            }
            _ => self.calm(Duration::from_millis(reader.choose(&WAITS))),
        }
    }

    fn somebody_comes(&mut self, reader: &mut Reader<'_>) {
        let options = reader.byte();
        if self.visitors.len() >= VISITORS_MAX {
            return;
        }
        if options & 128 != 0 && self.has(HOUSE) {
            return self.somebody_comes_to_the_house(options, reader);
        }
        let listener = u32::from(options % 4);
        let kind = if listener == 2 {
            WireKind::Len8
        } else {
            WireKind::SkypeProxy
        };
        let odd;
        let password = match options / 4 % 4 {
            0 => None,
            1 => {
                odd = reader.text(RAW_MAX);
                Some(odd.as_str())
            }
            _ => Some(ACCESS),
        };
        let visitor = Visitor::new(kind, password, options & 32 != 0, options & 64 != 0);
        self.enter(options, listener, visitor);
    }

    fn somebody_comes_to_the_house(&mut self, options: u8, reader: &mut Reader<'_>) {
        let (listener, kind, name, password) = newcomer(reader.byte(), reader.byte());
        let slow = options & 64 != 0;
        let visitor = if kind == WireKind::SkypeProxy {
            let password = format!("{name}:{password}");
            Visitor::new(kind, Some(&password), options & 32 != 0, slow)
        } else {
            Visitor::named(kind, (name, password), slow)
        };
        self.enter(options, listener, visitor);
    }

    fn enter(&mut self, options: u8, listener: u32, visitor: Visitor) {
        let ip = if options & 16 != 0 {
            Ipv4Addr::new(10, 0, 0, 7)
        } else {
            Ipv4Addr::LOCALHOST
        };
        let peer = Peer::Net(SocketAddr::new(IpAddr::V4(ip), 5555));
        let (conn, said) = self.bench.accept(listener, peer);
        self.visitors.insert(conn, visitor);
        self.take(said);
        self.speak(conn, |visitor| visitor.answer());
    }

    /// Lets a visitor's bytes get under way.
    fn speak(&mut self, conn: ConnId, say: impl FnOnce(&mut Visitor) -> Vec<u8>) {
        // What is said on a connection that the daemon has closed reaches nobody.
        if let Some(end) = self.bench.end_mut(conn)
            && let Some(visitor) = self.visitors.get_mut(&conn)
        {
            end.incoming.extend(say(visitor));
        }
    }

    fn somebody(&self, reader: &mut Reader<'_>) -> Option<ConnId> {
        let place = reader.below(self.visitors.len());
        self.visitors.keys().nth(place).copied()
    }

    fn somebody_asks(&mut self, reader: &mut Reader<'_>) {
        let Some(conn) = self.somebody(reader) else {
            return;
        };
        self.speak(conn, |visitor| {
            let line = command(reader, visitor);
            visitor.ask(conn, &line)
        });
    }

    fn somebody_says(&mut self, reader: &mut Reader<'_>) {
        if let Some(conn) = self.somebody(reader) {
            self.speak(conn, |visitor| visitor.say(&reader.text(RAW_MAX)));
        }
    }

    fn somebody_goes_wild(&mut self, reader: &mut Reader<'_>) {
        if let Some(conn) = self.somebody(reader) {
            self.speak(conn, |visitor| {
                visitor.goes_wild();
                reader.bytes(RAW_MAX).to_vec()
            });
        }
    }

    /// A slow visitor takes some of what it was sent, and some of what it has said arrives.
    fn somebody_reads(&mut self, reader: &mut Reader<'_>) {
        let Some(conn) = self.somebody(reader) else {
            return;
        };
        let (taken, said) = (reader.byte(), reader.byte());
        if let Some(visitor) = self.visitors.get_mut(&conn) {
            visitor.set_slow(taken != u8::MAX);
        }
        self.flush(conn, usize::from(taken) * 8);
        if !self.bench.is_stopped() {
            let said = self.bench.deliver(conn, usize::from(said) + 1);
            self.take(said);
        }
    }

    fn somebody_leaves(&mut self, reader: &mut Reader<'_>) {
        if let Some(conn) = self.somebody(reader) {
            let cause = reader.choose(&CAUSES[..2]);
            self.close(conn, cause);
        }
    }

    fn upstreams(&self) -> Vec<ConnId> {
        let ends = self.bench.ends().iter();
        let opened = ends.filter(|(_, end)| end.origin.is_some());
        opened.map(|(conn, _)| *conn).collect()
    }

    fn connection_comes_up(&mut self, reader: &mut Reader<'_>) {
        let all = self.upstreams();
        if let Some(conn) = all.get(reader.below(all.len())) {
            let said = self.bench.connect(*conn);
            self.take(said);
        }
    }

    fn connection_breaks(&mut self, reader: &mut Reader<'_>) {
        let all = self.upstreams();
        if let Some(conn) = all.get(reader.below(all.len())) {
            let cause = reader.choose(&CAUSES);
            self.close(*conn, cause);
        }
    }

    /// The account whose service acts, and one of its connections that waits for an answer.
    fn waiting(&self, reader: &mut Reader<'_>) -> Option<(usize, ConnId)> {
        // Those two whose services there always are, and the others.
        let (choice, first, count) = match (reader.below(32), self.fars.len() - 2) {
            (choice @ 16.., others @ 1..) => (choice - 16, 2, others),
            (choice, _) => (choice % 16, 0, 2),
        };
        let account = first + choice % count;
        let waiting = self.fars[account].waiting();
        let place = (choice / count).checked_rem(waiting.len())?;
        Some((account, waiting[place]))
    }

    fn arrive(&mut self, conn: ConnId, bytes: &[u8]) {
        if let Some(end) = self.bench.end_mut(conn) {
            end.incoming.extend(bytes);
        }
    }

    fn service_answers(&mut self, reader: &mut Reader<'_>) {
        if let Some((account, conn)) = self.waiting(reader) {
            let now = self.bench.now();
            let bytes = self.fars[account].answer(conn, now).unwrap_or_default();
            self.arrive(conn, &bytes);
        }
    }

    fn service_answers_oddly(&mut self, reader: &mut Reader<'_>) {
        if let Some((account, conn)) = self.waiting(reader) {
            let body = match reader.below(4) {
                0 => reader.bytes(RAW_MAX).to_vec(),
                1 => format!(r#"{{"data":{{"ack":{}}}}}"#, reader.byte()).into(),
                2 => format!(
                    r#"{{"data":{{"ack":{},"messages":[{{"seq":{},"data":{}}}]}}}}"#,
                    reader.byte(),
                    reader.byte(),
                    reader.text(RAW_MAX)
                )
                .into(),
                _ => Vec::new(),
            };
            let mut response = Response::new(reader.choose(&STATUSES), "text/plain", body);
            if (300..400).contains(&response.status) {
                let place = reader.choose(&["/imo", "/elsewhere", "http://a.example/", "//", ""]);
                response.headers.push("Location", place);
            }
            let bytes = self.fars[account].answer_with(conn, &response);
            self.arrive(conn, &bytes);
        }
    }

    /// Raw bytes from a service, asked for or not. Whoever says such a thing is not asked again on that connection.
    fn service_says_anything(&mut self, reader: &mut Reader<'_>) {
        let all = self.upstreams();
        if let Some(conn) = all.get(reader.below(all.len())) {
            let bytes = reader.bytes(RAW_MAX).to_vec();
            for far in &mut self.fars {
                far.goes_wild(*conn);
            }
            self.arrive(*conn, &bytes);
        }
    }

    fn service_tells(&mut self, reader: &mut Reader<'_>) {
        let services = services(self.options);
        let account = reader.below(services.len());
        let far = &mut self.fars[account];
        far.tell(services[account].0, &notice(reader));
        if let Some((conn, bytes)) = far.answer_any(self.bench.now()) {
            self.arrive(conn, &bytes);
        }
    }

    fn store_answers(&mut self, reader: &mut Reader<'_>) {
        self.answer_disk(reader.disk_fault());
    }
}
