use super::*;

use imo2sproxy_core::config::{Registration, ServiceConfig, WireKind};

use super::doors::Certificate;
use crate::cli::{self, Command};

fn read(line: &str) -> Command {
    let args = line.split_whitespace().map(std::ffi::OsString::from);
    cli::read(args).unwrap()
}

fn daemon(options: &str) -> Result<DaemonSettings, Failure> {
    let Command::Daemon(args) = read(&format!("imo2sproxy --data-dir d {options}")) else {
        panic!("not the daemon");
    };
    DaemonSettings::of_daemon(*args)
}

fn service(options: &str) -> Result<ServiceSettings, Failure> {
    let Command::Service(args) = read(&format!("imo2sproxy service --data-dir d {options}")) else {
        panic!("not the service");
    };
    ServiceSettings::of_service(args)
}

fn addresses(settings: &DaemonSettings) -> Vec<String> {
    let doors = settings.doors.iter();
    doors.map(|door| door.address.to_string()).collect()
}

fn usage<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    match result {
        Err(Failure::Usage(line)) => line,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_one_account_form_becomes_a_configuration() {
    let settings = daemon("-v -t -p 1402 -k access alice secret").unwrap();
    assert_eq!(addresses(&settings), ["127.0.0.1:1402"]);
    assert!(settings.is_embedded());
    let config = &settings.config;
    assert!(config.verbose && config.local_time);
    assert_eq!(config.linger, Some(Duration::from_secs(600)));
    assert_eq!(config.listeners.len(), 1);
    assert_eq!(config.listeners[0].account.as_deref(), Some("alice"));
    let account = &config.accounts[0];
    assert_eq!((&*account.name, &*account.username), ("alice", "alice"));
    assert_eq!(account.password, Secret::from("secret"));
    assert_eq!(account.access, Some(Access::from("access")));
}

#[test]
fn a_server_of_its_own_is_no_embedded_one() {
    let settings = daemon("--server https://imo.example:444/v1 alice pw").unwrap();
    assert!(!settings.is_embedded());
    assert_eq!(settings.servers, ["https://imo.example:444/v1"]);
    let upstream = &settings.config.accounts[0].upstream;
    assert_eq!(upstream.path, "/v1/");
    assert_eq!(
        upstream.origin,
        Origin::Net {
            host: "imo.example".into(),
            port: 444,
            tls: true
        }
    );
    assert!(usage(daemon("--server imo.example alice pw")).contains("https://HOST/"));
}

#[test]
fn listeners_of_several_kinds_can_be_given() {
    let settings = daemon("alice pw").unwrap();
    assert_eq!(addresses(&settings), ["127.0.0.1:1401"]);
    let two = "--listen len8=127.0.0.1:2 --listen skypeproxy+tls=[::1]:0";
    let settings = daemon(&format!("{two} alice pw")).unwrap();
    assert_eq!(addresses(&settings), ["127.0.0.1:2", "[::1]:0"]);
    assert_eq!(settings.doors[1].kind, "skypeproxy+tls");
    assert_eq!(settings.doors[0].tls, None);
    assert_eq!(settings.doors[1].tls, Some(Certificate::Own));
    let listeners = &settings.config.listeners;
    assert_eq!(listeners[0].kind, WireKind::Len8);
    assert_eq!(listeners[1].kind, WireKind::SkypeProxy);
    assert_eq!(listeners[1].account.as_deref(), Some("alice"));
    for usual in ["-p 1401", "-h 127.0.0.1"] {
        let settings = daemon(&format!("{two} {usual} alice pw")).unwrap();
        let all = ["127.0.0.1:1401", "127.0.0.1:2", "[::1]:0"];
        assert_eq!(addresses(&settings), all);
    }
}

#[test]
fn listeners_that_cannot_be_are_refused() {
    for (options, word) in [
        ("--listen 127.0.0.1:1", "KIND=ADDR:PORT"),
        (
            "--listen skipeproxy=127.0.0.1:1",
            "skypeproxy, len8, skypenet, skyped, skyped-plain, auto",
        ),
        ("--listen len8=1401", "ADDR:PORT"),
        ("--listen len8=127.0.0.1:1401 -p 1401", "two listeners"),
        (
            "--listen len8=0.0.0.0:1",
            "--listen len8=0.0.0.0:1: anybody",
        ),
        (
            "--tls-cert /nowhere/c --tls-key /nowhere/k",
            "no listener speaks TLS",
        ),
        (
            "--listen len8+tls=[::1]:0 --tls-cert /nowhere/c --tls-key /nowhere/k",
            "/nowhere/c",
        ),
    ] {
        let line = usage(daemon(&format!("{options} alice pw")));
        assert!(line.contains(word), "{line}");
    }
    assert!(daemon("--listen len8=0.0.0.0:0 --listen len8=0.0.0.0:0 -k access alice pw").is_ok());
}

#[test]
fn beyond_loopback_only_with_an_access_password() {
    for options in [
        "-h 127.0.0.1 alice pw",
        "-h ::1 alice pw",
        "-h 0.0.0.0 -k access alice pw",
        "-h :: --i-know-it-is-open alice pw",
    ] {
        assert!(daemon(options).is_ok(), "{options}");
    }
    for options in [
        "-h 0.0.0.0 alice pw",
        "-h :: alice pw",
        "-h 192.0.2.1 alice pw",
    ] {
        let line = usage(daemon(options));
        assert!(line.contains("access password"), "{line}");
    }
    assert!(usage(daemon("-h nowhere alice pw")).contains("no address"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (options, word) in [
        ("-m a alice pw", "Windows"),
        ("-v", "USERNAME is missing"),
        (
            "--config /nowhere/a.toml",
            "/nowhere/a.toml: no such file or folder",
        ),
        ("-k= alice pw", "empty"),
        (
            "--password-file - --access-password-file - alice",
            "one password",
        ),
        ("--password-file /nowhere/pw alice", "/nowhere/pw"),
    ] {
        let line = usage(daemon(options));
        assert!(line.contains(word), "{line}");
    }
    let args = AccountArgs {
        server: "embedded".into(),
        dialect: Dialect::V1,
        ca_file: None,
        proxy: None,
        password_file: None,
        data_dir: Some("".into()),
    };
    let result = DaemonSettings::of_account(args, "alice".into(), Some("pw".into()), None);
    assert!(usage(result).contains("--data-dir is empty"));
}

#[test]
fn each_kind_of_service_can_speak_either_dialect() {
    for server in ["", "--server https://imo.example/"] {
        let dialect = |option: &str| {
            let settings = daemon(&format!("{server} {option} alice pw")).unwrap();
            assert_eq!(settings.is_embedded(), server.is_empty());
            settings.config.accounts[0].upstream.dialect
        };
        assert_eq!(dialect(""), DialectKind::V1);
        assert_eq!(dialect("--dialect v1"), DialectKind::V1);
        assert_eq!(dialect("--dialect v0"), DialectKind::V0);
    }
}

#[test]
fn pictures_go_to_a_folder_that_is_there() {
    assert_eq!(daemon("alice pw").unwrap().files, None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let settings = daemon(&format!("--avatar-dir {path} alice pw")).unwrap();
    assert_eq!(settings.files.as_deref(), Some(folder.path()));
    let here = daemon("--avatar-dir . alice pw").unwrap();
    assert_eq!(here.files, Some(std::env::current_dir().unwrap()));

    std::fs::write(folder.path().join("file"), b"").unwrap();
    for (name, word) in [("none", "no such file or folder"), ("file", "no folder")] {
        let line = usage(daemon(&format!("--avatar-dir {path}/{name} alice pw")));
        assert!(line.contains(word) && line.contains(name), "{line}");
    }
}

#[test]
fn calls_are_handled_as_the_two_options_say() {
    let calls = |options: &str| daemon(&format!("{options} alice pw")).unwrap().calls;
    assert_eq!(calls(""), CallHandling::Ignored);
    assert_eq!(calls("-i"), CallHandling::Logged);
    assert_eq!(calls("--call-command ring"), CallHandling::Ignored);
    let ring = CallHandling::run("ring").unwrap();
    assert_eq!(calls("--interactive --call-command ring"), ring);
    assert!(usage(daemon("-i --call-command= alice pw")).contains("is empty"));
}

#[test]
fn a_username_follows_the_rule_for_handles() {
    for name in ["a", "Alice", "a.b,c-d_9", &"x".repeat(32)] {
        assert_eq!(check_username(name), Ok(()), "{name}");
    }
    for name in [
        "",
        "1a",
        "_a",
        "a b",
        "a/b",
        "gr\u{fc}n",
        "echo123",
        "Echo123",
        &"x".repeat(33),
    ] {
        assert!(check_username(name).is_err(), "{name}");
    }
}

#[test]
fn a_service_registers_nobody_by_default() {
    let settings = service("").unwrap();
    assert_eq!(settings.address, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(settings.config, ServiceConfig::default());
    let settings = service("--open-registration --poll-hold 2").unwrap();
    assert_eq!(settings.config.registration, Registration::Open);
    assert_eq!(settings.config.poll_hold, Duration::from_secs(2));
}

#[test]
fn a_service_off_loopback_speaks_tls() {
    assert!(usage(service("--listen 0.0.0.0:8443")).contains("--tls-cert"));
    let settings = service("--listen [::]:8443 --tls-cert c.pem --tls-key k.pem").unwrap();
    assert_eq!(settings.tls, Some(("c.pem".into(), "k.pem".into())));
    assert!(usage(service("--listen 8080")).contains("ADDR:PORT"));
}
