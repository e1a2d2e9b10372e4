//! Sockets that a service manager has opened for this process and hands over at its start.
//! Never opens one itself.

use std::net::TcpListener;

use listenfd::ListenFd;

use crate::failure::{Failure, reason};

/// Where the manager says what each socket is called.
const NAMES_VARIABLE: &str = "LISTEN_FDNAMES";

/// Whether a manager hands over sockets to this process.
pub(crate) fn are_there() -> bool {
    let own = std::env::var("LISTEN_PID").is_ok_and(|pid| pid == std::process::id().to_string());
    own && std::env::var("LISTEN_FDS").is_ok_and(|count| count != "0")
}

/// Takes the sockets for listeners of these kinds, in their order; `None` if there are none to take. The last `spare`
/// kinds may go without, all of them: then the list is so much shorter.
///
/// Who is called like a kind is for that; all others are taken in order for what is left.
///
/// # Errors
/// If there are more sockets or fewer, or one of them does not listen.
pub(crate) fn take(kinds: &[&str], spare: usize) -> Result<Option<Vec<TcpListener>>, Failure> {
    if !are_there() {
        return Ok(None);
    }
    let names = std::env::var(NAMES_VARIABLE).unwrap_or_default();
    let mut sockets = ListenFd::from_env();
    let wanted = if sockets.len() + spare == kinds.len() {
        &kinds[..sockets.len()]
    } else {
        kinds
    };
    let places = places(wanted, &names, sockets.len()).map_err(Failure::usage)?;
    let mut taken = Vec::with_capacity(places.len());
    for (kind, place) in wanted.iter().zip(places) {
        let wrong = |why: String| {
            Failure::usage(format!(
                "socket {} of the service manager, for {kind}: {why}; it has to be a TCP socket that listens",
                place + 1
            ))
        };
        let socket = sockets.take_tcp_listener(place);
        let socket = socket.map_err(|error| wrong(reason(&error)))?;
        taken.push(socket.ok_or_else(|| wrong("it is not there".into()))?);
    }
    Ok(Some(taken))
}

/// Which of so many sockets each kind gets.
fn places(kinds: &[&str], names: &str, count: usize) -> Result<Vec<usize>, String> {
    if kinds.len() != count {
        return Err(format!(
            "the service manager hands over {count} sockets, and there are {} listeners: {}; have one ListenStream= for \
             each, in this order or with its kind as FileDescriptorName=",
            kinds.len(),
            kinds.join(", ")
        ));
    }
    let mut free: Vec<(usize, &str)> = (0..count)
        .zip(names.split(':').chain([""].into_iter().cycle()))
        .collect();
    let named: Vec<Option<usize>> = kinds
        .iter()
        .map(|kind| {
            let at = free.iter().position(|(_, name)| name == kind)?;
            Some(free.remove(at).0)
        })
        .collect();
    let mut free = free.into_iter().map(|(place, _)| place);
    let places = named.into_iter().map(|place| place.or_else(|| free.next()));
    Ok(places.flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_go_by_their_names_and_otherwise_by_their_order() {
        for (kinds, names, expected) in [
            (&["skypeproxy"][..], "", &[0][..]),
            (&["skypeproxy"], "imo2sproxy.socket", &[0]),
            (&["skypeproxy", "admin"], "", &[0, 1]),
            (&["skypeproxy", "admin"], "admin:skypeproxy", &[1, 0]),
            (&["skypeproxy", "admin"], "admin", &[1, 0]),
            (&["len8", "skypeproxy", "len8"], "x:len8:len8", &[1, 0, 2]),
            (
                &["len8", "skypeproxy", "len8"],
                "skypeproxy:a:b",
                &[1, 0, 2],
            ),
        ] {
            let found = places(kinds, names, kinds.len());
            assert_eq!(found.as_deref(), Ok(expected), "{kinds:?} {names}");
        }
    }

    #[test]
    fn a_wrong_number_of_sockets_is_named_with_the_listeners() {
        for count in [1, 3] {
            let line = places(&["skypeproxy", "admin"], "", count).unwrap_err();
            assert!(line.contains(&format!("{count} sockets")), "{line}");
            assert!(line.contains("skypeproxy, admin"), "{line}");
        }
    }
}
