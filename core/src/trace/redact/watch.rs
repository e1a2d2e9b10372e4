//! Follows the logins of clients, so that what they give as passwords is hidden where they give it.
//! Never lets a byte go of which it is not known whether it belongs to a password, unless it is hidden.

use super::doors::{Doors, Given};
use super::rules::Way;
use super::shadow::{By, Cover, Shadow, veil_all};
use super::{Place, Redactor};
use crate::event::EventKind;
use crate::io::{ConnId, Input};
use crate::proxy::is_here;
use crate::trace::bytes::Bytes;
use crate::trace::input::In;
use crate::trace::operator::Asked;
use crate::trace::output::Out;

impl Redactor {
    /// Sees who comes, and what the configuration is from now on.
    pub(super) fn watch_in(&mut self, input: &In) {
        match input {
            In::Accepted { conn, .. } => {
                if let Some((seen, _)) = &mut self.since {
                    seen.insert(conn.0);
                }
                let Ok(Input::Accepted { listener, peer, .. }) = input.input() else {
                    return;
                };
                let doors = self.doors.as_ref();
                let shadow = doors.and_then(|doors| doors.shadow(listener.0, is_here(peer)));
                if let Some(shadow) = shadow {
                    self.shadows.insert(conn.0, shadow);
                }
            }
            In::Control(Asked::Reload { config }) => self.doors = Some(Doors::new(config)),
            In::Start
            | In::Connected { .. }
            | In::Received { .. }
            | In::Sent { .. }
            | In::Closed { .. }
            | In::Loaded { .. }
            | In::Stored { .. }
            | In::Hashed { .. }
            | In::Verified { .. }
            | In::FileWritten { .. }
            | In::FileRead { .. }
            | In::Control(_)
            | In::Tick => {}
        }
    }

    /// Sees whom the machine lets in, and whom it refuses.
    pub(super) fn watch_out(&mut self, output: &Out) {
        let refused = if let Out::Close { conn, .. } = output {
            Some(conn.0)
        } else if let Out::Event {
            name,
            conn: Some(conn),
            ..
        } = output
        {
            if name.0 == EventKind::ClientAttached {
                let given = self.shadows.get_mut(&conn.0).and_then(Shadow::let_in);
                self.is_right(conn.0, given);
            }
            (name.0 == EventKind::ClientRefused).then_some(conn.0)
        } else {
            None
        };
        let Some(conn) = refused else {
            return;
        };
        if let Some(shadow) = self.shadows.get_mut(&conn) {
            let cover = shadow.refused();
            self.cover(conn, cover);
            self.stop_at(conn, None);
        }
    }

    /// Looks for a password in what a client has said, which stands in its stream already.
    pub(super) fn follow(&mut self, time: u64, ((conn, way), range): &Place, bytes: &Bytes) {
        let (conn, Way::Received) = (*conn, *way) else {
            return;
        };
        if self.may_be_stranger(time, conn) {
            self.cover(conn, [veil_all(&bytes.0, range.start)]);
            return;
        }
        let (Some(shadow), Some(doors)) = (self.shadows.get_mut(&conn), &self.doors) else {
            return;
        };
        let covers = shadow.take(&bytes.0, doors);
        let (known, is_in) = (shadow.known(), shadow.is_in());
        self.cover(conn, covers);
        self.stop_at(conn, known);
        if is_in {
            self.shadows.remove(&conn);
        }
    }

    /// All clients that were there before the recording began have logged in.
    pub(in crate::trace) fn know_all(&mut self) {
        self.since = None;
    }

    /// True for a client that was there before the recording began and may not have logged in.
    fn may_be_stranger(&self, time: u64, conn: ConnId) -> bool {
        let (ConnId::Client(_), Some(doors), Some((seen, Some(beginning)))) =
            (conn, &self.doors, &self.since)
        else {
            return false;
        };
        let wait = u64::try_from(doors.limits().login_wait.as_micros()).unwrap_or(u64::MAX);
        !seen.contains(&conn) && time.saturating_sub(*beginning) <= wait
    }

    /// The machine has sent so many bytes: perhaps it has let a client in.
    pub(super) fn has_sent(&mut self, conn: ConnId, count: usize) {
        let shadow = self.shadows.get_mut(&conn);
        let given = shadow.and_then(|shadow| shadow.heard(count));
        self.is_right(conn, given);
    }

    /// What a client gave was right.
    fn is_right(&mut self, conn: ConnId, given: Option<Given>) {
        let Some(Given { name, password }) = given else {
            return;
        };
        self.shadows.remove(&conn);
        // A text that is a part of a name is hidden where it is a password, and nowhere else.
        let text = password.reveal();
        let doors = self.doors.as_ref();
        if doors.is_some_and(|doors| !doors.is_named(text, name.as_deref())) {
            self.secrets.learn(text.as_bytes());
        }
        self.stop_at(conn, None);
    }

    /// What a client at the door has said has to be shown though it is not known what it means.
    pub(super) fn show_through(&mut self, conn: ConnId) {
        let cover = self.shadows.get(&conn).and_then(|shadow| shadow.veil());
        self.is_blurred |= cover.is_some();
        self.cover(conn, cover);
    }

    /// A client at the door says nothing more.
    pub(super) fn leave(&mut self, conn: ConnId) {
        if let Some(shadow) = self.shadows.remove(&conn) {
            self.cover(conn, shadow.veil());
            self.stop_at(conn, None);
        }
        if let Some((seen, _)) = &mut self.since {
            seen.remove(&conn);
        }
    }

    fn stop_at(&mut self, conn: ConnId, place: Option<u64>) {
        if let Some(stream) = self.streams.get_mut(&(conn, Way::Received)) {
            stream.stop_at(place);
            stream.go_on(&mut self.secrets);
        }
    }

    fn cover(&mut self, conn: ConnId, covers: impl IntoIterator<Item = Cover>) {
        for Cover { range, by } in covers {
            let stand_in = match by {
                By::Password(text) => self.placed(&text),
                By::Veil(veil) => veil,
            };
            if let Some(stream) = self.streams.get_mut(&(conn, Way::Received)) {
                stream.cover(range, &stand_in);
            }
        }
    }
}
