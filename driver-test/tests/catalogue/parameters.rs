//! Rows of general parameters that are the same always, or that say how the own user is there.
//! Never about those that are only kept: see `settings`.

use crate::town::SECONDS;

rows! {
    parameters_that_nobody_changes_have_their_values plays [
        "GET SKYPEVERSION", "GET PRIVILEGE SKYPEOUT", "GET PRIVILEGE SKYPEIN", "GET PRIVILEGE VOICEMAIL",
        "GET MUTE", "GET CONTACTS_FOCUSED", "GET PREDICTIVE_DIALER_COUNTRY", "GET CURRENTUSERHANDLE",
    ] |stage| {
        for (asked, answer) in [
            ("SKYPEVERSION", "SKYPEVERSION 3.8.0.188"),
            ("PRIVILEGE SKYPEOUT", "PRIVILEGE SKYPEOUT FALSE"),
            ("PRIVILEGE SKYPEIN", "PRIVILEGE SKYPEIN FALSE"),
            ("PRIVILEGE VOICEMAIL", "PRIVILEGE VOICEMAIL FALSE"),
            ("MUTE", "MUTE OFF"),
            ("CONTACTS_FOCUSED", "CONTACTS FOCUSED "),
            ("PREDICTIVE_DIALER_COUNTRY", "PREDICTIVE_DIALER_COUNTRY us"),
            ("CURRENTUSERHANDLE", "CURRENTUSERHANDLE alice"),
        ] {
            stage.asks(&format!("GET {asked}"), answer);
            let sloppy = asked.to_lowercase().replace(' ', "  ");
            stage.asks(&format!("get  {sloppy} "), answer);
            stage.refused(&format!("SET {asked} 1"), if asked == "MUTE" { 33 } else { 18 });
            stage.asks(&format!("GET {asked}"), answer);
        }
        stage.refused("GET PRIVILEGE", 40);
        stage.refused("GET PRIVILEGE FLIGHT", 40);
    };

    nothing_is_muted_since_nothing_is_said_aloud plays ["SET MUTE", "notice MUTE"] |stage| {
        for word in ["ON", "off", " on "] {
            stage.asks(&format!("SET MUTE {word}"), "MUTE OFF");
            stage.asks("GET MUTE", "MUTE OFF");
        }
        stage.refused("SET MUTE loud", 33);
        stage.asks("CALL bob", "CALL * STATUS *");
        stage.asks("SET MUTE ON", "MUTE OFF");
        stage.never_heard(&["alice", "bob"], &["MUTE *"]);
    };

    a_status_is_confirmed_in_the_word_that_was_asked_for_and_seen_by_contacts plays [
        "GET USERSTATUS", "SET USERSTATUS", "notice USERSTATUS",
    ] |stage| {
        let other = stage.second_client("alice");
        for (word, seen) in [
            ("AWAY", "AWAY"),
            ("ONLINE", "ONLINE"),
            ("NA", "DND"),
            ("SKYPEME", "ONLINE"),
            ("DND", "DND"),
            ("INVISIBLE", "OFFLINE"),
            ("ONLINE", "ONLINE"),
        ] {
            stage.asks(&format!("SET USERSTATUS {word}"), &format!("USERSTATUS {word}"));
            stage.hears("alice", "USER alice ONLINESTATUS *");
            stage.hears("alice", &format!("USERSTATUS {word}"));
            stage.hears(&other, &format!("USERSTATUS {word}"));
            stage.hears("bob", &format!("USER alice ONLINESTATUS {seen}"));
            stage.asks("GET USERSTATUS", &format!("USERSTATUS {word}"));
        }
        stage.asks("set  userstatus  away ", "USERSTATUS AWAY");
        // Python clients wait for the notice even where nothing changes.
        stage.hears("alice", "USERSTATUS AWAY");
        stage.asks("SET USERSTATUS AWAY", "USERSTATUS AWAY");
        stage.hears("alice", "USERSTATUS AWAY");
        for wrong in ["SET USERSTATUS", "SET USERSTATUS BUSY", "SET USERSTATUS UNKNOWN"] {
            stage.refused(wrong, 28);
        }
        stage.asks("get userstatus ", "USERSTATUS AWAY");
    };

    whoever_goes_offline_comes_back_over_the_same_connection plays [
        "GET CONNSTATUS", "notice CONNSTATUS", "notice USERSTATUS",
    ] |stage| {
        stage.asks("GET CONNSTATUS", "CONNSTATUS ONLINE");
        stage.asks("SET USERSTATUS OFFLINE", "USERSTATUS OFFLINE");
        stage.hears("alice", "USERSTATUS OFFLINE");
        stage.hears("alice", "CONNSTATUS OFFLINE");
        stage.hears("alice", "USER bob ONLINESTATUS OFFLINE");
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("get connstatus ", "CONNSTATUS OFFLINE");
        stage.asks("GET USERSTATUS", "USERSTATUS OFFLINE");
        stage.asks("SET USERSTATUS ONLINE", "USERSTATUS ONLINE");
        stage.hears("alice", "CONNSTATUS CONNECTING");
        stage.hears("alice", "CONNSTATUS ONLINE");
        stage.hears("alice", "USERSTATUS ONLINE");
        stage.hears("alice", "USER bob ONLINESTATUS ONLINE");
        stage.hears("bob", "USER alice ONLINESTATUS ONLINE");
        stage.asks("GET CONNSTATUS", "CONNSTATUS ONLINE");
        // The service is away for a while, and everybody is told.
        stage.world.kill("imo");
        stage.world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(60));
        stage.hears("alice", "USERSTATUS OFFLINE");
        stage.hears("alice", "USER bob ONLINESTATUS OFFLINE");
        let seed = stage.world.seed_for("imo again");
        stage.world.restart("imo", crate::town::service(seed));
        stage.world.expect("alice", "CONNSTATUS ONLINE", SECONDS(120));
        stage.hears("alice", "USERSTATUS ONLINE");
    };

    the_state_of_the_connection_can_be_set_like_the_own_status plays ["SET CONNSTATUS"] |stage| {
        stage.asks("SET CONNSTATUS OFFLINE", "CONNSTATUS OFFLINE");
        stage.hears("alice", "USERSTATUS OFFLINE");
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("set connstatus online ", "CONNSTATUS ONLINE");
        stage.hears("bob", "USER alice ONLINESTATUS ONLINE");
        stage.asks("GET CONNSTATUS", "CONNSTATUS ONLINE");
        stage.asks("SET CONNSTATUS AWAY", "CONNSTATUS AWAY");
        stage.hears("bob", "USER alice ONLINESTATUS AWAY");
        stage.refused("SET CONNSTATUS BUSY", 28);
    };

    logging_out_goes_offline_and_is_confirmed_in_its_own_word plays ["SET USERSTATUS"] |stage| {
        stage.asks("SET USERSTATUS LOGGEDOUT", "USERSTATUS LOGGEDOUT");
        stage.hears("alice", "USERSTATUS LOGGEDOUT");
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("GET CONNSTATUS", "CONNSTATUS OFFLINE");
        stage.asks("SET USERSTATUS ONLINE", "USERSTATUS ONLINE");
        stage.hears("bob", "USER alice ONLINESTATUS ONLINE");
    };

    a_client_that_comes_is_told_who_and_how_the_user_is plays [
        "notice CURRENTUSERHANDLE", "notice CONNSTATUS", "notice USERSTATUS",
    ] |stage| {
        stage.asks("SET USERSTATUS DND", "USERSTATUS DND");
        let other = stage.second_client("alice");
        let lines = stage.world.person(&other).replies();
        for line in ["CONNSTATUS ONLINE", "CURRENTUSERHANDLE alice", "USERSTATUS DND"] {
            let count = lines.iter().filter(|heard| *heard == line).count();
            assert_eq!(count, 1, "{line} in {lines:?}");
        }
        assert_eq!(lines[0], "PROTOCOL 7", "the reply comes first");
        // Each sign-on tells it again, to all clients that want one.
        stage.world.person(&other).say("SET USERSTATUS OFFLINE");
        stage.asks("SET USERSTATUS OFFLINE", "USERSTATUS OFFLINE");
        stage.hears(&other, "CONNSTATUS OFFLINE");
        stage.world.person(&other).say("SET USERSTATUS ONLINE");
        stage.hears(&other, "CURRENTUSERHANDLE alice");
    };

    unknown_parameters_are_refused plays [
        "GET AUTH_CONTACTS_PROFILES", "GET anything else", "SET anything else",
    ] |stage| {
        for unknown in ["GET AUTH_CONTACTS_PROFILES", "GET", "GET NOTHING", "GET WEATHER bob", "GET USERSTATUSES"] {
            stage.refused(unknown, 7);
        }
        for unknown in ["SET", "SET NOTHING", "SET WEATHER fine", "SET AUTH_CONTACTS_PROFILES 1"] {
            stage.refused(unknown, 18);
        }
    };
}
