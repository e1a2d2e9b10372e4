//! Very many SkypeProxy clients on one thread, with as little work for each line as there can be.
//! Never makes a line a `String`, and never decides what is answered: whoever runs them does.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use imo2sproxy_core::config::WireKind;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::daemon::{self, Daemon};
use crate::frame;

/// How many of them log in at a time: from half of the daemon's places on strangers are turned away at random.
const STRANGERS: usize = 64;
/// How long they may take for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// All clients, by their numbers.
pub(crate) struct Fleet {
    poll: Poll,
    events: Events,
    clients: Vec<One>,
    chunk: Vec<u8>,
}

struct One {
    stream: TcpStream,
    /// Answers to the login that have still to come.
    welcome: &'static [u8],
    /// What has come of a frame that is not complete.
    rest: Vec<u8>,
    tx: Vec<u8>,
}

/// Hears a line of a client, and may append frames that this client says.
pub(crate) trait Ear {
    /// # Errors
    /// If it must not have come; then the measurement ends.
    fn line(&mut self, client: usize, line: &[u8], say: &mut Vec<u8>) -> io::Result<()>;
}

/// Hears and says nothing.
pub(crate) struct Deaf;

impl Ear for Deaf {
    fn line(&mut self, _: usize, _: &[u8], _: &mut Vec<u8>) -> io::Result<()> {
        Ok(())
    }
}

impl Fleet {
    /// Nobody yet.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            clients: Vec::new(),
            chunk: vec![0; 64 * 1024],
        })
    }

    /// Logs in one client for each of these accounts, and lets them hear what they are told at first.
    pub(crate) fn connect(
        daemon: &Daemon,
        accounts: impl Iterator<Item = usize>,
    ) -> io::Result<Self> {
        let mut fleet = Self::new()?;
        fleet.log_in(daemon, accounts)?;
        fleet.until_quiet(&mut Deaf, Duration::from_millis(300))?;
        Ok(fleet)
    }

    /// Logs in one more client for each of these accounts.
    pub(crate) fn log_in(
        &mut self,
        daemon: &Daemon,
        accounts: impl Iterator<Item = usize>,
    ) -> io::Result<()> {
        let (_, port) = daemon.port(WireKind::SkypeProxy, 0);
        for account in accounts {
            self.add(port, account)?;
            if self.clients.len().is_multiple_of(STRANGERS) {
                self.until_welcome()?;
            }
        }
        self.until_welcome()
    }

    fn add(&mut self, port: u16, account: usize) -> io::Result<()> {
        let stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        let token = Token(self.clients.len());
        self.poll
            .registry()
            .register(&mut stream, token, interest)?;
        let mut one = One {
            stream,
            welcome: &frame::WELCOME,
            rest: Vec::new(),
            tx: frame::login(&daemon::name(account), &daemon::password(account)),
        };
        one.write()?;
        self.clients.push(one);
        Ok(())
    }

    fn until_welcome(&mut self) -> io::Result<()> {
        let end = Instant::now() + PATIENCE;
        // Those before have all been let in.
        let from = self.clients.len().saturating_sub(STRANGERS);
        while self.clients[from..]
            .iter()
            .any(|one| !one.welcome.is_empty())
        {
            if Instant::now() > end {
                return Err(io::Error::other("clients cannot log in in time"));
            }
            self.turn(Some(Duration::from_millis(10)), &mut Deaf)?;
        }
        Ok(())
    }

    /// Lets them hear until for so long nothing has come.
    pub(crate) fn until_quiet(&mut self, ear: &mut impl Ear, quiet: Duration) -> io::Result<()> {
        let mut last = Instant::now();
        while last.elapsed() < quiet {
            if self.turn(Some(Duration::from_millis(10)), ear)? > 0 {
                last = Instant::now();
            }
        }
        Ok(())
    }

    /// Lets a client say the frames that `put` appends.
    pub(crate) fn say(&mut self, client: usize, put: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let one = &mut self.clients[client];
        put(&mut one.tx);
        one.write()
    }

    /// Waits for something to come, as long as `wait` says; gives how many lines were heard.
    pub(crate) fn turn(&mut self, wait: Option<Duration>, ear: &mut impl Ear) -> io::Result<usize> {
        match self.poll.poll(&mut self.events, wait) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => other?,
        }
        let mut heard = 0;
        for event in &self.events {
            let number = event.token().0;
            let one = &mut self.clients[number];
            if event.is_readable() {
                heard += one.read(number, &mut self.chunk, ear)?;
            }
            one.write()?;
        }
        Ok(heard)
    }
}

impl One {
    fn read(&mut self, number: usize, chunk: &mut [u8], ear: &mut impl Ear) -> io::Result<usize> {
        let mut heard = 0;
        loop {
            match self.stream.read(chunk) {
                Ok(0) => {
                    let why = format!("the daemon has closed client {number}");
                    return Err(io::Error::new(ErrorKind::UnexpectedEof, why));
                }
                Ok(count) => {
                    heard += self.take(number, &chunk[..count], ear)?;
                    // Fewer than asked for: all that was there. The next ones will be told of.
                    if count < chunk.len() {
                        return Ok(heard);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(heard),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, number: usize, bytes: &[u8], ear: &mut impl Ear) -> io::Result<usize> {
        let joined;
        let mut bytes = bytes;
        while let (Some((expected, later)), Some((first, rest))) =
            (self.welcome.split_first(), bytes.split_first())
        {
            if first != expected {
                return Err(io::Error::other(format!("client {number} is refused")));
            }
            (self.welcome, bytes) = (later, rest);
        }
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.rest);
            bytes = &joined;
        }
        let mut heard = 0;
        while let Some(line) = frame::first(bytes)? {
            ear.line(number, line, &mut self.tx)?;
            heard += 1;
            bytes = &bytes[frame::LENGTH_BYTES + line.len()..];
        }
        self.rest.extend_from_slice(bytes);
        Ok(heard)
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.tx.is_empty() {
            match self.stream.write(&self.tx) {
                Ok(count) if count == self.tx.len() => self.tx.clear(),
                Ok(count) => drop(self.tx.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
