//! What TLS adds to each piece that is sent, and what a connection costs before the first one.
//! Never opens a socket: both ends are in memory, with the configurations of the program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use imo2sproxy::tls;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};

/// Whom the certificate names.
const NAME: &str = "localhost";

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(1));
    divan.config_with_args().main();
}

/// Configurations of a service and of a daemon that trusts it.
fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec![NAME.into()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("authority.pem");
    fs::write(&authority, cert.pem()).expect("a file");
    let pem = cert.pem() + &signing_key.serialize_pem();
    let server = tls::server_config_of_pem(pem.as_bytes(), Path::new("tls.pem"));
    let client = tls::client_config(Some(&authority));
    (server.expect("a good pair"), client.expect("a good file"))
}

/// Both ends of a connection.
struct Pair {
    client: Connection,
    server: Connection,
    records: Vec<u8>,
}

impl Pair {
    /// A connection before its handshake.
    fn new(server: &Arc<ServerConfig>, client: &Arc<ClientConfig>) -> Self {
        let name = NAME.try_into().expect("a host name");
        let client = ClientConnection::new(Arc::clone(client), name).expect("a client");
        let server = ServerConnection::new(Arc::clone(server)).expect("a server");
        Self {
            client: client.into(),
            server: server.into(),
            records: Vec::with_capacity(64 * 1024),
        }
    }

    fn shake_hands(&mut self) {
        while self.client.is_handshaking() || self.server.is_handshaking() {
            pass(&mut self.client, &mut self.server, &mut self.records);
            pass(&mut self.server, &mut self.client, &mut self.records);
        }
        // Tickets for later sessions come behind the handshake.
        pass(&mut self.server, &mut self.client, &mut self.records);
    }

    /// The client says something, and the server says it back.
    fn round(&mut self, bytes: &[u8], heard: &mut [u8]) {
        let Self {
            client,
            server,
            records,
        } = self;
        say(client, bytes);
        pass(client, server, records);
        hear(server, heard);
        say(server, heard);
        pass(server, client, records);
        hear(client, heard);
    }
}

/// Carries all records of the one to the other.
fn pass(from: &mut Connection, to: &mut Connection, records: &mut Vec<u8>) {
    records.clear();
    while from.wants_write() {
        from.write_tls(records).expect("memory");
    }
    let mut rest = &records[..];
    while !rest.is_empty() {
        to.read_tls(&mut rest).expect("memory");
        to.process_new_packets().expect("a good peer");
    }
}

fn say(end: &mut Connection, bytes: &[u8]) {
    end.writer().write_all(bytes).expect("room for it");
}

fn hear(end: &mut Connection, bytes: &mut [u8]) {
    end.reader().read_exact(bytes).expect("all that was said");
}

/// A frame of a talk, a full record, and the longest text.
#[divan::bench(args = [200, 16 * 1024, 32 * 1024])]
fn round_trip(bencher: Bencher<'_, '_>, length: usize) {
    let (server, client) = configs();
    let mut pair = Pair::new(&server, &client);
    pair.shake_hands();
    let said = vec![b'x'; length];
    let mut heard = vec![0; length];
    pair.round(&said, &mut heard);
    assert_eq!(heard, said, "it comes back as it was");
    bencher
        .counter(BytesCount::new(2 * length))
        .bench_local(|| pair.round(black_box(&said), &mut heard));
}

/// Both ends of a whole handshake, without an earlier session.
#[divan::bench]
fn handshake(bencher: Bencher<'_, '_>) {
    let (server, client) = configs();
    bencher
        .with_inputs(|| {
            // A client that knows no earlier session.
            let mut fresh = ClientConfig::clone(&client);
            fresh.resumption = rustls::client::Resumption::disabled();
            Pair::new(&server, &Arc::new(fresh))
        })
        .bench_local_values(|mut pair| {
            pair.shake_hands();
            pair
        });
}
