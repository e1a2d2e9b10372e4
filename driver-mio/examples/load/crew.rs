//! Many clients of one daemon on one thread, each on a transport of its own.
//! Never decides what they say: whoever runs them does.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromServer};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

/// One client.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) kind: WireKind,
    pub(crate) is_ready: bool,
    stream: TcpStream,
    wire: Box<dyn ClientWire + Send>,
    rx: RecvBuf,
    tx: Vec<u8>,
}

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
            is_ready: false,
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

    /// How many bytes of what a client has said wait to be sent.
    pub(crate) fn unsent(&self, number: usize) -> usize {
        self.clients[number].tx.len()
    }

    /// Waits for something to come, at most until `until`; gives what was heard, in order.
    pub(crate) fn turn(&mut self, until: Instant) -> io::Result<Vec<(usize, String)>> {
        let wait = until.saturating_duration_since(Instant::now());
        // The poll counts in milliseconds: a shorter wait is a look.
        let wait = if wait < Duration::from_millis(1) {
            Duration::ZERO
        } else {
            wait
        };
        match self.poll.poll(&mut self.events, Some(wait)) {
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
