//! A client of the daemon: lines in frames on a plain socket, read in the order in which they come.
//! Never forgets a line that it has not been asked about.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long anything may take before the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The bytes that carry a line.
pub(crate) fn frame(line: &str) -> Vec<u8> {
    let length = u32::try_from(line.len()).unwrap();
    [&length.to_le_bytes()[..], line.as_bytes()].concat()
}

/// A connected client that speaks version 7.
pub(crate) struct Client {
    stream: TcpStream,
    bytes: Vec<u8>,
    lines: VecDeque<String>,
    tags: u32,
}

impl Client {
    /// Connects as old clients do that have no password.
    pub(crate) fn connect(port: u16) -> Self {
        Self::try_to_connect(port).unwrap()
    }

    /// The same, where the daemon may turn it away.
    pub(crate) fn try_to_connect(port: u16) -> std::io::Result<Self> {
        let mut client = Self::greet(port)?;
        assert_eq!(client.ask("PROTOCOL 7"), "PROTOCOL 7");
        Ok(client)
    }

    /// Connects as programs do that tell their name first.
    #[allow(dead_code, reason = "not every test that has clients asks for it")]
    pub(crate) fn named(port: u16, name: &str) -> Self {
        let mut client = Self::greet(port).unwrap();
        assert_eq!(client.ask(&format!("NAME {name}")), "OK");
        assert_eq!(client.ask("PROTOCOL 7"), "PROTOCOL 7");
        client
    }

    fn greet(port: u16) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&[0, 0, 0, 0, 2])?;
        let mut flags = [0xff];
        stream.read_exact(&mut flags)?;
        assert_eq!(flags[0] & 1, 0, "it wants a password");
        Ok(Self {
            stream,
            bytes: Vec::new(),
            lines: VecDeque::new(),
            tags: 0,
        })
    }

    /// Connects, and waits until the account is signed on and its contact list is there.
    pub(crate) fn online(port: u16) -> Self {
        let mut client = Self::connect(port);
        client.await_answer("GET CONNSTATUS", "CONNSTATUS ONLINE");
        client.ask("SEARCH FRIENDS");
        client
    }

    /// Its own port.
    #[allow(dead_code, reason = "not every test that has clients asks for it")]
    pub(crate) fn port(&self) -> u16 {
        self.stream.local_addr().unwrap().port()
    }

    pub(crate) fn say(&mut self, line: &str) {
        self.stream.write_all(&frame(line)).unwrap();
    }

    /// Says a line and gives the reply to it. Lines that come before the reply are kept.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.tags += 1;
        let tag = format!("#{} ", self.tags);
        self.say(&format!("{tag}{line}"));
        let until = Instant::now() + PATIENCE;
        let mut known = 0;
        loop {
            if let Some(at) = (known..self.lines.len()).find(|at| self.lines[*at].starts_with(&tag))
            {
                return self.lines.remove(at).unwrap()[tag.len()..].into();
            }
            known = self.lines.len();
            assert!(self.read(until), "no reply to {line}: {:?}", self.lines);
        }
    }

    /// The value of a property: what `GET` replies behind its own words.
    pub(crate) fn get(&mut self, what: &str) -> String {
        let reply = self.ask(&format!("GET {what}"));
        let value = reply.strip_prefix(&format!("{what} "));
        value
            .unwrap_or_else(|| panic!("GET {what}: {reply}"))
            .into()
    }

    /// Asks again and again until the reply is `expected`.
    pub(crate) fn await_answer(&mut self, line: &str, expected: &str) {
        let until = Instant::now() + PATIENCE;
        let mut reply = self.ask(line);
        while reply != expected {
            assert!(Instant::now() < until, "{line}: {reply}");
            std::thread::sleep(Duration::from_millis(20));
            reply = self.ask(line);
        }
    }

    /// Waits until these are the members of a chat, in any order.
    pub(crate) fn await_members(&mut self, chat: &str, members: &[&str]) {
        let until = Instant::now() + PATIENCE;
        loop {
            let said = self.get(&format!("CHAT {chat} MEMBERS"));
            let mut handles: Vec<&str> = said.split(' ').collect();
            handles.sort_unstable();
            if handles == members {
                return;
            }
            assert!(Instant::now() < until, "{said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for a line; it and all before it are done with.
    pub(crate) fn hear(&mut self, line: &str) {
        self.hear_between(line, "");
    }

    /// Waits for a line that begins and ends like this, and gives what stands between.
    pub(crate) fn hear_between(&mut self, start: &str, end: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut passed = Vec::new();
        loop {
            while let Some(line) = self.lines.pop_front() {
                let rest = line.strip_prefix(start);
                if let Some(middle) = rest.and_then(|rest| rest.strip_suffix(end))
                    && (!end.is_empty() || middle.is_empty())
                {
                    return middle.into();
                }
                passed.push(line);
            }
            assert!(self.read(until), "no '{start}*{end}' in {passed:?}");
        }
    }

    /// The number of the next message that comes.
    pub(crate) fn hear_message(&mut self) -> String {
        self.hear_between("CHATMESSAGE ", " STATUS RECEIVED")
    }

    /// Waits for a message of a kind, and gives its number.
    pub(crate) fn hear_kind(&mut self, kind: &str) -> String {
        loop {
            let number = self.hear_message();
            if self.get(&format!("CHATMESSAGE {number} TYPE")) == kind {
                return number;
            }
        }
    }

    /// Makes a chat with these people and gives its name.
    pub(crate) fn make_room(&mut self, others: &str) -> String {
        let reply = self.ask(&format!("CHAT CREATE {others}"));
        let chat = reply.strip_prefix("CHAT ");
        let chat = chat.and_then(|chat| chat.strip_suffix(" STATUS MULTI_SUBSCRIBED"));
        chat.unwrap_or_else(|| panic!("{reply}")).into()
    }

    /// The text of the next message that comes.
    pub(crate) fn hear_text(&mut self) -> String {
        let number = self.hear_message();
        self.get(&format!("CHATMESSAGE {number} BODY"))
    }

    /// Sends a text and gives its number once it is sent.
    pub(crate) fn send(&mut self, to: &str, text: &str) -> String {
        let number = self.begin(to, text);
        self.hear(&format!("CHATMESSAGE {number} STATUS SENT"));
        number
    }

    /// Sends a text and gives its number, wherever the text is then.
    pub(crate) fn begin(&mut self, to: &str, text: &str) -> String {
        let reply = self.ask(&format!("MESSAGE {to} {text}"));
        let rest = reply.strip_prefix("CHATMESSAGE ");
        let number = rest.and_then(|rest| rest.strip_suffix(" STATUS SENDING"));
        number.unwrap_or_else(|| panic!("{reply}")).into()
    }

    /// All lines up to the end of the connection.
    pub(crate) fn into_rest(mut self) -> Vec<String> {
        let until = Instant::now() + PATIENCE;
        while self.read(until) {}
        self.lines.into()
    }

    /// All lines that come until it has been silent for `silence`.
    pub(crate) fn drain(&mut self, silence: Duration) -> Vec<String> {
        while self.read(Instant::now() + silence) {}
        self.lines.drain(..).collect()
    }

    /// Takes what comes. False if nothing comes any more, or not in time.
    fn read(&mut self, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        self.stream.set_read_timeout(Some(left)).unwrap();
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk) {
            Ok(0) => return false,
            Ok(count) => self.bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("{error}"),
        }
        while let Some((length, rest)) = self.bytes.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap();
            if rest.len() < length {
                break;
            }
            let line = String::from_utf8(rest[..length].to_vec()).unwrap();
            self.lines.push_back(line);
            self.bytes.drain(..4 + length);
        }
        true
    }
}
