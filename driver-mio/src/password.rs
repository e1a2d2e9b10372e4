//! Where passwords come from: the command line, a file, the environment, a prompt.
//! Never prints one, and leaves no copy behind that it could have avoided.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal as _};
use std::path::{Path, PathBuf};

use imo2sproxy::call_handler::PASSWORD_VARIABLE;
use imo2sproxy_core::secret::Secret;

use crate::cli::AccessArgs;
use crate::detach;
use crate::failure::{Failure, note, reason};

/// Longest password, in bytes; a longer one is refused. A client's login frame must hold it.
const PASSWORD_BYTES_MAX: usize = 1024;

/// The account's password: from the command line (with a warning), a file, the environment, or whoever sits
/// at the terminal.
///
/// # Errors
/// If none of these gives one.
pub(crate) fn of_account(
    username: &str,
    argument: Option<Secret>,
    file: Option<&Path>,
) -> Result<Secret, Failure> {
    if let Some(password) = argument {
        note(
            "warning: others on this machine can see a password on the command line; --password-file keeps it private",
        );
        return checked(password, "the PASSWORD on the command line");
    }
    if let Some(file) = file {
        return of_file(file);
    }
    if let Some(password) = std::env::var_os(PASSWORD_VARIABLE) {
        let password = password.into_string().map_err(|_| {
            Failure::usage(format!("the password in {PASSWORD_VARIABLE} is not UTF-8"))
        })?;
        return checked(Secret::new(password), PASSWORD_VARIABLE);
    }
    if detach::is_password_given() {
        return of_file(Path::new("-"));
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "no password for {username}: give --password-file FILE (- for standard input) or set {PASSWORD_VARIABLE}"
        )));
    }
    let password =
        rpassword::prompt_password(format!("Password of {username}: ")).map_err(|error| {
            Failure::usage(format!("cannot ask for a password: {}", reason(&error)))
        })?;
    checked(Secret::new(password), "the password typed")
}

/// The password that an account of a service is to have: asked for twice at a terminal, otherwise the first line of
/// standard input.
///
/// # Errors
/// If there is none, or the two differ.
pub(crate) fn of_new(name: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return of_file(Path::new("-"));
    }
    let ask = |prompt: String| {
        let typed = rpassword::prompt_password(prompt).map_err(|error| {
            Failure::usage(format!("cannot ask for a password: {}", reason(&error)))
        })?;
        checked(Secret::new(typed), "the password typed")
    };
    let password = ask(format!("New password of {name}: "))?;
    if ask("Once more: ".into())? != password {
        return Err(Failure::usage("the two passwords differ; nothing was done"));
    }
    Ok(password)
}

/// What clients must give, if anything.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn of_clients(access: AccessArgs) -> Result<Option<Secret>, Failure> {
    match (access.access_password, access.access_password_file) {
        (Some(password), _) => checked(password, "the password after -k").map(Some),
        (None, Some(file)) => of_file(&file).map(Some),
        (None, None) => Ok(None),
    }
}

/// The first line of a file, or of standard input for `-`.
///
/// # Errors
/// If it cannot be read, others can read it too, or there is no password in it.
pub(crate) fn of_file(path: &Path) -> Result<Secret, Failure> {
    if path == Path::new("-") {
        // The lock shares its buffer with later readers, so that nothing behind the line is lost.
        let line = first_line(io::stdin().lock());
        return secret_line(line, "standard input".into());
    }
    let name = path.display();
    let unreadable = |error: &io::Error| {
        Failure::usage(format!(
            "cannot read password file {name}: {}",
            reason(error)
        ))
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let about = file.metadata().map_err(|error| unreadable(&error))?;
    if about.is_dir() {
        return Err(Failure::usage(format!(
            "password file {name} is a folder; name a file"
        )));
    }
    if readable_by_others(&about) {
        return Err(Failure::usage(format!(
            "others can read password file {name}; run 'chmod 600 {name}'"
        )));
    }
    secret_line(
        first_line(io::BufReader::new(file)),
        format!("password file {name}"),
    )
}

/// Whether anybody may read it. Its group may: service managers hand files on in this way.
#[cfg(unix)]
pub(crate) fn readable_by_others(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
pub(crate) fn readable_by_others(_about: &std::fs::Metadata) -> bool {
    false
}

/// Reads up to the first line break, or one byte more than a password may have.
fn first_line(source: impl BufRead) -> io::Result<Vec<u8>> {
    let limit = PASSWORD_BYTES_MAX + 2;
    // All memory at once: growing would leave copies behind.
    let mut line = Vec::with_capacity(limit);
    let bound = u64::try_from(limit).expect("a small constant fits u64");
    source.take(bound).read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    }
    Ok(line)
}

fn secret_line(line: io::Result<Vec<u8>>, origin: String) -> Result<Secret, Failure> {
    let line =
        line.map_err(|error| Failure::usage(format!("cannot read {origin}: {}", reason(&error))))?;
    let text = String::from_utf8(line)
        .map_err(|_| Failure::usage(format!("the password in {origin} is not UTF-8")))?;
    checked(Secret::new(text), &origin)
}

/// Refuses a password that is none, or too long. `origin` says where it stands.
///
/// # Errors
/// Then.
pub(crate) fn checked(password: Secret, origin: &str) -> Result<Secret, Failure> {
    let length = password.reveal().len();
    if length == 0 {
        return Err(Failure::usage(format!("no password: {origin} is empty")));
    }
    if length > PASSWORD_BYTES_MAX {
        return Err(Failure::usage(format!(
            "the password is too long: {origin} has more than {PASSWORD_BYTES_MAX} bytes"
        )));
    }
    Ok(password)
}

/// Refuses to read both passwords from standard input: whose the first line is would be a guess.
///
/// # Errors
/// If both files are `-`.
pub(crate) fn refuse_one_input_for_two(
    account: Option<&PathBuf>,
    access: Option<&PathBuf>,
) -> Result<(), Failure> {
    let stdin = Path::new("-");
    if account.is_some_and(|file| file == stdin) && access.is_some_and(|file| file == stdin) {
        return Err(Failure::usage(
            "standard input holds one password: give --password-file or --access-password-file a file",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8], mode: u32) -> tempfile::TempPath {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        set_mode(file.path(), mode);
        file.into_temp_path()
    }

    #[cfg(unix)]
    fn set_mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[cfg(not(unix))]
    fn set_mode(_path: &Path, _mode: u32) {}

    fn usage(path: &Path) -> String {
        match of_file(path) {
            Err(Failure::Usage(line)) => line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_line_is_the_password() {
        let long = vec![b'x'; PASSWORD_BYTES_MAX];
        for (content, password) in [
            (&b"pw1"[..], "pw1"),
            (b"pw1\n", "pw1"),
            (b"pw1\r\n", "pw1"),
            (b" p w \nsecond", " p w "),
            ("Gr\u{fc}\u{df}e\n".as_bytes(), "Gr\u{fc}\u{df}e"),
            (&long, std::str::from_utf8(&long).unwrap()),
        ] {
            let path = file(content, 0o600);
            assert_eq!(of_file(&path), Ok(Secret::from(password)));
        }
    }

    #[test]
    fn a_file_without_a_proper_password_is_refused() {
        assert!(usage(&file(b"", 0o600)).contains("is empty"));
        assert!(usage(&file(b"\npw", 0o600)).contains("is empty"));
        assert!(usage(&file(b"\xff\n", 0o600)).contains("not UTF-8"));
        let long = vec![b'x'; PASSWORD_BYTES_MAX + 1];
        assert!(usage(&file(&long, 0o600)).contains("too long"));
        assert!(usage(Path::new("/nowhere/pw")).contains("no such file"));
        assert!(usage(&std::env::temp_dir()).contains("is a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_anybody_can_read_is_refused_with_the_remedy() {
        let path = file(b"pw1\n", 0o644);
        let line = usage(&path);
        assert!(
            line.contains("chmod 600") && !line.contains("pw1"),
            "{line}"
        );
        assert_eq!(of_file(&file(b"pw1\n", 0o640)), Ok(Secret::from("pw1")));
    }
}
