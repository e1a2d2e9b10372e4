//! SOCKS version 5 (RFC 1928): a choice of methods, a user name and password if the proxy wants them (RFC 1929), a request.
//! Never looks a name up: the proxy gets it as it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use imo2sproxy_core::io::ProxyFault;

use super::Credentials;

const VERSION: u8 = 5;
/// The version of the exchange of user name and password.
const LOGIN_VERSION: u8 = 1;
const METHOD_FREE: u8 = 0;
const METHOD_LOGIN: u8 = 2;
const METHOD_NONE: u8 = 0xff;
const COMMAND_CONNECT: u8 = 1;
const ADDRESS_V4: u8 = 1;
const ADDRESS_NAME: u8 = 3;
const ADDRESS_V6: u8 = 4;

/// The talk, and what has come of the next answer.
#[derive(Debug)]
pub(super) struct Socks5 {
    state: State,
    rx: Vec<u8>,
    credentials: Option<Credentials>,
    request: Vec<u8>,
}

/// Which answer is awaited.
#[derive(Clone, Copy, Debug)]
enum State {
    Method,
    Login,
    Reply,
}

impl Socks5 {
    /// Appends the offer of methods to `tx`: that of a user name and password stands in it only if there are such.
    pub(super) fn begin(
        credentials: Option<&Credentials>,
        host: &str,
        port: u16,
        tx: &mut Vec<u8>,
    ) -> Self {
        match credentials {
            None => tx.extend_from_slice(&[VERSION, 1, METHOD_FREE]),
            Some(_) => tx.extend_from_slice(&[VERSION, 2, METHOD_FREE, METHOD_LOGIN]),
        }
        Self {
            state: State::Method,
            rx: Vec::new(),
            credentials: credentials.cloned(),
            request: request(host, port),
        }
    }

    /// Takes bytes of the proxy and appends what follows from them to `tx`; true once the way is open.
    pub(super) fn hear(&mut self, bytes: &[u8], tx: &mut Vec<u8>) -> Result<bool, ProxyFault> {
        self.rx.extend_from_slice(bytes);
        let open = match self.state {
            State::Method => self.method(tx)?,
            State::Login => self.login(tx)?,
            State::Reply => self.reply()?,
        };
        // Each answer is the last word until we have spoken, so that nothing can follow it.
        if open == Progress::More {
            return Ok(false);
        }
        if self.rx.is_empty() {
            Ok(open == Progress::Open)
        } else {
            Err(ProxyFault::Garbled)
        }
    }

    fn method(&mut self, tx: &mut Vec<u8>) -> Result<Progress, ProxyFault> {
        let Some(method) = self.take_pair(VERSION)? else {
            return Ok(Progress::More);
        };
        match (method, &self.credentials) {
            (METHOD_FREE, _) => Ok(self.ask(tx)),
            (METHOD_LOGIN, Some(Credentials { user, password })) => {
                tx.push(LOGIN_VERSION);
                for text in [user.as_str(), password.reveal()] {
                    push_short(text, tx);
                }
                self.state = State::Login;
                Ok(Progress::Said)
            }
            (METHOD_NONE, _) => Err(ProxyFault::Credentials),
            _ => Err(ProxyFault::Garbled),
        }
    }

    fn login(&mut self, tx: &mut Vec<u8>) -> Result<Progress, ProxyFault> {
        match self.take_pair(LOGIN_VERSION)? {
            None => Ok(Progress::More),
            Some(0) => Ok(self.ask(tx)),
            Some(_) => Err(ProxyFault::Credentials),
        }
    }

    fn ask(&mut self, tx: &mut Vec<u8>) -> Progress {
        tx.append(&mut self.request);
        self.state = State::Reply;
        Progress::Said
    }

    /// The reply names the proxy's own address at the far end, which nobody needs.
    fn reply(&mut self) -> Result<Progress, ProxyFault> {
        if self.rx.first().is_some_and(|version| *version != VERSION) {
            return Err(ProxyFault::Garbled);
        }
        match self.rx.get(1) {
            // Some proxies end the connection after this byte.
            Some(0) | None => {}
            Some(3..=6) => return Err(ProxyFault::NoWay),
            Some(1 | 2 | 7 | 8) => return Err(ProxyFault::Refused),
            Some(_) => return Err(ProxyFault::Garbled),
        }
        let address = match self.rx.get(3) {
            None => return Ok(Progress::More),
            Some(&ADDRESS_V4) => 4,
            Some(&ADDRESS_V6) => 16,
            Some(&ADDRESS_NAME) => match self.rx.get(4) {
                None => return Ok(Progress::More),
                Some(length) => 1 + usize::from(*length),
            },
            Some(_) => return Err(ProxyFault::Garbled),
        };
        let length = 4 + address + 2;
        if self.rx.len() < length {
            return Ok(Progress::More);
        }
        self.rx.drain(..length);
        Ok(Progress::Open)
    }

    /// Takes an answer of two bytes, the first of which must be `version`, and gives the second.
    fn take_pair(&mut self, version: u8) -> Result<Option<u8>, ProxyFault> {
        if self.rx.first().is_some_and(|first| *first != version) {
            return Err(ProxyFault::Garbled);
        }
        let value = self.rx.get(1).copied();
        if value.is_some() {
            self.rx.drain(..2);
        }
        Ok(value)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The answer is not whole.
    More,
    /// Something has been said to it, and another answer is awaited.
    Said,
    /// The way is open.
    Open,
}

fn request(host: &str, port: u16) -> Vec<u8> {
    let mut bytes = vec![VERSION, COMMAND_CONNECT, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => push_v4(address, &mut bytes),
        Ok(IpAddr::V6(address)) => push_v6(address, &mut bytes),
        Err(_) => {
            bytes.push(ADDRESS_NAME);
            push_short(host, &mut bytes);
        }
    }
    bytes.extend_from_slice(&port.to_be_bytes());
    bytes
}

fn push_v4(address: Ipv4Addr, bytes: &mut Vec<u8>) {
    bytes.push(ADDRESS_V4);
    bytes.extend_from_slice(&address.octets());
}

fn push_v6(address: Ipv6Addr, bytes: &mut Vec<u8>) {
    bytes.push(ADDRESS_V6);
    bytes.extend_from_slice(&address.octets());
}

/// A text behind a byte that tells its length. Names of hosts have at most 253 bytes, credentials 255; what is longer all the
/// same is cut.
fn push_short(text: &str, bytes: &mut Vec<u8>) {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    bytes.push(length);
    bytes.extend_from_slice(&text.as_bytes()[..length.into()]);
}
