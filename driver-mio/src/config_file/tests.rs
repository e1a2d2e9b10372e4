use super::*;

use std::fs;
use std::time::Duration;

use imo2sproxy::hashing;
use imo2sproxy_core::config::{Access, DialectKind, Listener, WireKind};
use tempfile::TempDir;

use crate::cli::Dialect;
use crate::settings::doors::Certificate;

mod faults;

/// A folder with a configuration and a password file in it.
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "a.toml", text, 0o600);
    put(&folder, "alice.pw", "secret-1\n", 0o600);
    folder
}

fn put(folder: &TempDir, name: &str, text: &str, mode: u32) {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn options() -> AccountArgs {
    AccountArgs {
        server: "embedded".into(),
        dialect: Dialect::V1,
        ca_file: None,
        proxy: None,
        password_file: None,
        data_dir: None,
    }
}

fn read_in(folder: &TempDir) -> Result<DaemonSettings, Failure> {
    read(&folder.path().join("a.toml"), options(), false)
}

/// A file's first lines, with one account in them; what follows is in line 5.
const ALICE: &str = "data_dir = 'data'\n\n[[account]]\nname = 'alice'\n";
/// What completes them.
const PASSWORD: &str = "password_file = 'alice.pw'\n";
const HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$c29tZSBieXRlcyBvZiBoYXNo";

/// A file with everything in it.
const WHOLE: &str = "
server = 'https://imo.example/'
data_dir = 'data'
avatar_dir = '.'
admin = '127.0.0.1:9100'
upstream_proxy = 'socks5://127.0.0.1:9050'
away_when_detached = true

[[listen]]
kind = 'skypeproxy'
addr = '[::]:1401'
account = 'alice'
proxy_from = ['10.0.0.0/8', '::1']

[[listen]]
kind = 'len8+tls'
addr = '127.0.0.1:0'

[[account]]
name = 'alice'
password_file = 'alice.pw'
access = 'HASH'

[[account]]
name = 'robert'
username = 'bob'
password = 'secret-2'
server = 'embedded'
dialect = 'v0'

[passthrough]
enabled = true

[limits]
contacts = 1_000
client_stall = 5
http_idle = '1m 30s'
ring_wait = 0.5
";

#[test]
fn a_whole_file_becomes_settings() {
    assert!(hashing::is_hash(HASH));
    let text = WHOLE.replace("HASH", HASH);
    let folder = folder(&text);
    let settings = read_in(&folder).unwrap();
    let within = |name: &str| folder.path().join(name);
    assert_eq!(settings.data, DataFolder::Path(within("data")));
    assert_eq!(settings.files, Some(folder.path().into()));
    assert_eq!(settings.admin, Some("127.0.0.1:9100".parse().unwrap()));
    assert!(settings.ways.secure.is_some());
    assert_eq!(settings.servers, ["https://imo.example/", "embedded"]);
    assert!(settings.is_embedded());
    assert_eq!(settings.doors[0].address, "[::]:1401".parse().unwrap());
    assert!(settings.doors[0].heralds.cover("10.1.2.3".parse().unwrap()));
    assert_eq!(settings.doors[1].tls, Some(Certificate::Own));

    let config = &settings.config;
    assert_eq!(config.linger, None);
    assert!(config.away_when_detached);
    let listener = |kind, account: Option<&str>| Listener {
        kind,
        account: account.map(Into::into),
        open: false,
    };
    assert_eq!(
        config.listeners,
        [
            listener(WireKind::SkypeProxy, Some("alice")),
            listener(WireKind::Len8, None)
        ]
    );
    let limits = &config.limits;
    assert_eq!(limits.contacts, 1000);
    assert_eq!(limits.client_stall, Duration::from_secs(5));
    assert_eq!(limits.http_idle, Duration::from_secs(90));
    assert_eq!(limits.ring_wait, Duration::from_millis(500));
    assert_eq!(limits.frame_bytes, Limits::default().frame_bytes);
}

#[test]
fn accounts_have_their_own_service_or_the_usual_one() {
    let settings = read_in(&folder(&WHOLE.replace("HASH", HASH))).unwrap();
    let config = &settings.config;
    let [alice, robert] = config.accounts.as_slice() else {
        panic!("{:?}", config.accounts);
    };
    assert_eq!((&*alice.name, &*alice.username), ("alice", "alice"));
    assert_eq!(alice.password, "secret-1".into());
    assert_eq!(alice.access, Some(Access::Hash(HASH.into())));
    assert_eq!((&*robert.name, &*robert.username), ("robert", "bob"));
    assert_eq!(robert.access, None);
    assert_eq!(robert.upstream.origin, Origin::Embedded);
    assert_eq!(robert.upstream.dialect, DialectKind::V0);
    let passthrough = config.passthrough.as_ref().unwrap();
    assert_eq!(passthrough.upstream, alice.upstream);
    assert!(!passthrough.register);
}

#[test]
fn a_short_file_is_enough() {
    let settings = read_in(&folder(&format!("{ALICE}{PASSWORD}"))).unwrap();
    assert_eq!(settings.servers, ["embedded"]);
    let [door] = settings.doors.as_slice() else {
        panic!("{:?}", settings.doors);
    };
    assert_eq!(door.address, "127.0.0.1:1401".parse().unwrap());
    let listener = &settings.config.listeners[0];
    assert_eq!(listener.account.as_deref(), Some("alice"));
}

#[test]
fn options_count_before_the_file() {
    let text = format!("ca_file = 'nowhere'\nupstream_proxy = 'nonsense'\n{ALICE}{PASSWORD}");
    let folder = folder(&text);
    let made = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    put(&folder, "ca.pem", &made.cert.pem(), 0o644);
    let options = AccountArgs {
        ca_file: Some(folder.path().join("ca.pem")),
        proxy: Some("http://127.0.0.1:1/".into()),
        data_dir: Some(":memory:".into()),
        ..options()
    };
    let settings = read(&folder.path().join("a.toml"), options, true).unwrap();
    assert_eq!(settings.data, DataFolder::Memory);
    assert_eq!(settings.ca_file, Some(folder.path().join("ca.pem")));
    // Another listener is given elsewhere.
    assert_eq!(settings.doors, []);
}

#[test]
fn every_limit_can_be_set() {
    for name in Limits::NUMBERS {
        let mut limits = Limits::default();
        assert!(limits.set_number(name, 7));
        assert_eq!(limits.number(name), Some(7));
    }
    for name in Limits::WAITS {
        let text = format!("{ALICE}{PASSWORD}[limits]\n{name} = '20s'");
        let mut limits = read_in(&folder(&text)).unwrap().config.limits;
        let set = limits.wait_mut(name).copied();
        assert_eq!(set, Some(Duration::from_secs(20)));
    }
}
