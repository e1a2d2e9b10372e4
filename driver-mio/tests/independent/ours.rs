//! Our service, and the independent client that plays its scenes there over TLS.
//! Never says what the scenes are: the client knows.

use crate::python::python;
use crate::running::Running;
use crate::town::Town;

/// Plays all scenes in a dialect. The service of the town holds polls for two seconds.
fn play(dialect: &str) {
    let (town, mut service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let ca = town.path("ca.pem");
    let args = [
        "--server",
        &server,
        "--ca",
        &ca,
        "--dialect",
        dialect,
        "--hold",
        "2",
    ];
    let mut client = Running::start(python("client.py", &args));
    let mut scenes = 0;
    loop {
        let line = client.line();
        if !line.starts_with("ok ") {
            break;
        }
        scenes += 1;
    }
    let (code, said) = client.end();
    assert_eq!(code, Some(0), "after {scenes} scenes:\n{said}");
    assert!(scenes > 10, "only {scenes} scenes were played");
    let (code, said) = service.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn the_service_keeps_its_promises_to_an_independent_client() {
    play("v1");
}

#[test]
fn the_service_keeps_its_promises_to_an_independent_client_of_older_years() {
    play("v0");
}
