//! The search for passwords where they are typed at a terminal, where clients' comes from a file, and while a record is
//! switched on and off by the operator.
//! Never shows a password on the terminal: that is searched, too.
#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::canary::talk;
use crate::guessing::{by_skypenet, by_skypeproxy};
use crate::hunt::{Hunt, put};
use crate::places::{HERE, log_in};
use crate::program::{program, program_in, run, text};
use crate::running::Running;
use crate::town::Town;

/// What heidi types.
const TYPED: &str = "Canary-of-heidi-1";
/// What her clients give; the daemon has it from a file.
const ACCESS: &str = "Canary-of-clients-2";
/// What is wrong wherever it is given.
const WRONG: &str = "Canary-that-is-wrong-3";

/// A terminal at which nobody sits: the end where keys are pressed and letters are seen, and the program's end.
fn terminal() -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = OpenOptions::new()
        .read(true)
        .write(true)
        // It shall not become the terminal of the test.
        .custom_flags(libc::O_NOCTTY)
        .open(name.to_str().unwrap())
        .unwrap();
    (File::from(ours), theirs)
}

/// Waits until the terminal does not show what is typed.
fn await_silence(terminal: &File) {
    for _ in 0..1_000 {
        let modes = tcgetattr(terminal).unwrap().local_modes;
        if !modes.contains(LocalModes::ECHO) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the terminal shows what is typed");
}

/// Presses keys once the terminal shows these words. Gives all that it shows until nobody uses it any more.
fn typist(terminal: File, words: &'static str, keys: String) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut terminal = terminal;
        let (mut shown, mut some, mut typed) = (Vec::new(), [0; 1024], false);
        // The last one to leave a terminal makes an error of its end.
        while let Ok(count @ 1..) = terminal.read(&mut some) {
            shown.extend_from_slice(&some[..count]);
            if !typed && String::from_utf8_lossy(&shown).contains(words) {
                // The question is shown just before the letters are not any more.
                await_silence(&terminal);
                terminal.write_all(keys.as_bytes()).unwrap();
                typed = true;
            }
        }
        shown
    })
}

/// Heidi's daemon, which asks for her password, and what her terminal shows.
fn start_at_a_terminal(town: &Town, data: &str, access: &str) -> (Running, JoinHandle<Vec<u8>>) {
    let (ours, theirs) = terminal();
    let server = format!("http://127.0.0.1:{}/", town.port);
    let args = [
        "-v",
        "-p",
        "0",
        "--listen",
        "skypenet=127.0.0.1:0",
        "--server",
        &server,
        "--data-dir",
        data,
        "--access-password-file",
        access,
        "heidi",
    ];
    // A session of its own, whose terminal is this one.
    let mut command = program_in(&["setsid", "--ctty"], town.home(), &args);
    command.env("IMO2SPROXY_LOG", "debug").stdin(theirs);
    let shown = typist(ours, "Password of heidi: ", format!("{TYPED}\n"));
    (Running::start(command), shown)
}

fn start_service(town: &Town) -> Running {
    let args = [
        "service",
        "--listen",
        &format!("127.0.0.1:{}", town.port),
        "--data-dir",
        &town.path("service"),
        "--open-registration",
    ];
    Running::start(program(town.home(), &args))
}

/// Asks the operator's program for something.
fn operate(hunt: &mut Hunt, data: &str, what: &[&str]) {
    let said = run(&[&["control", "--data-dir", data], what].concat(), "");
    assert!(said.status.success(), "{what:?}: {}", text(&said.stderr));
    hunt.search("control", &[said.stdout, said.stderr].concat());
}

#[test]
fn no_password_is_found_that_was_typed_or_read_from_a_file_or_given_while_a_record_was_made() {
    let mut hunt = Hunt::for_all(&[TYPED, ACCESS, WRONG]);
    let town = Town::new();
    put(town.home(), "access.pw", ACCESS);
    let (data, record) = (town.path("heidi"), town.path("heidi.jsonl"));
    let (mut daemon, shown) = start_at_a_terminal(&town, &data, &town.path("access.pw"));
    let (proxy, net) = (daemon.port("skypeproxy"), daemon.port("skypenet"));
    operate(&mut hunt, &data, &["record", "on", &record]);
    // The daemon logs in while it is recorded.
    let mut service = start_service(&town);
    let service_port = service.port("service");
    for _ in 0..2 {
        assert!(!by_skypeproxy(HERE, proxy, WRONG));
        assert!(!by_skypenet(HERE, net, "heidi", WRONG));
    }
    assert!(by_skypeproxy(HERE, proxy, ACCESS));
    talk(net, "heidi", ACCESS);
    // It is the password typed that she is known by.
    assert!(log_in(HERE, service_port, "heidi", TYPED).contains("signed_on"));
    assert!(!log_in(HERE, service_port, "heidi", WRONG).contains("signed_on"));
    operate(&mut hunt, &data, &["record", "off"]);
    assert!(!by_skypeproxy(HERE, proxy, WRONG));
    operate(&mut hunt, &data, &["status"]);
    hunt.search_process("heidi's", daemon.child.id(), false);

    for (name, process) in [("heidi", &mut daemon), ("service", &mut service)] {
        let (code, said) = process.stop();
        assert_eq!(code, Some(0), "{name}: {said}");
        hunt.search(name, said.as_bytes());
    }
    let shown = shown.join().unwrap();
    assert!(text(&shown).starts_with("Password of heidi: "));
    hunt.search("terminal", &shown);
    for folder in [&data, &town.path("service")] {
        hunt.search_folder(Path::new(folder));
    }
    hunt.search_file(Path::new(&record));
    let recorded = std::fs::read_to_string(&record).unwrap();
    for word in ["heidi", "hello", "passwd"] {
        assert!(recorded.contains(word), "the record holds the login");
    }
    // It would find one: this is where it was given.
    assert!(
        hunt.has(&std::fs::read(town.path("access.pw")).unwrap())
            .is_some()
    );
    hunt.end(30_000);
}
