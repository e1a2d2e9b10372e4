use super::*;

use clap::CommandFactory as _;

fn parse(line: &str) -> Result<Command, Failure> {
    read(line.split_whitespace().map(OsString::from))
}

fn usage(line: &str) -> String {
    match parse(line) {
        Err(Failure::Usage(text)) => text,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_definition_of_the_options_holds_together() {
    Line::command().debug_assert();
}

#[test]
fn the_drop_in_form_is_understood() {
    let line = "imo2sproxy -v -l a.log -t -i -m s -h ::1 -p 0 -k pw1 --server https://imo.example/ \
                --proxy http://me:pw2@p/ alice pw3";
    let Ok(Command::Daemon(args)) = parse(line) else {
        panic!("not the daemon");
    };
    assert!(args.verbose && args.local_time && args.interactive && !args.i_know_it_is_open);
    assert_eq!(args.log_file, Some("a.log".into()));
    assert_eq!((args.bind.as_deref(), args.port), (Some("::1"), Some(0)));
    assert_eq!(args.access.access_password, Some("pw1".into()));
    assert_eq!(args.account.server, "https://imo.example/");
    assert_eq!(args.account.proxy, Some("http://me:pw2@p/".into()));
    assert_eq!(args.username.as_deref(), Some("alice"));
    let shown = format!("{args:?}");
    assert!(
        !shown.contains("pw1") && !shown.contains("pw2") && !shown.contains("pw3"),
        "{shown}"
    );
    assert_eq!(args.password, Some("pw3".into()));
}

#[test]
fn without_options_it_is_the_embedded_service() {
    let Ok(Command::Daemon(args)) = parse("imo2sproxy alice") else {
        panic!("not the daemon");
    };
    assert_eq!((args.port, args.bind, args.mode), (None, None, Mode::S));
    assert_eq!(args.account.server, "embedded");
}

#[test]
fn the_background_and_the_form_of_the_log_are_asked_for() {
    for line in [
        "imo2sproxy -dv -l a.log alice",
        "imo2sproxy --daemonize -v -l a.log alice",
    ] {
        let Ok(Command::Daemon(args)) = parse(line) else {
            panic!("not the daemon");
        };
        assert!(args.daemonize && args.verbose);
        assert_eq!(args.log.log_format, LogFormat::Text);
    }
    let line = "imo2sproxy service --log-format json --admin 127.0.0.1:0";
    let Ok(Command::Service(args)) = parse(line) else {
        panic!("not the service");
    };
    assert_eq!(args.log.log_format, LogFormat::Json);
    assert_eq!(args.admin.as_deref(), Some("127.0.0.1:0"));
    assert!(usage("imo2sproxy --log-format xml alice").contains("xml"));
}

#[test]
fn sessions_are_recorded_and_replayed() {
    let Ok(Command::Daemon(args)) = parse("imo2sproxy --record a.jsonl --keep-secrets alice")
    else {
        panic!("not the daemon");
    };
    assert_eq!(args.record.record, Some("a.jsonl".into()));
    assert!(args.record.unhidden);
    let Ok(Command::Replay(args)) = parse("imo2sproxy replay --calls a.jsonl b.jsonl") else {
        panic!("not the replay");
    };
    assert!(args.calls);
    assert_eq!(args.traces, [PathBuf::from("a.jsonl"), "b.jsonl".into()]);
    assert!(usage("imo2sproxy replay").contains("TRACE"));
}

#[test]
fn a_user_named_like_a_command_is_given_after_two_dashes() {
    assert!(matches!(
        parse("imo2sproxy service"),
        Ok(Command::Service(_))
    ));
    assert!(matches!(
        parse("imo2sproxy console alice"),
        Ok(Command::Console(_))
    ));
    for name in COMMAND_NAMES {
        let Ok(Command::Daemon(args)) = parse(&format!("imo2sproxy -v -- {name} pw")) else {
            panic!("{name} is not taken for a user");
        };
        assert_eq!(args.username.as_deref(), Some(name));
        assert!(usage(&format!("imo2sproxy -v {name}")).contains("given after --"));
    }
    assert!(matches!(
        parse("imo2sproxy hash-password"),
        Ok(Command::HashPassword)
    ));
}

#[test]
fn options_of_other_versions_are_refused() {
    for option in ["-D", "-V"] {
        let text = usage(&format!("imo2sproxy {option} alice"));
        assert!(text.contains("unexpected argument"), "{text}");
    }
}

#[test]
fn a_configuration_takes_the_place_of_what_it_says() {
    let line = "imo2sproxy --config a.toml --check-config -v --listen len8=127.0.0.1:0 --data-dir d --admin [::1]:0 \
                --record a.jsonl";
    let Ok(Command::Daemon(args)) = parse(line) else {
        panic!("not the daemon");
    };
    assert_eq!(args.config, Some("a.toml".into()));
    assert!(args.check_config && args.verbose);
    assert_eq!(args.admin.as_deref(), Some("[::1]:0"));
    assert_eq!(args.listen, ["len8=127.0.0.1:0"]);
    for option in [
        "alice",
        "-h ::1",
        "-p 1",
        "-k pw",
        "--server https://imo.example/",
        "--dialect v0",
        "--password-file f",
    ] {
        let text = usage(&format!("imo2sproxy --config a.toml {option}"));
        assert!(
            text.contains("--config") && text.contains("cannot be used with"),
            "{text}"
        );
    }
}

#[test]
fn operators_ask_and_keep_accounts() {
    let folder = Some(PathBuf::from("d"));
    for line in [
        "imo2sproxy control --data-dir d record on a.jsonl",
        "imo2sproxy control record on a.jsonl --data-dir d",
    ] {
        let Ok(Command::Control(args)) = parse(line) else {
            panic!("{line}");
        };
        assert_eq!(args.data_dir, folder);
        let Wish::Record {
            wish: RecordWish::On { file },
        } = args.wish
        else {
            panic!("{line}: {:?}", args.wish);
        };
        assert_eq!(file, PathBuf::from("a.jsonl"));
    }
    let Ok(Command::User(args)) = parse("imo2sproxy user passwd bob --data-dir d") else {
        panic!("not the command for accounts");
    };
    assert!(matches!(args.deed, Deed::Passwd { name } if name == "bob"));
    for wrong in [
        "user",
        "user add",
        "user list bob",
        "control",
        "control relaod",
    ] {
        usage(&format!("imo2sproxy {wrong}"));
    }
}

#[test]
fn a_usage_error_is_one_line_that_names_the_culprit() {
    for (line, culprit) in [
        ("imo2sproxy -p 70000 alice", "70000"),
        ("imo2sproxy -m x alice", "x"),
        ("imo2sproxy --dialect v2 alice", "v2"),
        (
            "imo2sproxy console --connect 127.0.0.1:1 --dialect v0",
            "--dialect",
        ),
        ("imo2sproxy a b c", "an unexpected argument after"),
        ("imo2sproxy --password-file f alice pw", "--password-file"),
        (
            "imo2sproxy -k a --access-password-file f alice",
            "--access-password",
        ),
        ("imo2sproxy service --tls-cert a.pem", "--tls-key"),
        ("imo2sproxy --tls-key a.pem alice", "--tls-cert"),
        ("imo2sproxy service --poll-hold 31", "31"),
        ("imo2sproxy service -h 1.2.3.4", "-h"),
        ("imo2sproxy console --connect 127.0.0.1:1 alice", "USERNAME"),
        ("imo2sproxy console -k a alice", "USERNAME"),
    ] {
        let text = usage(line);
        assert!(text.contains(culprit) && !text.contains('\n'), "{text}");
    }
}
