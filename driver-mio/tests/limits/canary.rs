//! Passwords that are looked for everywhere: in folders, logs, records, answers, and in what the system tells of a process.
//! Never looks into files that the test itself has given the passwords in, nor into an environment that it has put one into.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use crate::client::{Client, PATIENCE, frame};
use crate::hunt::{Hunt, put};
use crate::places::{HERE, connect_from, log_in};
use crate::played::{proxy, relay, say, take_head};
use crate::program::{program, run};
use crate::running::Running;
use crate::town::Town;

/// What alice gives the service, by a file.
const ALICES: &str = "Canary-of-alice-1";
/// What clients of alice give the daemon.
const ACCESS: &str = "Canary-of-clients-2";
/// What the daemon gives the proxy on its way to the service.
const PROXYS: &str = "Canary-of-proxy-3";
/// What a guest gives, through the daemon.
const GUESTS: &str = "Canary-of-guest-4";
/// What bob gives, in the environment.
const BOBS: &str = "Canary-of-bob-5";
/// What carol gives, on standard input.
const CAROLS: &str = "Canary-of-carol-6";
/// What is wrong wherever it is given.
const WRONG: &str = "Canary-that-is-wrong-7";
/// What the operator gives dave's account.
const DAVES: &str = "Canary-of-dave-8";

const ALL: [&str; 8] = [ALICES, ACCESS, PROXYS, GUESTS, BOBS, CAROLS, WRONG, DAVES];

/// The listeners of a daemon.
const KINDS: [&str; 4] = ["skypeproxy", "skypenet", "skyped-plain", "auto"];
/// What a daemon is told that takes in any user of the service.
const FOR_GUESTS: &str = "[passthrough]\nenabled = true\nregister = true\n";
/// The data folders of all processes.
const FOLDERS: [&str; 5] = ["service", "open", "recorded", "bob", "carol"];

/// Starts a program with a log that tells all.
fn start(town: &Town, args: &[&str], environment: &[(&str, &str)], input: &str) -> Running {
    let mut command = program(town.home(), args);
    command
        .env("IMO2SPROXY_LOG", "debug")
        .envs(environment.iter().copied());
    let mut process = Running::start(command);
    let mut stdin = process.child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    process
}

/// Says bytes to a port, and waits until the other side has nothing more to say.
fn throw(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut said = Vec::new();
    // A refusal may break the connection off.
    let _ = stream.read_to_end(&mut said);
    said
}

/// Comes in by skypenet as somebody, and writes to the echo.
pub(crate) fn talk(port: u16, name: &str, password: &str) {
    let mut stream = connect_from(HERE, port);
    let login = format!("LOGIN {name} {password}\x17");
    stream.write_all(login.as_bytes()).unwrap();
    let mut answer = [0; 6];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"LOGIN\x17", "{name}");
    stream
        .write_all(b"PROTOCOL 7\x17MESSAGE echo123 hello\x17")
        .unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains(" STATUS SENT") {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).unwrap();
        assert!(count > 0, "{name} was left");
        said.extend_from_slice(&some[..count]);
    }
}

/// A daemon with an account, a proxy on its way, and perhaps guests, by its configuration.
struct House {
    process: Running,
    clients: [u16; 4],
    admin: u16,
    log: String,
}

impl House {
    fn start(
        town: &Town,
        name: &str,
        (service, way): (u16, u16),
        more: &str,
        args: &[&str],
    ) -> Self {
        let given = town.home().join("given");
        fs::create_dir_all(&given).unwrap();
        put(&given, "alice.pw", ALICES);
        let listen = KINDS.map(|kind| {
            format!("[[listen]]\nkind = '{kind}'\naddr = '127.0.0.1:0'\naccount = 'alice'\n")
        });
        let text = format!(
            "server = 'http://127.0.0.1:{service}/'\n\
             data_dir = '{}'\n\
             admin = '127.0.0.1:0'\n\
             upstream_proxy = 'http://me:{PROXYS}@127.0.0.1:{way}'\n\
             {}\n\
             [[account]]\nname = 'alice'\npassword_file = 'alice.pw'\naccess = '{ACCESS}'\n\
             {more}",
            town.path(name),
            listen.concat()
        );
        let file = format!("{name}.toml");
        put(&given, &file, &text);
        let (file, log) = (given.join(file), town.path(&format!("{name}.log")));
        let own = ["--config", file.to_str().unwrap(), "-v", "-l", &log];
        let mut process = start(town, &[&own[..], args].concat(), &[], "");
        Self {
            clients: KINDS.map(|kind| process.port(kind)),
            admin: process.port("admin"),
            process,
            log,
        }
    }
}

/// Wrong passwords in every way that there is to give one.
fn guess_everywhere(clients: &[u16], service: u16) {
    let [skypeproxy, skypenet, skyped, auto] = clients else {
        panic!("four listeners");
    };
    let ask = [0, 0, 0, 0, 1];
    for text in [
        WRONG.to_owned(),
        format!("alice:{WRONG}"),
        format!("erin:{WRONG}"),
    ] {
        throw(*skypeproxy, &[&ask[..], &frame(&text)].concat());
        throw(*auto, &[&ask[..], &frame(&text)].concat());
    }
    // Without the word that a password follows.
    throw(*skypeproxy, &frame(WRONG));
    throw(*skypenet, format!("LOGIN alice {WRONG}\x17").as_bytes());
    throw(*skypenet, format!("LOGIN alice {WRONG}").as_bytes());
    throw(
        *skyped,
        format!("USERNAME alice\nPASSWORD {WRONG}\n").as_bytes(),
    );
    throw(*skyped, format!("PASSWORD {WRONG}\n").as_bytes());
    for user in ["alice", "nobody at all", "-"] {
        log_in(HERE, service, user, WRONG);
    }
    for body in [
        format!("method=forward_to_server&data={{\"passwd\":\"{WRONG}\""),
        format!("passwd={WRONG}"),
    ] {
        let length = body.len();
        let head = format!("POST /imo HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
        let said = throw(service, format!("{head}{body}").as_bytes());
        assert!(said.starts_with(b"HTTP/1.1 400 "));
    }
}

/// Mistakes of people who have typed a password somewhere.
fn mistakes(hunt: &mut Hunt, town: &Town) {
    let given = town.home().join("given");
    for (name, text) in [
        (
            "1.toml",
            format!("[[account]]\nname = 'a'\npasword = '{WRONG}'\n"),
        ),
        (
            "2.toml",
            format!("[[account]]\nname = 'a'\npassword = {WRONG}\n"),
        ),
        (
            "3.toml",
            format!("upstream_proxy = 'htp://me:{WRONG}@h:1'\n"),
        ),
        ("4.toml", format!("server = 'http://me:{WRONG}@h:1/'\n")),
        (
            "5.toml",
            format!("[[account]]\nname = 'a'\naccess = ['{WRONG}']\n"),
        ),
        (
            "6.toml",
            format!("[[account]]\nname = 'a'\npassword = '{WRONG}\n"),
        ),
    ] {
        put(&given, name, &text);
        let file = given.join(name);
        let output = run(&["--config", file.to_str().unwrap()], "");
        assert_eq!(output.status.code(), Some(2), "{name}");
        hunt.search(name, &[&output.stdout[..], &output.stderr].concat());
    }
    let proxy = format!("socks9://me:{WRONG}@h:1");
    let server = format!("http://me:{WRONG}@h:1/");
    for args in [
        &["--server", "http://h:1/", "--proxy", &proxy, "alice", "x"][..],
        &["--server", &server, "alice", "x"],
        &["-p", "none", "alice", WRONG],
        &["alice", "two", WRONG],
        &["-k", WRONG],
        &["console", "--connect", "127.0.0.1:1", "-k", WRONG],
        &["console", "--connect", "127.0.0.1:1", "alice", WRONG],
    ] {
        let output = run(args, "");
        assert!(!output.status.success(), "{args:?}");
        hunt.search(
            &format!("{args:?}"),
            &[&output.stdout[..], &output.stderr].concat(),
        );
    }
}

/// Asks each process what it tells watchers and its operator.
fn ask_everywhere(hunt: &mut Hunt, town: &Town, houses: [&House; 2]) {
    for house in houses {
        for path in ["/healthz", "/metrics", "/nothing"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");
            let said = throw(house.admin, request.as_bytes());
            assert!(said.starts_with(b"HTTP/1.1 "), "{path}");
            hunt.search(path, &said);
        }
    }
    for name in FOLDERS {
        let said = run(&["control", "--data-dir", &town.path(name), "status"], "");
        assert!(said.status.success(), "{name}");
        hunt.search("control status", &[said.stdout, said.stderr].concat());
    }
}

/// Daemons of one account each: bob's password is in the environment, carol's comes on standard input.
fn start_users(town: &Town, service_port: u16) -> [Running; 2] {
    let server = format!("http://127.0.0.1:{service_port}/");
    let (bobs, carols) = (town.path("bob"), town.path("carol"));
    let own = ["-v", "-p", "0", "--server", &server, "--data-dir"];
    let environment = [("IMO2SPROXY_PASSWORD", BOBS)];
    let mut bob = start(
        town,
        &[&own[..], &[&bobs, "bob"]].concat(),
        &environment,
        "",
    );
    let carols_args = [&own[..], &[&carols, "--password-file", "-", "carol"]].concat();
    let mut carol = start(town, &carols_args, &[], &format!("{CAROLS}\n"));
    for process in [&mut bob, &mut carol] {
        let port = process.port("skypeproxy");
        Client::online(port).send("echo123", "hello");
    }
    [bob, carol]
}

/// The service, recorded.
fn start_service(town: &Town, data: &str, record: &str) -> Running {
    let args = [
        "service",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        data,
        "--open-registration",
        "--record",
        record,
    ];
    start(town, &args, &[], "")
}

#[test]
fn no_password_is_found_in_any_folder_log_record_answer_or_process() {
    let mut hunt = Hunt::for_all(&ALL);
    let town = Town::new();
    let (service_data, service_record) = (town.path("service"), town.path("service.jsonl"));
    let mut service = start_service(&town, &service_data, &service_record);
    let service_port = service.port("service");
    let way = proxy(move |stream| {
        let head = take_head(&stream);
        assert!(head.contains("Proxy-Authorization: Basic "), "{head}");
        say(&stream, b"HTTP/1.1 200 OK\r\n\r\n");
        relay(stream, service_port);
    });
    let record = town.path("recorded.jsonl");
    let ports = (service_port, way);
    let mut open = House::start(&town, "open", ports, FOR_GUESTS, &[]);
    let mut recorded = House::start(&town, "recorded", ports, FOR_GUESTS, &["--record", &record]);
    for (house, guest) in [(&open, "frank"), (&recorded, "grace")] {
        talk(house.clients[1], guest, GUESTS);
        talk(house.clients[1], "alice", ACCESS);
    }
    for house in [&open, &recorded] {
        guess_everywhere(&house.clients, service_port);
    }
    let [mut bob, mut carol] = start_users(&town, service_port);
    let daves = ["user", "add", "dave", "--data-dir", &service_data];
    let added = run(&daves, &format!("{DAVES}\n{DAVES}\n"));
    assert!(added.status.success(), "{added:?}");
    hunt.search("user add", &[added.stdout, added.stderr].concat());
    assert!(log_in(HERE, service_port, "dave", DAVES).contains("signed_on"));

    ask_everywhere(&mut hunt, &town, [&open, &recorded]);
    for (name, process, given_there) in [
        ("service", &service, false),
        ("open", &open.process, false),
        ("recorded", &recorded.process, false),
        ("bob", &bob, true),
        ("carol", &carol, false),
    ] {
        hunt.search_process(name, process.child.id(), given_there);
    }
    mistakes(&mut hunt, &town);
    for (name, process) in [
        ("bob", &mut bob),
        ("carol", &mut carol),
        ("open", &mut open.process),
        ("recorded", &mut recorded.process),
        ("service", &mut service),
    ] {
        let (code, said) = process.stop();
        assert_eq!(code, Some(0), "{name}: {said}");
        hunt.search(name, said.as_bytes());
    }
    for name in FOLDERS {
        hunt.search_folder(Path::new(&town.path(name)));
    }
    for file in [&open.log, &recorded.log, &record, &service_record] {
        hunt.search_file(Path::new(file));
    }
    // It would find one: this is where they were given.
    let given = fs::read(town.home().join("given/open.toml")).unwrap();
    assert!(hunt.has(&given).is_some());
    hunt.end(100_000);
}
