//! The certificate of a daemon that was given none: self-signed, made once and kept in the data folder.
//! Never replaces one that is there, so that clients may remember it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use imo2sproxy::tls;
use rustls::ServerConfig;

use crate::data_folder::DataFolder;
use crate::failure::{Failure, note, reason};

/// The file in the data folder that holds certificate and key.
const FILE_NAME: &str = "tls.pem";
/// The name of a half-written one.
const NEW_NAME: &str = "tls.pem.new";
/// Whom it names: no more is known of how clients call this machine.
const NAMES: [&str; 2] = ["localhost", "imo2sproxy"];

/// What listeners with TLS need that have no certificate: the one in a data folder that this process holds, made now if
/// there is none.
///
/// # Errors
/// If it cannot be made, kept or read.
pub(crate) fn of(data: &DataFolder) -> Result<Arc<ServerConfig>, Failure> {
    let folder = match data {
        DataFolder::Memory => {
            let pem = make()?;
            return tls::server_config_of_pem(&pem, Path::new(FILE_NAME))
                .map_err(|error| Failure::trouble(error.to_string()));
        }
        DataFolder::Path(folder) => folder,
    };
    let path = folder.join(FILE_NAME);
    if !path.exists() {
        keep(folder, &path, &make()?).map_err(|error| {
            Failure::trouble(format!(
                "cannot keep a certificate in {}: {}; give one with --tls-cert and --tls-key",
                path.display(),
                reason(&error)
            ))
        })?;
        note(&format!(
            "made a self-signed certificate in {}",
            path.display()
        ));
    }
    tls::server_config(&path, &path).map_err(|error| {
        Failure::trouble(format!(
            "{error}; remove it, then the next start makes another"
        ))
    })
}

/// A certificate and its key, as PEM.
fn make() -> Result<Vec<u8>, Failure> {
    let made = rcgen::generate_simple_self_signed(NAMES.map(String::from)).map_err(|error| {
        Failure::trouble(format!(
            "internal error: cannot make a certificate: {error}"
        ))
    })?;
    Ok(format!("{}{}", made.cert.pem(), made.signing_key.serialize_pem()).into_bytes())
}

/// Writes a file for its owner only, whole or not at all.
fn keep(folder: &Path, path: &Path, pem: &[u8]) -> io::Result<()> {
    let new = folder.join(NEW_NAME);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&new)?;
    file.write_all(pem)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_made_once_for_its_owner_only_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::Path(folder.path().into());
        assert!(of(&data).is_ok());
        let path = folder.path().join(FILE_NAME);
        let first = fs::read(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(of(&data).is_ok());
        assert_eq!(fs::read(&path).unwrap(), first);
        assert!(!folder.path().join(NEW_NAME).exists());
    }

    #[test]
    fn a_daemon_without_a_folder_has_one_for_as_long_as_it_runs() {
        assert!(of(&DataFolder::Memory).is_ok());
    }

    #[test]
    fn a_damaged_one_is_named_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), "nothing").unwrap();
        let Err(Failure::Trouble(line)) = of(&DataFolder::Path(folder.path().into())) else {
            panic!("took a damaged certificate");
        };
        assert!(
            line.contains(FILE_NAME) && line.contains("remove it"),
            "{line}"
        );
    }
}
