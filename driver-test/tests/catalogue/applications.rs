//! Rows of applications between clients, of which the one about typing gets through to others.
//! Never about texts that stay.

use crate::stage::Stage;
use crate::town::SECONDS;

const TYPING: &str = "libpurple_typing";

/// Somebody says it, and hears it again.
fn echoed(stage: &mut Stage, who: &str, line: &str) {
    stage.asks_as(who, line, line);
}

/// Everybody makes the typing application.
fn everybody_watches(stage: &mut Stage) {
    for who in ["alice", "bob"] {
        echoed(stage, who, &format!("CREATE APPLICATION {TYPING}"));
    }
}

rows! {
    who_types_is_seen_by_the_other_one plays [
        "application libpurple_typing", "CREATE APPLICATION", "ALTER APPLICATION CONNECT",
        "ALTER APPLICATION DATAGRAM", "notice APPLICATION CONNECTING", "notice APPLICATION STREAMS",
        "notice APPLICATION SENDING", "notice APPLICATION DATAGRAM",
    ] |stage| {
        everybody_watches(stage);
        stage.asks("alter application libpurple_typing connect bob", "ALTER APPLICATION libpurple_typing CONNECT bob");
        stage.hears("alice", "APPLICATION libpurple_typing CONNECTING bob");
        stage.hears("alice", "APPLICATION libpurple_typing CONNECTING ");
        stage.hears("alice", "APPLICATION libpurple_typing STREAMS bob:1");
        for text in ["PURPLE_TYPING", "PURPLE_TYPED", "PURPLE_NOT_TYPING"] {
            let line = "ALTER APPLICATION libpurple_typing DATAGRAM bob:1";
            stage.asks(&format!("{line} {text}"), line);
            let bytes = text.len();
            stage.hears("alice", &format!("APPLICATION libpurple_typing SENDING bob:1={bytes}"));
            stage.hears("alice", "APPLICATION libpurple_typing SENDING ");
            if text == "PURPLE_TYPING" {
                // He learns the stream first, and can answer on it.
                stage.hears("bob", "APPLICATION libpurple_typing STREAMS alice:1");
            }
            stage.hears("bob", &format!("APPLICATION libpurple_typing DATAGRAM alice:1 {text}"));
        }
        stage.asks_as(
            "bob",
            "ALTER APPLICATION libpurple_typing DATAGRAM alice:1 PURPLE_TYPING",
            "ALTER APPLICATION libpurple_typing DATAGRAM alice:1",
        );
        stage.hears("alice", "APPLICATION libpurple_typing DATAGRAM bob:1 PURPLE_TYPING");
        assert_eq!(stage.world.person("bob").count("APPLICATION libpurple_typing STREAMS *"), 1);
    };

    the_typing_application_tells_of_its_streams plays [
        "GET APPLICATION CONNECTABLE", "GET APPLICATION CONNECTING", "GET APPLICATION STREAMS",
        "GET APPLICATION SENDING", "GET APPLICATION RECEIVED", "APPLICATION CONNECTABLE", "APPLICATION CONNECTING",
        "APPLICATION STREAMS", "APPLICATION SENDING", "APPLICATION RECEIVED", "ALTER APPLICATION DISCONNECT",
    ] |stage| {
        stage.add_carol();
        everybody_watches(stage);
        let get = |stage: &mut Stage, property: &str, value: &str| {
            stage.asks(
                &format!("GET APPLICATION {TYPING} {property}"),
                &format!("APPLICATION {TYPING} {property} {value}"),
            );
        };
        for property in ["CONNECTING", "STREAMS", "SENDING", "RECEIVED"] {
            get(stage, property, "");
        }
        let there = stage.asks(&format!("GET APPLICATION {TYPING} CONNECTABLE"), "APPLICATION * CONNECTABLE *");
        assert!(there.contains(" bob carol"), "{there}");
        for who in ["carol", "bob"] {
            echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} CONNECT {who}"));
        }
        let reply = stage.asks("get application libpurple_typing streams ", "APPLICATION * STREAMS *");
        let mut streams: Vec<&str> = reply.split(' ').skip(3).collect();
        streams.sort_unstable();
        let [bob, carol] = streams[..] else {
            panic!("two streams: {streams:?}");
        };
        assert!(bob.starts_with("bob:") && carol.starts_with("carol:"), "{bob} {carol}");
        echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} DISCONNECT {bob}"));
        stage.hears("alice", &format!("APPLICATION {TYPING} STREAMS {carol}"));
        get(stage, "STREAMS", carol);
        stage.refused(&format!("ALTER APPLICATION {TYPING} DISCONNECT {bob}"), 548);
        // Numbers of streams go up.
        echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} CONNECT bob"));
        let after = stage.asks(&format!("GET APPLICATION {TYPING} STREAMS"), "APPLICATION * STREAMS *");
        let number = |stream: &str| stream.split(':').nth(1).unwrap().parse::<u32>().unwrap();
        let again = after.split(' ').find(|stream| stream.starts_with("bob:")).unwrap();
        assert!(number(again) > number(bob), "{after}");
        echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} DISCONNECT {carol}"));
        echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} DISCONNECT {again}"));
        get(stage, "STREAMS", "");
    };

    the_typing_application_can_be_made_again_by_every_client plays ["CREATE APPLICATION"] |stage| {
        let other = stage.second_client("alice");
        for who in ["alice", other.as_str(), "alice"] {
            echoed(stage, who, &format!("CREATE APPLICATION {TYPING}"));
        }
    };

    other_applications_are_kept_but_get_nowhere plays [
        "CREATE APPLICATION", "DELETE APPLICATION", "ALTER APPLICATION CONNECT", "ALTER APPLICATION DISCONNECT",
        "ALTER APPLICATION DATAGRAM", "ALTER APPLICATION WRITE", "ALTER APPLICATION READ",
        "notice APPLICATION CONNECTING",
    ] |stage| {
        stage.asks("create application Chess", "CREATE APPLICATION Chess");
        stage.refused("CREATE APPLICATION Chess", 541);
        for property in ["CONNECTABLE", "CONNECTING", "STREAMS", "SENDING", "RECEIVED"] {
            stage.asks(&format!("GET APPLICATION Chess {property}"), &format!("APPLICATION Chess {property} "));
        }
        echoed(stage, "alice", "ALTER APPLICATION Chess CONNECT bob");
        stage.hears("alice", "APPLICATION Chess CONNECTING bob");
        stage.hears("alice", "APPLICATION Chess CONNECTING ");
        stage.never_heard(&["alice", "bob"], &["APPLICATION Chess STREAMS bob*", "*Chess* alice*"]);
        for (action, code) in [
            ("WRITE bob:1 e2 e4", 549),
            ("write bob:1", 549),
            ("READ bob:1", 550),
            ("DATAGRAM bob:1 e2 e4", 551),
            ("DISCONNECT bob:1", 548),
            ("CONNECT b:b", 547),
            ("CONNECT", 547),
            ("RESIGN", 546),
            ("", 546),
        ] {
            stage.refused(&format!("ALTER APPLICATION Chess {action}"), code);
        }
        stage.asks("delete application Chess ", "DELETE APPLICATION Chess");
        stage.refused("GET APPLICATION Chess STREAMS", 543);
        stage.refused("DELETE APPLICATION Chess", 542);
    };

    nothing_is_ever_received_to_be_read plays [
        "notice APPLICATION RECEIVED", "ALTER APPLICATION WRITE", "ALTER APPLICATION READ",
        "GET APPLICATION RECEIVED",
    ] |stage| {
        everybody_watches(stage);
        echoed(stage, "alice", &format!("ALTER APPLICATION {TYPING} CONNECT bob"));
        for text in ["PURPLE_TYPING", "PURPLE_TYPED", "some other text"] {
            stage.asks(&format!("ALTER APPLICATION {TYPING} DATAGRAM bob:1 {text}"), "ALTER APPLICATION *");
        }
        stage.world.run_for(SECONDS(2));
        stage.refused(&format!("ALTER APPLICATION {TYPING} WRITE bob:1 text"), 549);
        for who in ["alice", "bob"] {
            let asked = format!("APPLICATION {TYPING} RECEIVED");
            stage.asks_as(who, &format!("GET {asked}"), &format!("{asked} "));
        }
        stage.asks_as("bob", &format!("ALTER APPLICATION {TYPING} READ alice:1"), "ERROR 550 *");
        assert!(!stage.heard("alice", "APPLICATION * RECEIVED *"));
        assert!(!stage.heard("bob", "APPLICATION * RECEIVED *"));
        stage.never_heard(&["bob"], &["*some other text*"]);
    };

    applications_without_a_proper_name_are_refused plays ["CREATE APPLICATION", "DELETE APPLICATION"] |stage| {
        let long = "a".repeat(33);
        for (line, code) in [
            ("CREATE APPLICATION".to_owned(), 540),
            (format!("CREATE APPLICATION {long}"), 540),
            ("DELETE APPLICATION".to_owned(), 542),
            ("DELETE APPLICATION Nothing".to_owned(), 542),
            ("GET APPLICATION Nothing STREAMS".to_owned(), 543),
            (format!("GET APPLICATION {TYPING}"), 544),
            (format!("GET APPLICATION {TYPING} COLOUR"), 544),
            ("ALTER APPLICATION Nothing CONNECT bob".to_owned(), 545),
        ] {
            stage.refused(&line, code);
        }
        let longest = "a".repeat(32);
        echoed(stage, "alice", &format!("CREATE APPLICATION {longest}"));
    };
}
