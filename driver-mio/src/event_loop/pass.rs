//! Passing a proxy: the talk with it, up to where its socket becomes the way to the service.
//! Never knows what a proxy speaks: `via` does.

use imo2sproxy_core::io::{CloseCause, Outputs, ProxyFault};
use mio::net::TcpStream;

use super::conn::{Stage, Target};
use super::reactor::{Reactor, Timer};
use crate::socket::{Buffers, Fill, READ_SIZE, Socket};
use crate::via::Passage;

impl Reactor {
    /// The proxy is reached: asks it for the way.
    pub(super) fn begin_passage(
        &mut self,
        key: usize,
        stream: TcpStream,
        target: Target,
        buffers: &mut Buffers,
        spare: &mut Outputs,
    ) {
        let Some(proxy) = &target.via else {
            return self.arrived(key, stream, target, buffers, spare);
        };
        let mut first = spare.buffer();
        let passage = Passage::begin(proxy, &target.host, target.port, &mut first);
        let mut socket = Socket::plain(stream);
        socket.send(first, spare);
        self.timers
            .set(Timer::Conn(key), Some(target.reached_until));
        self.conns[key].stage = Stage::Passing {
            socket,
            target,
            passage,
        };
        self.pass(key, buffers, spare);
    }

    /// Goes on with the talk as far as the proxy lets us.
    pub(super) fn pass(&mut self, key: usize, buffers: &mut Buffers, spare: &mut Outputs) {
        let Stage::Passing {
            socket, passage, ..
        } = &mut self.conns[key].stage
        else {
            return;
        };
        match talk(socket, passage, buffers, spare) {
            Ok(false) => {}
            Ok(true) => {
                if let Stage::Passing { socket, target, .. } = self.conns[key].take_stage() {
                    self.arrived(key, socket.into_stream(), target, buffers, spare);
                }
            }
            Err(cause) => self.end(key, cause),
        }
    }
}

/// Writes what is to be said and reads what there is; true once the way is open.
fn talk(
    socket: &mut Socket,
    passage: &mut Passage,
    buffers: &mut Buffers,
    spare: &mut Outputs,
) -> Result<bool, CloseCause> {
    loop {
        socket.flush(spare).map_err(broken_off)?;
        match socket.fill(buffers, READ_SIZE) {
            Fill::Data(bytes) => {
                let mut tx = spare.buffer();
                if passage.hear(bytes, &mut tx).map_err(CloseCause::Proxy)? {
                    spare.give_back(tx);
                    return Ok(true);
                }
                if tx.is_empty() {
                    spare.give_back(tx);
                } else {
                    socket.send(tx, spare);
                }
            }
            Fill::Nothing => {}
            Fill::Blocked => return Ok(false),
            Fill::Ended(cause) | Fill::Failed(cause) => return Err(broken_off(cause)),
        }
    }
}

/// What it means that the connection to the proxy is no more.
fn broken_off(cause: CloseCause) -> CloseCause {
    if cause == CloseCause::Exhausted {
        cause
    } else {
        CloseCause::Proxy(ProxyFault::Closed)
    }
}
