//! The floor of what a server can do over this kind of socket: it writes back what it reads.
//! Never looks at the bytes.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};

use crate::process;

const LISTENER: Token = Token(0);
const CLIENT: Token = Token(1);
const WAKER: Token = Token(2);

/// An echo server for one client, on a thread of its own.
pub(crate) struct Echo {
    pub(crate) address: SocketAddr,
    over: Arc<AtomicBool>,
    waker: Waker,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Echo {
    /// Starts it; held on the processor of daemons, if `pinned`.
    pub(crate) fn start(pinned: bool) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            if pinned {
                process::pin_this_thread(process::DAEMON_PROCESSOR)?;
            }
            serve(poll, &listener, &told)
        });
        Ok(Self {
            address,
            over,
            waker,
            thread: Some(thread),
        })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if self.waker.wake().is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

fn serve(mut poll: Poll, listener: &TcpListener, over: &AtomicBool) -> io::Result<()> {
    let mut events = Events::with_capacity(16);
    let mut client = None;
    let mut chunk = [0; 8 * 1024];
    while !over.load(Ordering::Relaxed) {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                let (mut stream, _) = listener.accept()?;
                stream.set_nodelay(true)?;
                let interest = Interest::READABLE;
                poll.registry().register(&mut stream, CLIENT, interest)?;
                client = Some(stream);
            }
        }
        // What is there already when the client is accepted is told of no more.
        let Some(stream) = &mut client else { continue };
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(()),
                // A client reads all that it has asked for: nothing ever stays unwritten for long.
                Ok(count) => stream.write_all(&chunk[..count])?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
