//! Many clients of one daemon on one thread, each on a transport of its own.
//! Never decides what they say: whoever runs them does.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromServer};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

/// One client.
pub(crate) struct Client {
    pub(crate) name: String,
    kind: WireKind,
    is_secured: bool,
    pub(crate) is_ready: bool,
    /// What it is told is dropped unread.
    is_deaf: bool,
    stream: Box<dyn Stream>,
    wire: Box<dyn ClientWire + Send>,
    rx: RecvBuf,
    tx: Vec<u8>,
}

/// A socket, with or without TLS.
trait Stream: io::Read + io::Write + Send {}
impl<T: io::Read + io::Write + Send> Stream for T {}

/// All clients, by their numbers.
pub(crate) struct Crew {
    poll: Poll,
    events: Events,
    pub(crate) clients: Vec<Client>,
    /// Lines that came in the present turn, with who heard them.
    heard: Vec<(usize, String)>,
    chunk: Vec<u8>,
}

impl Crew {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            clients: Vec::new(),
            heard: Vec::new(),
            chunk: vec![0; 64 * 1024],
        })
    }

    /// Connects a client of an account; gives its number. On a transport without names it is whoever the port is for.
    pub(crate) fn connect(
        &mut self,
        (kind, port): (WireKind, u16),
        name: &str,
        password: &str,
    ) -> io::Result<usize> {
        self.connect_by(kind, port, None, (name, password))
    }

    /// The same for skyped under TLS.
    pub(crate) fn connect_secured(
        &mut self,
        (port, tls): &(u16, Arc<ClientConfig>),
        name: &str,
        password: &str,
    ) -> io::Result<usize> {
        self.connect_by(WireKind::Skyped, *port, Some(tls), (name, password))
    }

    fn connect_by(
        &mut self,
        kind: WireKind,
        port: u16,
        tls: Option<&Arc<ClientConfig>>,
        (name, password): (&str, &str),
    ) -> io::Result<usize> {
        let number = self.clients.len();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        // Not to be told by the daemon's pace of accepting, but by the system's.
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        registry.register(&mut stream, Token(number), interest)?;
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
                let tls = ClientConnection::new(Arc::clone(tls), name);
                Box::new(StreamOwned::new(tls.map_err(io::Error::other)?, stream))
            }
        };
        let wire = match kind {
            WireKind::SkypeProxy | WireKind::Auto => {
                kind.connect(Some(Secret::new(format!("{name}:{password}"))))
            }
            WireKind::Len8 => kind.connect(None),
            WireKind::Skypenet | WireKind::Skyped => kind.connect_as(name, Some(password.into())),
        };
        let mut client = Client {
            name: name.into(),
            kind,
            is_secured: tls.is_some(),
            is_ready: false,
            is_deaf: false,
            stream,
            wire,
            rx: RecvBuf::default(),
            tx: Vec::new(),
        };
        client.wire.start(&mut client.tx);
        client.decode(number, &mut self.heard)?;
        client.write()?;
        self.clients.push(client);
        Ok(number)
    }

    /// Lets a client say a line.
    pub(crate) fn say(&mut self, number: usize, line: &str) -> io::Result<()> {
        let client = &mut self.clients[number];
        client.wire.encode(line, &mut client.tx);
        client.write()
    }

    /// A line as a client says it, so often.
    pub(crate) fn encoded(&mut self, number: usize, line: &str, times: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..times {
            self.clients[number].wire.encode(line, &mut bytes);
        }
        bytes
    }

    /// Lets a client say what is encoded.
    pub(crate) fn say_encoded(&mut self, number: usize, bytes: &[u8]) -> io::Result<()> {
        let client = &mut self.clients[number];
        client.tx.extend_from_slice(bytes);
        client.write()
    }

    /// From now on a client drops what it is told.
    pub(crate) fn deafen(&mut self, number: usize) {
        self.clients[number].is_deaf = true;
    }

    /// How many bytes of what a client has said wait to be sent.
    pub(crate) fn unsent(&self, number: usize) -> usize {
        self.clients[number].tx.len()
    }

    /// Waits for something to come, at most until `until`; gives what was heard, in order.
    pub(crate) fn turn(&mut self, until: Instant) -> io::Result<Vec<(usize, String)>> {
        let wait = until.saturating_duration_since(Instant::now());
        // The poll itself counts in milliseconds.
        let mut fds = [PollFd::new(self.poll.registry(), PollFlags::IN)];
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        rustix::event::poll(&mut fds, Some(&wait))?;
        match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => other?,
        }
        for event in &self.events {
            let number = event.token().0;
            let client = &mut self.clients[number];
            client.write()?;
            client.read(number, &mut self.chunk, &mut self.heard)?;
        }
        Ok(std::mem::take(&mut self.heard))
    }

    /// Waits until all can say lines.
    ///
    /// # Errors
    /// If one is refused, or it takes too long.
    pub(crate) fn until_ready(&mut self, patience: Duration) -> io::Result<()> {
        let until = Instant::now() + patience;
        while let Some(late) = self.clients.iter().find(|client| !client.is_ready) {
            if Instant::now() > until {
                let why = format!("the client of {} cannot log in in time", late.name);
                return Err(io::Error::other(why));
            }
            self.turn(until)?;
        }
        Ok(())
    }
}

impl Client {
    /// What it speaks, and whether under TLS.
    pub(crate) fn way(&self) -> &'static str {
        if self.is_secured {
            "skyped/tls"
        } else {
            self.kind.name()
        }
    }

    fn read(
        &mut self,
        number: usize,
        chunk: &mut [u8],
        heard: &mut Vec<(usize, String)>,
    ) -> io::Result<()> {
        loop {
            match self.stream.read(chunk) {
                Ok(0) => {
                    let why = format!("the client of {} was closed", self.name);
                    return Err(io::Error::new(ErrorKind::UnexpectedEof, why));
                }
                Ok(_) if self.is_deaf => {}
                Ok(count) => {
                    self.rx.push(&chunk[..count]);
                    self.decode(number, heard)?;
                    self.write()?;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn decode(&mut self, number: usize, heard: &mut Vec<(usize, String)>) -> io::Result<()> {
        loop {
            let said = self.wire.decode(&mut self.rx, &mut self.tx);
            let said = said.map_err(|error| io::Error::other(error.explain()))?;
            match said {
                None => return Ok(()),
                Some(FromServer::Ready) => self.is_ready = true,
                Some(FromServer::Refused) => {
                    let why = format!("the client of {} is refused", self.name);
                    return Err(io::Error::other(why));
                }
                Some(FromServer::Line(line)) => heard.push((number, line)),
                Some(_) => {}
            }
        }
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.tx.is_empty() {
            match self.stream.write(&self.tx) {
                Ok(count) => drop(self.tx.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
