//! What `tls` says about files that are wrong.
//! Never opens a connection: `tests/engine.rs` does.

use std::fs;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::*;

#[test]
fn every_wrong_file_is_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let own = || generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let CertifiedKey { cert, signing_key } = own();
    fs::write(path("cert"), cert.pem()).unwrap();
    fs::write(path("key"), signing_key.serialize_pem()).unwrap();
    fs::write(path("other"), own().signing_key.serialize_pem()).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("cut"), &cert.pem()[..200]).unwrap();

    let check = |cert: &str, key: &str, file: &str, fault: TlsFault| {
        let error = server_config(&path(cert), &path(key)).unwrap_err();
        let expected = TlsError {
            file: path(file),
            fault,
        };
        assert_eq!(error, expected, "{error}");
    };
    assert!(server_config(&path("cert"), &path("key")).is_ok());
    let missing = TlsFault::Unreadable(io::ErrorKind::NotFound);
    check("none", "key", "none", missing);
    check("cert", "none", "none", missing);
    check("empty", "key", "empty", TlsFault::NoCertificate);
    check("key", "key", "key", TlsFault::NoCertificate);
    check("cut", "key", "cut", TlsFault::NotPem);
    check("cert", "cert", "cert", TlsFault::NoKey);
    check("cert", "other", "other", TlsFault::WrongKey);

    assert!(client_config(None).is_ok());
    assert!(client_config(Some(&path("cert"))).is_ok());
    let error = client_config(Some(&path("empty"))).unwrap_err();
    assert_eq!(error.fault, TlsFault::NoCertificate);
}

#[test]
fn no_two_seeds_are_the_same() {
    use imo2sproxy_core::rng::Rng;
    let draw = || Rng::new(random_seed()).alphanumeric(16);
    assert_ne!(draw(), draw());
}
