//! The proxy's clients: who has come, what each of them says, what is said to it, and when it has to go.
//! Never looks into an account: it carries commands to it, and replies and notices from it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::telling::keep_alive_every;
use super::{AccountId, ClientWake, Member, Proxy, Wake};
use crate::account::{Account, Answer, Scene};
use crate::client::Client;
use crate::client::Told;
use crate::config::WireKind;
use crate::event::{Event, EventKind};
use crate::io::{CloseCause, CloseHow, ConnId, Output, Outputs};
use crate::skype::{Command, ConnStatus, Reply, parse};
use crate::time::{Instant, Now};
use crate::wire::FromClient;

impl Proxy {
    /// Takes bytes; false if no client has sent them.
    pub(super) fn received(&mut self, conn: ConnId, bytes: &[u8]) -> bool {
        let Some((_, client)) = self.clients.get_mut(&conn) else {
            return false;
        };
        if !client.closing {
            client.receive(bytes);
            self.dirty.insert(conn);
        }
        true
    }

    pub(super) fn sent(&mut self, now: Now, conn: ConnId, count: usize) {
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            client.sent(now.mono, count);
            self.dirty.insert(conn);
        }
    }

    /// Takes the end of a connection; false if it was no client's.
    pub(super) fn closed(
        &mut self,
        now: Now,
        conn: ConnId,
        cause: CloseCause,
        out: &mut Outputs,
    ) -> bool {
        let Some((id, client)) = self.clients.remove(&conn) else {
            return false;
        };
        for wake in ClientWake::ALL {
            self.set_wake(conn, wake, None);
        }
        self.dirty.remove(&conn);
        let Some(id) = id.filter(|_| client.ready) else {
            self.leave_door(conn, out);
            return true;
        };
        if client.open && !client.closing {
            self.stop_listening(conn, (id, &client.key(), client.told()), out);
        }
        if let Some(member) = self.members.get_mut(&id) {
            member.clients.remove(&conn);
        }
        let detail = format!("client left: {}", cause.explain());
        out.event(Event::conn(EventKind::ClientLeft, conn, detail));
        self.with_account(now, id, out, |account, scene| {
            account.detach(scene, conn);
        });
        true
    }

    fn stop_listening(
        &mut self,
        conn: ConnId,
        (id, key, told): (AccountId, &str, Told),
        out: &mut Outputs,
    ) {
        // Who has still to hear what it has missed has been told nothing.
        let told = (!self.behind.remove(&conn)).then_some((key, told));
        self.with_account(self.now, id, out, |account, scene| {
            let told = told.map(|(key, told)| match told {
                Told::All => (key, account.told()),
                Told::UpTo(mark) => (key, Some(mark)),
                Told::Nothing => (key, None),
            });
            account.stop_listening(scene, told);
        });
    }

    pub(super) fn set_wake(&mut self, conn: ConnId, wake: ClientWake, at: Option<Instant>) {
        self.timers.set(Wake::Client(conn, wake), at);
    }

    pub(super) fn client_woken(
        &mut self,
        now: Now,
        conn: ConnId,
        wake: ClientWake,
        out: &mut Outputs,
    ) {
        match wake {
            ClientWake::Open => self.open(now, conn, out),
            ClientWake::Command => {
                self.dirty.insert(conn);
            }
            ClientWake::Guest => self.guest_waits_no_more(conn, out),
            ClientWake::Guess => self.guessed_enough(conn, out),
            ClientWake::Login => self.fault(conn, "it has not logged in in time", out),
            ClientWake::Slot => self.fault(conn, "it does not say whether it takes a file", out),
            ClientWake::Stall => self.fault(conn, "it has taken nothing for too long", out),
            ClientWake::Alive => self.keep_alive(now, conn),
        }
    }

    /// A client has its time to show what it speaks, where that is not known, and to log in.
    pub(super) fn watch_newcomer(&mut self, now: Now, conn: ConnId, kind: WireKind) {
        let until = now.mono + self.terms.limits.login_wait;
        self.set_wake(conn, ClientWake::Login, Some(until));
        if kind == WireKind::Auto {
            let until = now.mono + self.terms.limits.guess_wait;
            self.set_wake(conn, ClientWake::Guess, Some(until));
        }
    }

    /// Closes a client whose first bytes do not tell what it speaks.
    fn guessed_enough(&mut self, conn: ConnId, out: &mut Outputs) {
        let client = self.clients.get(&conn);
        if client.is_some_and(|(_, client)| !client.is_understood()) {
            self.fault(conn, "its first bytes do not tell what it speaks", out);
        }
    }

    /// Closes a client at once, through its own fault.
    pub(super) fn fault(&mut self, conn: ConnId, why: &'static str, out: &mut Outputs) {
        let event = Event::conn(EventKind::ClientFault, conn, why);
        self.close(conn, CloseHow::Abort, event, out);
    }

    /// Closes a client, if that is not under way; what is queued for it goes first, if `how` lets it.
    pub(super) fn close(&mut self, conn: ConnId, how: CloseHow, event: Event, out: &mut Outputs) {
        let Some((id, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if core::mem::replace(&mut client.closing, true) {
            return;
        }
        // What goes first is told, as far as anybody can know.
        let told = match how {
            CloseHow::AfterFlush => Told::All,
            CloseHow::Abort => client.told(),
        };
        let listener_of = id.filter(|_| client.open).map(|id| (id, client.key()));
        out.event(event);
        while let Some(bytes) = client.take_queued(Instant::ZERO, Vec::new) {
            out.push(Output::Send { conn, bytes });
        }
        if let Some((id, key)) = listener_of {
            self.stop_listening(conn, (id, &key, told), out);
        }
        for wake in ClientWake::ALL {
            self.set_wake(conn, wake, None);
        }
        out.push(Output::Close { conn, how });
    }

    /// Tells every client that the daemon ends.
    pub(super) fn dismiss_clients(&mut self, out: &mut Outputs) {
        for conn in self.clients_who(|_, _| true) {
            self.dismiss_client(conn, out);
        }
    }

    /// The clients of which this is true, with their accounts, in the order of their ids. Looks at all of them.
    pub(super) fn clients_who(
        &self,
        is_true: impl Fn(Option<AccountId>, &Client) -> bool,
    ) -> Vec<ConnId> {
        let found = self.clients.iter();
        let found = found.filter(|(_, (id, client))| is_true(*id, client));
        let mut found: Vec<ConnId> = found.map(|(conn, _)| *conn).collect();
        found.sort_unstable();
        found
    }

    /// Tells a client that there is nothing more for it here, and closes it.
    pub(super) fn dismiss_client(&mut self, conn: ConnId, out: &mut Outputs) {
        let client = self.clients.get(&conn);
        if client.is_some_and(|(_, client)| client.open) {
            self.reply(conn, &Reply::ConnStatus(ConnStatus::LoggedOut), None, out);
        }
        let event = Event::conn(EventKind::ClientLeft, conn, "client dismissed");
        self.close(conn, CloseHow::AfterFlush, event, out);
    }

    /// Takes what a client says, as far as it may be heard now, and sends what there is to say to it.
    pub(super) fn serve(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        while let Some((_, client)) = self.clients.get_mut(&conn) {
            if client.closing || client.unsent() > self.terms.limits.unsent_bytes_soft {
                break;
            }
            if let Some((line, since)) = client.waiting.take() {
                if !self.command(now, conn, &line, since, out) {
                    break;
                }
                continue;
            }
            match client.next() {
                Ok(Some(said)) => self.heard(now, conn, said, out),
                Ok(None) if client.waiting_bytes() > self.terms.limits.frame_bytes => {
                    self.fault(conn, "it says too much before it takes its file", out);
                }
                Ok(None) => break,
                Err(error) => self.fault(conn, error.explain(), out),
            }
        }
        self.flush(now, conn, out);
    }

    fn heard(&mut self, now: Now, conn: ConnId, said: FromClient, out: &mut Outputs) {
        match said {
            FromClient::Login { name, password } => self.login(now, conn, (name, password), out),
            FromClient::Ready => self.attach(now, conn, out),
            FromClient::Quit => {
                let why = "client left: it has said goodbye";
                let event = Event::conn(EventKind::ClientLeft, conn, why);
                self.close(conn, CloseHow::AfterFlush, event, out);
            }
            FromClient::FileTaken(taken) => self.file_taken(conn, taken, out),
            FromClient::Line(line) => {
                if self.terms.verbose {
                    out.event(Event::conn(EventKind::Command, conn, line.clone()));
                }
                self.command(now, conn, &line, now.mono, out);
            }
        }
    }

    fn attach(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some(id) = self.host_of(conn) else {
            return self.fault(conn, "it has not logged in", out);
        };
        let (Some(member), Some((account, client))) =
            (self.members.get_mut(&id), self.clients.get_mut(&conn))
        else {
            return self.fault(conn, "its account is gone", out);
        };
        *account = Some(id);
        client.attach();
        let alive = client
            .is_kept_alive()
            .then(|| now.mono + keep_alive_every(&self.terms.limits));
        member.clients.insert(conn);
        let name = String::from(member.account.name());
        self.leave_door(conn, out);
        self.set_wake(conn, ClientWake::Login, None);
        self.set_wake(conn, ClientWake::Alive, alive);
        self.set_wake(
            conn,
            ClientWake::Open,
            Some(now.mono + self.terms.limits.notice_wait),
        );
        out.event(Event::conn(
            EventKind::ClientAttached,
            conn,
            format!("client of {name}"),
        ));
        // Whoever has a client does not wait for its turn.
        if let Some(at) = self.to_start.iter().position(|waiting| *waiting == id) {
            self.to_start.remove(at);
            self.with_account(now, id, out, Account::start);
        }
        self.with_account(now, id, out, |account, scene| account.attach(scene, conn));
    }

    /// Answers a command line. False if the answer has to wait.
    fn command(
        &mut self,
        now: Now,
        conn: ConnId,
        line: &str,
        since: Instant,
        out: &mut Outputs,
    ) -> bool {
        let tagged = parse(line);
        let keeps_quiet = matches!(tagged.body, Ok(Command::Name(_) | Command::Ping));
        if let (Ok(Command::Name(name)), Some((_, client))) =
            (&tagged.body, self.clients.get_mut(&conn))
        {
            client.set_name(name);
        }
        let reach = self.reach(conn);
        let Some(id) = self.clients.get(&conn).and_then(|(id, _)| *id) else {
            return true;
        };
        let Some(Member { account, .. }) = self.members.get_mut(&id) else {
            return true;
        };
        let mut said = core::mem::take(&mut self.scratch);
        let mut scene = Scene {
            now,
            journal: &mut self.journal,
            out: &mut said,
            link_said: &mut self.link_said,
        };
        let answer = match tagged.body {
            Ok(command) => account.command(&mut scene, command, conn, since, reach),
            Err(error) => Answer::Reply(error.into()),
        };
        account.fit(scene.journal);
        let until = match answer {
            Answer::Reply(reply) => {
                if let Reply::Protocol(version) = reply
                    && let Some((_, client)) = self.clients.get_mut(&conn)
                {
                    client.protocol = version;
                }
                self.reply(conn, &reply, tagged.tag.as_ref(), out);
                None
            }
            Answer::File(name, bytes, then) => {
                let then = (&then, tagged.tag.as_ref());
                self.push_file(now, conn, (name, &bytes), then);
                None
            }
            Answer::Wait(until) => {
                if let Some((_, client)) = self.clients.get_mut(&conn) {
                    client.waiting = Some((line.into(), since));
                }
                Some(until)
            }
        };
        self.set_wake(conn, ClientWake::Command, until.flatten());
        // What the account tells everybody comes after the reply to the one who caused it.
        self.after_account(id, said, out);
        if until.is_none() && !keeps_quiet {
            self.open(now, conn, out);
        }
        until.is_none()
    }

    /// From now on a client is told notices; first, how things are.
    fn open(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some((id, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if client.open || client.closing {
            return;
        }
        let Some(id) = *id else {
            return;
        };
        client.open = true;
        let key = client.key();
        self.set_wake(conn, ClientWake::Open, None);
        let lines = self
            .with_account(now, id, out, |account, scene| {
                account.greeting(scene, conn, &key)
            })
            .unwrap_or_default();
        self.tell(conn, &lines, out);
    }

    /// What was missed has become known: a client that is told notices hears of it.
    pub(super) fn catch_up(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some((Some(id), client)) = self.clients.get(&conn) else {
            return;
        };
        if !client.open || client.closing {
            return;
        }
        let (id, key) = (*id, client.key());
        let lines = self.with_account(now, id, out, |account, scene| account.catch_up(scene, &key));
        self.tell(conn, &lines.unwrap_or_default(), out);
    }

    /// Says to one client what it has not asked for.
    fn tell(&mut self, conn: ConnId, lines: &[Reply<'_>], out: &mut Outputs) {
        for line in lines {
            self.reply(conn, line, None, out);
        }
        self.dirty.insert(conn);
    }
}
