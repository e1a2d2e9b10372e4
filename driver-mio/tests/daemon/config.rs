//! A daemon with a configuration file, or with several listeners: what it reads, tells and runs.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

use crate::client::Client;
use crate::home::{WITH_CERTIFICATE, certificate, command, flags, home, put, secured};
use crate::program::{self, failure, program, text};
use crate::running::Running;

/// Two accounts, each with a listener of its own.
const TWO: &str = "
    data_dir = 'data'

    [[listen]]
    kind = 'skypeproxy'
    addr = '127.0.0.1:0'
    account = 'alice'

    [[listen]]
    kind = 'skypeproxy'
    addr = '127.0.0.1:0'
    account = 'robert'

    [[account]]
    name = 'alice'
    password_file = 'alice.pw'

    [[account]]
    name = 'robert'
    username = 'bob'
    password = 'secret-2'
";

#[test]
fn two_accounts_of_one_daemon_chat_with_each_other() {
    let home = home(TWO);
    let mut daemon = Running::start(command(&home, &[]));
    let (at_alice, at_robert) = (daemon.port("skypeproxy"), daemon.port("skypeproxy"));
    assert_eq!(daemon.line(), "upstream embedded");
    let mut alice = Client::online(at_alice);
    let mut bob = Client::online(at_robert);
    assert_eq!(
        alice.ask("GET CURRENTUSERHANDLE"),
        "CURRENTUSERHANDLE alice"
    );
    assert_eq!(bob.ask("GET CURRENTUSERHANDLE"), "CURRENTUSERHANDLE bob");
    alice.ask("SET USER bob BUDDYSTATUS 2 hi, it is me");
    bob.hear("USER alice RECEIVEDAUTHREQUEST hi, it is me");
    bob.ask("SET USER alice ISAUTHORIZED TRUE");
    alice.send("bob", "good morning");
    assert_eq!(bob.hear_text(), "good morning");
    assert!(home.path().join("data/store.sqlite").exists());
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(!said.contains("secret-"), "{said}");
}

#[test]
fn each_service_is_announced_once() {
    let config = "
        server = 'http://127.0.0.1:1/'
        data_dir = ':memory:'

        [[listen]]
        kind = 'len8'
        addr = '127.0.0.1:0'

        [[account]]
        name = 'alice'
        password_file = 'alice.pw'

        [[account]]
        name = 'alice2'
        username = 'alice'
        password_file = 'alice.pw'

        [[account]]
        name = 'bob'
        server = 'embedded'
        password_file = 'alice.pw'
    ";
    let home = home(config);
    let mut daemon = Running::start(command(&home, &["--listen", "skypeproxy=127.0.0.1:0"]));
    daemon.port("len8");
    daemon.port("skypeproxy");
    assert_eq!(daemon.line(), "upstream http://127.0.0.1:1/");
    assert_eq!(daemon.line(), "upstream embedded");
    assert_eq!(daemon.stop().0, Some(0));
}

#[test]
fn a_configuration_can_be_checked_without_running_it() {
    let home = home(TWO);
    let output = command(&home, &["--check-config"]).output().unwrap();
    let data = home.path().join("data");
    let expected = format!(
        "listen skypeproxy 127.0.0.1:0 for alice\n\
         listen skypeproxy 127.0.0.1:0 for robert\n\
         account alice as alice, without an access password\n\
         account robert as bob, without an access password\n\
         upstream embedded\n\
         data in {}\n",
        data.display()
    );
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
    assert!(!data.exists());
    // It is the same file from wherever it is named.
    let mut beside = program(home.path(), &["--config", "a.toml", "--check-config"]);
    let output = beside.current_dir(home.path()).output().unwrap();
    assert_eq!(text(&output.stdout), expected);
    // The form of the original can be checked too.
    let args = ["--check-config", "--password-file", "-", "-p", "0", "alice"];
    let mut child = program(home.path(), &args).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"pw\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(text(&output.stdout).starts_with("listen skypeproxy 127.0.0.1:0 for alice\n"));
}

#[test]
fn a_mistake_ends_with_2_and_one_line_that_tells_where_and_what() {
    let home = home("\n[[acount]]\nname = 'alice'");
    let file = home.path().join("a.toml");
    let expected = format!(
        "{}:2: acount: unknown key; did you mean 'account'?",
        file.display()
    );
    for further in [&[][..], &["--check-config"]] {
        let output = command(&home, further).output().unwrap();
        assert_eq!(failure(&output), (2, expected.as_str()));
    }
    let output = command(&home, &["alice"]).output().unwrap();
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(
        line.contains("--config") && line.contains("USERNAME"),
        "{line}"
    );
}

#[test]
fn a_password_becomes_a_hash_that_a_configuration_takes() {
    let output = program::run(&["hash-password"], "secret-3\n");
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "");
    let hash = text(&output.stdout).trim_end();
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    let home = home(&format!("{TWO}    access = '{hash}'\n"));
    let output = command(&home, &["--check-config"]).output().unwrap();
    let said = text(&output.stdout);
    assert!(said.contains("account robert as bob, with an access password (hashed)"));
    assert!(!said.contains(hash), "{said}");

    // What clients give is hidden in a recording, and so is the hash.
    let trace = home.path().join("trace");
    let mut daemon = Running::start(command(&home, &["--record", trace.to_str().unwrap()]));
    daemon.port("skypeproxy");
    assert_eq!(daemon.stop().0, Some(0));
    let recorded = fs::read_to_string(&trace).unwrap();
    assert!(
        recorded.contains("access_hash") && !recorded.contains(hash),
        "{recorded}"
    );

    let output = program::run(&["hash-password"], "\n");
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(line.contains("is empty"), "{line}");
}

#[test]
fn one_account_has_listeners_of_several_kinds_with_and_without_tls() {
    let home = tempfile::tempdir().unwrap();
    put(home.path(), "alice.pw", "secret-1\n");
    let password = home.path().join("alice.pw");
    let data = home.path().join("data");
    let start = || {
        let args = [
            "--password-file",
            password.to_str().unwrap(),
            "--data-dir",
            data.to_str().unwrap(),
            "--listen",
            "len8=127.0.0.1:0",
            "--listen",
            "skypeproxy+tls=127.0.0.1:0",
            "-p",
            "0",
            "alice",
        ];
        Running::start(program(home.path(), &args))
    };
    let mut daemon = start();
    let plain = daemon.port("skypeproxy");
    daemon.port("len8");
    let secret = daemon.port("skypeproxy+tls");
    assert_eq!(daemon.line(), "upstream embedded");
    let mut client = Client::connect(plain);
    assert_eq!(client.ask("PING"), "PONG");
    let certificate = data.join("tls.pem");
    let mode = fs::metadata(&certificate).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let pem = fs::read(&certificate).unwrap();
    assert_eq!(flags(&mut secured(secret, &certificate)) & 1, 0);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(said.contains("made a self-signed certificate"), "{said}");

    // The next start shows clients the same.
    let mut daemon = start();
    for kind in ["skypeproxy", "len8"] {
        daemon.port(kind);
    }
    let secret = daemon.port("skypeproxy+tls");
    assert_eq!(fs::read(&certificate).unwrap(), pem);
    assert_eq!(flags(&mut secured(secret, &certificate)) & 1, 0);
    let (_, said) = daemon.stop();
    assert!(!said.contains("made a self-signed"), "{said}");
}

#[test]
fn a_listener_shows_the_certificate_that_it_was_given() {
    let home = home(WITH_CERTIFICATE);
    certificate(home.path());
    let mut daemon = Running::start(command(&home, &[]));
    let port = daemon.port("skypeproxy");
    let mut stream = secured(port, &home.path().join("cert.pem"));
    assert_eq!(flags(&mut stream) & 1, 0);
    assert!(!home.path().join("data/tls.pem").exists());
    // Without TLS nobody is heard.
    let mut plain = TcpStream::connect(("127.0.0.1", port)).unwrap();
    plain.write_all(&[0, 0, 0, 0, 2]).unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(said.first() != Some(&0), "{said:?}");
}
