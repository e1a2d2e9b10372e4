//! Rows of what can be changed about a contact, and of what both sides are told then.
//! Never about people who are asked for their properties alone: see `users`.

use crate::town::SECONDS;

rows! {
    whoever_is_asked_for_hears_of_it_and_agrees plays [
        "SET USER BUDDYSTATUS 2", "SET USER ISAUTHORIZED", "USER BUDDYSTATUS", "USER RECEIVEDAUTHREQUEST",
        "USER ISAUTHORIZED", "notice USER BUDDYSTATUS", "notice USER RECEIVEDAUTHREQUEST",
        "notice USER ISAUTHORIZED", "notice USER ISBLOCKED",
    ] |stage| {
        stage.add_carol();
        stage.asks_as("bob", "GET USER carol BUDDYSTATUS", "USER carol BUDDYSTATUS 0");
        stage.asks_as("bob", "set user Carol buddystatus  2 hello, it is  Bob", "USER Carol BUDDYSTATUS 2");
        for line in [
            "USER carol ISAUTHORIZED TRUE",
            "USER carol ISBLOCKED FALSE",
            "USER carol BUDDYSTATUS 2",
            "USER carol ONLINESTATUS OFFLINE",
        ] {
            stage.hears("bob", line);
        }
        stage.asks_as("bob", "GET USER carol BUDDYSTATUS", "USER carol BUDDYSTATUS 2");
        stage.hears("carol", "USER bob RECEIVEDAUTHREQUEST hello, it is  Bob");
        stage.asks_as("carol", "GET USER Bob RECEIVEDAUTHREQUEST", "USER Bob RECEIVEDAUTHREQUEST hello, it is  Bob");
        stage.asks_as("carol", "GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 0");
        stage.asks_as("carol", "GET USER bob ISAUTHORIZED", "USER bob ISAUTHORIZED FALSE");
        stage.asks_as("carol", "SET USER Bob ISAUTHORIZED true ", "USER Bob ISAUTHORIZED TRUE");
        for line in ["USER bob RECEIVEDAUTHREQUEST ", "USER bob BUDDYSTATUS 3", "USER bob ONLINESTATUS ONLINE"] {
            stage.world.expect("carol", line, SECONDS(90));
        }
        for line in ["USER carol BUDDYSTATUS 3", "USER carol ONLINESTATUS ONLINE"] {
            stage.hears("bob", line);
        }
        stage.asks_as("carol", "GET USER bob RECEIVEDAUTHREQUEST", "USER bob RECEIVEDAUTHREQUEST ");
        stage.asks_as("carol", "GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 3");
        stage.asks_as("carol", "GET USER bob ISAUTHORIZED", "USER bob ISAUTHORIZED TRUE");
        stage.asks_as("bob", "GET USER carol BUDDYSTATUS", "USER carol BUDDYSTATUS 3");
        stage.never_heard(&["alice"], &["USER * RECEIVEDAUTHREQUEST *"]);
    };

    a_request_without_words_gets_some plays [
        "SET USER BUDDYSTATUS 2", "notice USER RECEIVEDAUTHREQUEST", "SET USER ISAUTHORIZED",
    ] |stage| {
        stage.add_carol();
        stage.asks_as("bob", "SET USER carol BUDDYSTATUS 2", "USER carol BUDDYSTATUS 2");
        // One client takes no notice of a request without a text.
        let asked = stage.hears("carol", "USER bob RECEIVEDAUTHREQUEST *");
        assert!(asked.len() > "USER bob RECEIVEDAUTHREQUEST ".len(), "{asked}");
        stage.asks_as("carol", "SET USER bob ISAUTHORIZED FALSE", "USER bob ISAUTHORIZED FALSE");
        stage.world.run_for(SECONDS(5));
        // Other clients could take the empty request for another one, so that it is only answered.
        stage.asks_as("carol", "GET USER bob RECEIVEDAUTHREQUEST", "USER bob RECEIVEDAUTHREQUEST ");
        stage.asks_as("carol", "SEARCH USERSWAITINGMYAUTHORIZATION", "USERS ");
        stage.never_heard(&["carol"], &["USER bob RECEIVEDAUTHREQUEST "]);
        stage.asks_as("carol", "GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 0");
        stage.asks_as("bob", "GET USER carol BUDDYSTATUS", "USER carol BUDDYSTATUS 2");
        stage.asks_as("bob", "GET USER carol ONLINESTATUS", "USER carol ONLINESTATUS OFFLINE");
        stage.never_heard(&["bob"], &["USER carol BUDDYSTATUS 3"]);
        stage.never_heard(&["carol"], &["USER bob BUDDYSTATUS 3"]);
    };

    a_contact_that_is_taken_off_is_gone plays [
        "SET USER BUDDYSTATUS 1", "USER BUDDYSTATUS", "notice USER BUDDYSTATUS",
    ] |stage| {
        let other = stage.second_client("alice");
        stage.asks("SET USER Bob BUDDYSTATUS 1 ", "USER Bob BUDDYSTATUS 1");
        for who in ["alice", other.as_str()] {
            stage.hears(who, "USER bob BUDDYSTATUS 1");
        }
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("SEARCH FRIENDS", "USERS echo123");
        stage.asks("GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 1");
        stage.asks("GET USER bob ONLINESTATUS", "USER bob ONLINESTATUS OFFLINE");
        stage.starts_again("alice");
        stage.asks("GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 1");
        stage.asks("GET USER nobody BUDDYSTATUS", "USER nobody BUDDYSTATUS 0");
        // He can be asked for again.
        stage.asks("SET USER bob BUDDYSTATUS 2 sorry", "USER bob BUDDYSTATUS 2");
        stage.world.run_for(SECONDS(5));
        let status = stage.asks("GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS *");
        assert!(status.ends_with(" 2") || status.ends_with(" 3"), "{status}");
    };

    a_contact_may_be_kept_from_seeing_whether_the_user_is_there plays [
        "SET USER ISAUTHORIZED", "USER ISAUTHORIZED", "notice USER ISAUTHORIZED",
    ] |stage| {
        let other = stage.second_client("alice");
        stage.asks("SET USER Bob ISAUTHORIZED false ", "USER Bob ISAUTHORIZED FALSE");
        stage.hears("alice", "USER bob ISAUTHORIZED FALSE");
        stage.hears(&other, "USER bob ISAUTHORIZED FALSE");
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("GET USER bob ISAUTHORIZED", "USER bob ISAUTHORIZED FALSE");
        stage.starts_again("alice");
        stage.asks("GET USER bob ISAUTHORIZED", "USER bob ISAUTHORIZED FALSE");
        stage.asks_as("bob", "GET USER alice ONLINESTATUS", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("SET USER bob ISAUTHORIZED TRUE", "USER bob ISAUTHORIZED TRUE");
        stage.hears("alice", "USER bob ISAUTHORIZED TRUE");
        stage.hears("bob", "USER alice ONLINESTATUS ONLINE");
        stage.asks("GET USER bob ISAUTHORIZED", "USER bob ISAUTHORIZED TRUE");
    };

    a_blocked_contact_sees_nothing plays ["SET USER ISBLOCKED", "USER ISBLOCKED", "notice USER ISBLOCKED"] |stage| {
        let other = stage.second_client("alice");
        stage.asks("GET USER bob ISBLOCKED", "USER bob ISBLOCKED FALSE");
        stage.asks("set user BOB isblocked  true ", "USER BOB ISBLOCKED TRUE");
        stage.hears("alice", "USER bob ISBLOCKED TRUE");
        stage.hears(&other, "USER bob ISBLOCKED TRUE");
        stage.hears("bob", "USER alice ONLINESTATUS OFFLINE");
        stage.asks("GET USER bob ISBLOCKED", "USER bob ISBLOCKED TRUE");
        let told = stage.world.person("bob").count("USER alice *");
        stage.asks("SET PROFILE MOOD_TEXT hidden", "PROFILE MOOD_TEXT hidden");
        stage.world.run_for(SECONDS(5));
        assert_eq!(stage.world.person("bob").count("USER alice *"), told);
        stage.starts_again("alice");
        stage.asks("GET USER bob ISBLOCKED", "USER bob ISBLOCKED TRUE");
        stage.asks("SET USER bob ISBLOCKED FALSE", "USER bob ISBLOCKED FALSE");
        stage.hears("bob", "USER alice ONLINESTATUS ONLINE");
        stage.asks("GET USER bob ISBLOCKED", "USER bob ISBLOCKED FALSE");
    };

    a_contact_can_be_given_another_name plays [
        "SET USER DISPLAYNAME", "USER DISPLAYNAME", "notice USER DISPLAYNAME",
    ] |stage| {
        let other = stage.second_client("alice");
        stage.asks("GET USER bob DISPLAYNAME", "USER bob DISPLAYNAME ");
        for name in ["Bobby  Tables; 2", "Robert"] {
            stage.asks(&format!("SET USER Bob DISPLAYNAME {name}"), &format!("USER Bob DISPLAYNAME {name}"));
            stage.hears("alice", &format!("USER bob DISPLAYNAME {name}"));
            stage.hears(&other, &format!("USER bob DISPLAYNAME {name}"));
            stage.asks("GET USER bob DISPLAYNAME", &format!("USER bob DISPLAYNAME {name}"));
        }
        // The name that bob has for himself is another thing.
        stage.asks("GET USER bob FULLNAME", "USER bob FULLNAME bob");
        stage.never_heard(&["bob"], &["USER * DISPLAYNAME *"]);
        stage.starts_again("alice");
        stage.asks("GET USER bob DISPLAYNAME", "USER bob DISPLAYNAME Robert");
        stage.asks("SET USER bob DISPLAYNAME ", "USER bob DISPLAYNAME ");
        stage.hears("alice", "USER bob DISPLAYNAME ");
        stage.asks("GET USER bob DISPLAYNAME", "USER bob DISPLAYNAME ");
    };

    a_short_number_is_kept plays ["SET USER SPEEDDIAL", "USER SPEEDDIAL"] |stage| {
        stage.asks("GET USER bob SPEEDDIAL", "USER bob SPEEDDIAL ");
        stage.asks("set user Bob speeddial 12", "USER Bob SPEEDDIAL 12");
        stage.asks("GET USER bob SPEEDDIAL", "USER bob SPEEDDIAL 12");
        stage.starts_again("alice");
        stage.asks("GET USER bob SPEEDDIAL", "USER bob SPEEDDIAL 12");
        stage.asks("SET USER bob SPEEDDIAL ", "USER bob SPEEDDIAL ");
        stage.asks("GET USER bob SPEEDDIAL", "USER bob SPEEDDIAL ");
    };

    wrong_changes_have_their_numbers plays [
        "SET USER BUDDYSTATUS 1", "SET USER BUDDYSTATUS 2", "SET USER ISAUTHORIZED", "SET USER ISBLOCKED",
        "SET USER DISPLAYNAME",
    ] |stage| {
        for (line, code) in [
            ("SET USER bob BUDDYSTATUS", 518),
            ("SET USER bob BUDDYSTATUS 0", 518),
            ("SET USER bob BUDDYSTATUS 3", 518),
            ("SET USER bob ISAUTHORIZED perhaps", 516),
            ("SET USER bob ISBLOCKED", 516),
            ("SET USER b:b ISBLOCKED TRUE", 8),
            ("SET USER 1b BUDDYSTATUS 2 hello", 8),
            ("SET USER", 8),
            ("SET USER bob CITY Tartu", 10),
        ] {
            stage.refused(line, code);
        }
        stage.asks("GET USER bob BUDDYSTATUS", "USER bob BUDDYSTATUS 3");
        stage.asks("GET USER bob ISBLOCKED", "USER bob ISBLOCKED FALSE");
    };
}
