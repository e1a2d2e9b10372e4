//! A connection of the console to a daemon, up to the point where lines may be sent.
//! Never reads standard input.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromServer};

use crate::failure::{Failure, reason};

/// Longest wait for a connection, and for each answer until lines may be sent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;

/// A connection whose handshake is over.
pub(super) struct Connection {
    /// The socket.
    pub(super) stream: TcpStream,
    /// What its bytes mean.
    pub(super) wire: Box<dyn ClientWire + Send>,
    /// What came in behind the handshake already.
    pub(super) rx: RecvBuf,
}

impl Connection {
    /// Connects to `address`, given as `ADDR:PORT`, and logs in.
    ///
    /// # Errors
    /// If nobody answers there, or refuses the password.
    pub(super) fn open(address: &str, access: Option<Secret>) -> Result<Self, Failure> {
        let unreachable = |error: &io::Error| {
            Failure::trouble(format!("cannot connect to {address}: {}", reason(error)))
        };
        let had_password = access.is_some();
        let stream = dial(address)?.map_err(|error| unreachable(&error))?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| stream.set_nodelay(true))
            .map_err(|error| unreachable(&error))?;
        let mut connection = Self {
            stream,
            wire: WireKind::SkypeProxy.connect(access),
            rx: RecvBuf::new(),
        };
        match connection.shake_hands() {
            Ok(true) => {}
            Ok(false) if had_password => {
                return Err(Failure::trouble(format!("{address} refused the password")));
            }
            Ok(false) => {
                return Err(Failure::trouble(format!(
                    "{address} wants a password: give it with -k or --access-password-file"
                )));
            }
            Err(error) => {
                return Err(Failure::trouble(format!(
                    "no daemon answers at {address}: {}",
                    reason(&error)
                )));
            }
        }
        connection
            .stream
            .set_read_timeout(None)
            .map_err(|error| unreachable(&error))?;
        Ok(connection)
    }

    /// True once lines may be sent, false if the daemon wants another password.
    fn shake_hands(&mut self) -> io::Result<bool> {
        let mut tx = Vec::new();
        self.wire.start(&mut tx);
        loop {
            let heard = self
                .wire
                .decode(&mut self.rx, &mut tx)
                .map_err(|_| io::Error::other("it does not speak the SkypeProxy protocol"))?;
            self.stream.write_all(&tx)?;
            tx.clear();
            match heard {
                Some(FromServer::Ready) => return Ok(true),
                Some(FromServer::Refused) => return Ok(false),
                Some(FromServer::Line(_) | FromServer::File { .. }) => {
                    return Err(io::Error::other("it speaks before its turn"));
                }
                None => self.receive()?,
            }
        }
    }

    /// Waits for bytes.
    fn receive(&mut self) -> io::Result<()> {
        if receive(&mut self.stream, &mut self.rx)? {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

/// Waits for bytes; false if the other side has said its last.
pub(super) fn receive(stream: &mut TcpStream, rx: &mut RecvBuf) -> io::Result<bool> {
    let mut bytes = [0; READ_BYTES];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return Ok(false),
            Ok(count) => {
                rx.push(&bytes[..count]);
                return Ok(true);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tries the addresses of a name in turn; the last error counts.
fn dial(address: &str) -> Result<io::Result<TcpStream>, Failure> {
    if !address
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    {
        return Err(Failure::usage(format!(
            "--connect {address}: write ADDR:PORT, as in 127.0.0.1:1401"
        )));
    }
    let addresses = match address.to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(_) => return Ok(Err(io::Error::other("no such host"))),
    };
    let mut last = Err(io::Error::other("no such host"));
    for address in addresses {
        last = TcpStream::connect_timeout(&address, PATIENCE);
        if last.is_ok() {
            break;
        }
    }
    Ok(last)
}
