//! Files that are wrong: each gives one line with the place and the remedy.
//! Never takes another line for as good.

use super::*;

/// The complaint about a file, without the name of its folder.
fn complaint(folder: &TempDir) -> String {
    match read_in(folder) {
        Err(Failure::Usage(line)) => {
            assert!(!line.contains('\n') && !line.contains("secret-1"), "{line}");
            line.replace(&format!("{}/", folder.path().display()), "")
        }
        other => panic!("{other:?}"),
    }
}

/// Each text behind `start` gives its line.
fn complains(start: &str, table: &[(&str, &str)]) {
    for (text, expected) in table {
        let expected = expected.replace("KINDS", &crate::settings::doors::kind_names());
        let said = complaint(&folder(&format!("{start}{text}")));
        assert_eq!(said, format!("a.toml:{expected}"), "{text}");
    }
}

const NOBODY: &str = "1: account: nobody could log in; add a table [[account]]";

#[test]
fn outside_accounts_and_listeners() {
    let unwritable = "dialect: write \"v1\" or \"v0\"";
    complains(
        "",
        &[
            ("", NOBODY),
            (
                "servr = 'x'",
                "1: servr: unknown key; did you mean 'server'?",
            ),
            (
                "\n[limit]\n",
                "2: limit: unknown key; did you mean 'limits'?",
            ),
            (
                "server = 'imo.example'",
                "1: server: write https://HOST/, http://HOST/ or embedded",
            ),
            (
                "\nserver = ''",
                "2: server: empty; give it a value or leave it out",
            ),
            ("server = 1", "1: server: write a text in quotes"),
            ("dialect = 'v2'", &format!("1: {unwritable}")),
            (
                "account = 1",
                "1: account: write each as a table [[account]]",
            ),
            (
                "[account]\nname = 'a'",
                "1: account: write each as a table [[account]]",
            ),
            (
                "passthrough = true",
                "1: passthrough: write a table [passthrough]",
            ),
            (
                "[passthrough]\nregistr = true",
                "2: [passthrough] registr: unknown key; did you mean 'register'?",
            ),
            (
                "[passthrough]\nenabled = 1",
                "2: [passthrough] enabled: write true or false",
            ),
            ("[passthrough]\nregister = true", NOBODY),
        ],
    );
    let line = complaint(&folder("a = 1\nb = 'secret-1"));
    assert!(line.starts_with("a.toml:2: no TOML: "), "{line}");
    assert!(line.ends_with("; mend this line"), "{line}");
}

#[test]
fn behind_an_account() {
    complains(
        &format!("{ALICE}{PASSWORD}"),
        &[
            (
                "[[listen]]\nkind = 1",
                "7: [[listen]] kind: write a text in quotes",
            ),
            (
                "[limits]\nx = 1",
                "7: [limits] x: unknown key; did you mean 'mids'?",
            ),
            (
                "[passthrough]\nenabled = 0",
                "7: [passthrough] enabled: write true or false",
            ),
        ],
    );
    for (key, value, what) in [
        ("admin", "9100", "write ADDR:PORT, as in 127.0.0.1:9100"),
        (
            "avatar_dir",
            "none",
            "no such file or folder; give a folder that is there",
        ),
        (
            "ca_file",
            "none",
            "cannot use none for TLS: there is no such file",
        ),
        ("data_dir2", "x", "unknown key; did you mean 'data_dir'?"),
    ] {
        let text = format!("{key} = '{value}'\n{ALICE}{PASSWORD}");
        assert_eq!(
            complaint(&folder(&text)),
            format!("a.toml:1: {key}: {what}")
        );
    }
}

#[test]
fn of_an_account() {
    let long =
        "username: '9lives': 1 to 32 letters (a-z), digits, '.', ',', '-', '_', the first a letter";
    complains(
        ALICE,
        &[
            (
                "",
                "3: [[account]] password_file: no password for the service; add password_file = \"…\"",
            ),
            (
                "pasword = 'x'",
                "5: [[account]] pasword: unknown key; did you mean 'password'?",
            ),
            (
                "usrname = 'x'",
                "5: [[account]] usrname: unknown key; did you mean 'username'?",
            ),
            ("username = '9lives'", &format!("5: [[account]] {long}")),
            (
                "password_file = 'bob.pw'",
                "5: [[account]] password_file: cannot read password file bob.pw: no such file or folder",
            ),
            (
                "password = 'x'\npassword_file = 'y'",
                "5: [[account]] password: password_file is there too; remove one of them",
            ),
            (
                "password = 'x'\naccess = '$argon2id$x'",
                "6: [[account]] access: no hash that can be read; 'imo2sproxy hash-password' makes one",
            ),
            (
                "password = 'x'\n[[account]]\n",
                "6: [[account]] name: missing; add name = \"…\"",
            ),
            (
                "password = 'x'\n[[account]]\nname = 'Alice'",
                "7: [[account]] name: there are two accounts 'Alice'; rename one",
            ),
            (
                "server = 'ftp://h/'\npassword = 'x'",
                "5: [[account]] server: write https://HOST/, http://HOST/ or embedded",
            ),
        ],
    );
}

#[test]
fn of_a_listener() {
    complains(
        &format!("{ALICE}{PASSWORD}\n[[listen]]\n"),
        &[
            ("", "7: [[listen]] kind: missing; add kind = \"skypeproxy\""),
            (
                "kind = 'len8'",
                "7: [[listen]] addr: missing; add addr = \"127.0.0.1:1401\"",
            ),
            (
                "kind = 'len9'\naddr = '[::]:1'",
                "8: [[listen]] kind: there is no kind 'len9'; write one of KINDS",
            ),
            (
                "adr = '[::]:1'",
                "8: [[listen]] adr: unknown key; did you mean 'addr'?",
            ),
            (
                "kind = 'len8'\naddr = '1401'",
                "9: [[listen]] addr: write ADDR:PORT, as in 127.0.0.1:1401 or [::]:1401",
            ),
        ],
    );
    complains(
        &format!("{ALICE}{PASSWORD}\n[[listen]]\nkind = 'len8'\naddr = '[::]:1'\n"),
        &[
            (
                "account = 'alise'",
                "10: [[listen]] account: there is no account 'alise'; did you mean 'alice'?",
            ),
            (
                "proxy_from = '::1'",
                "10: [[listen]] proxy_from: write a list of texts, [\"…\", \"…\"]",
            ),
            (
                "proxy_from = ['10']",
                "10: [[listen]] proxy_from: '10' is no network; write it as 10.0.0.0/8",
            ),
            (
                "tls = true",
                "10: [[listen]] tls: write a table, tls = { … }",
            ),
            (
                "tls = { cert = 'c' }",
                "10: [[listen]] tls.key: missing; add key = \"…\"",
            ),
            (
                "tls = { crt = 'c' }",
                "10: [[listen]] tls.crt: unknown key; did you mean 'cert'?",
            ),
            (
                "tls = { cert = 'c', key = 'k' }",
                "10: [[listen]] tls.cert: cannot use c for TLS: there is no such file",
            ),
            (
                "[[listen]]\nkind = 'len8'\naddr = '[::]:1'",
                "10: [[listen]] addr: another listener is there too; change one of them",
            ),
        ],
    );
}

#[test]
fn of_a_limit() {
    let number = "write a whole number that is not negative";
    let wait = "write a number of seconds, or a time as \"1m 30s\"";
    let range = "write a time from 1ms to 365 days";
    for (key, value, what) in [
        ("contact", "1", "unknown key; did you mean 'contacts'?"),
        ("contacts", "'1'", number),
        ("contacts", "-1", number),
        ("contacts", "0", "0 would stop everything; write at least 1"),
        ("login_wait", "'soon'", wait),
        ("login_wait", "-1", wait),
        ("login_wait", "0", range),
        ("login_wait", "'2 years'", range),
        ("activity_every", "0.5", "write a time from 1s to 365 days"),
        (
            "frame_bytes",
            "100",
            "frame_bytes_before_login may not be above frame_bytes; change one of them",
        ),
        (
            "backoff_first",
            "'1m'",
            "backoff_first may not be above backoff_last; change one of them",
        ),
    ] {
        let text = format!("{ALICE}{PASSWORD}[limits]\n{key} = {value}");
        let expected = format!("a.toml:7: [limits] {key}: {what}");
        assert_eq!(complaint(&folder(&text)), expected);
    }
}

#[cfg(unix)]
#[test]
fn secrets_may_not_stand_in_a_file_that_others_can_read() {
    let remedy = "a secret in a file that others can read; run 'chmod 600 a.toml'";
    let folder = folder("");
    let write = |text: &str, mode| put(&folder, "a.toml", text, mode);
    for (text, key) in [
        (
            format!("{ALICE}password = 'secret-1'"),
            "5: [[account]] password",
        ),
        (
            format!("{ALICE}{PASSWORD}access = 'secret-1'"),
            "6: [[account]] access",
        ),
        (
            format!("upstream_proxy = 'http://me:secret-1@h/'\n{ALICE}{PASSWORD}"),
            "1: upstream_proxy",
        ),
    ] {
        write(&text, 0o644);
        assert_eq!(complaint(&folder), format!("a.toml:{key}: {remedy}"));
        write(&text, 0o640);
        assert!(read_in(&folder).is_ok());
    }
    // Where there is none, everybody may.
    write(&format!("{ALICE}{PASSWORD}"), 0o644);
    assert!(read_in(&folder).is_ok());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (path, what) in [
        ("none.toml", "no such file or folder"),
        ("", "it is a folder; name a file"),
    ] {
        let path = folder.path().join(path);
        let Err(Failure::Usage(line)) = read(&path, options(), false) else {
            panic!("{path:?} was read");
        };
        let path = path.display();
        assert_eq!(line, format!("cannot read configuration {path}: {what}"));
    }
}
