//! Rows of what clients ask about users.
//! Never changes a contact: see `contacts`.

use crate::town::SECONDS;

/// What is the same for everybody.
const ALWAYS: &[(&str, &str)] = &[
    ("BIRTHDAY", "0"),
    ("SEX", "UNKNOWN"),
    ("LANGUAGE", ""),
    ("COUNTRY", ""),
    ("PROVINCE", ""),
    ("CITY", ""),
    ("PHONE_HOME", ""),
    ("PHONE_OFFICE", ""),
    ("PHONE_MOBILE", ""),
    ("HOMEPAGE", ""),
    ("ABOUT", ""),
    ("HASCALLEQUIPMENT", "TRUE"),
    ("IS_VIDEO_CAPABLE", "FALSE"),
    ("IS_VOICEMAIL_CAPABLE", "FALSE"),
    ("CAN_LEAVE_VM", "FALSE"),
    ("IS_CF_ACTIVE", "FALSE"),
    ("LASTONLINETIMESTAMP", "0"),
    ("RICH_MOOD_TEXT", ""),
    ("ALIASES", ""),
    ("TIMEZONE", "0"),
    ("NROF_AUTHED_BUDDIES", "0"),
];

/// What is said of somebody who is unknown here.
const OF_A_STRANGER: &[(&str, &str)] = &[
    ("DISPLAYNAME", ""),
    ("BUDDYSTATUS", "0"),
    ("ISAUTHORIZED", "FALSE"),
    ("ISBLOCKED", "FALSE"),
    ("ONLINESTATUS", "OFFLINE"),
    ("SPEEDDIAL", ""),
    ("RECEIVEDAUTHREQUEST", ""),
    ("MOOD_TEXT", ""),
];

rows! {
    what_nobody_knows_of_anybody_has_a_value_all_the_same plays [
        "GET USER", "USER BIRTHDAY", "USER SEX", "USER LANGUAGE", "USER COUNTRY", "USER PROVINCE", "USER CITY",
        "USER PHONE_HOME", "USER PHONE_OFFICE", "USER PHONE_MOBILE", "USER HOMEPAGE", "USER ABOUT",
        "USER HASCALLEQUIPMENT", "USER IS_VIDEO_CAPABLE", "USER IS_VOICEMAIL_CAPABLE", "USER CAN_LEAVE_VM",
        "USER IS_CF_ACTIVE", "USER LASTONLINETIMESTAMP", "USER RICH_MOOD_TEXT", "USER ALIASES", "USER TIMEZONE",
        "USER NROF_AUTHED_BUDDIES",
    ] |stage| {
        // Whatever bob says of himself to his own program stays there.
        stage.asks_as("bob", "SET PROFILE CITY Tartu", "PROFILE CITY Tartu");
        stage.asks_as("bob", "SET PROFILE BIRTHDAY 19800101", "PROFILE BIRTHDAY 19800101");
        for handle in ["bob", "BoB", "nobody.here", "echo123", "alice", "+3725551234"] {
            for (property, value) in ALWAYS {
                stage.asks(&format!("GET USER {handle} {property}"), &format!("USER {handle} {property} {value}"));
            }
        }
        for protocol in ["PROTOCOL 1", "PROTOCOL 3", "PROTOCOL 7"] {
            stage.asks(protocol, protocol);
            for (property, value) in ALWAYS {
                let lower = property.to_lowercase();
                stage.asks(&format!("get  user Bob  {lower} "), &format!("USER Bob {property} {value}"));
            }
        }
    };

    no_question_about_a_stranger_is_refused plays [
        "GET USER", "USER HANDLE", "USER DISPLAYNAME", "USER BUDDYSTATUS", "USER ISAUTHORIZED", "USER ISBLOCKED",
        "USER ONLINESTATUS", "USER SPEEDDIAL", "USER RECEIVEDAUTHREQUEST", "USER MOOD_TEXT",
    ] |stage| {
        for handle in ["nobody", "No-Body_1.2,3", "x", "+4912345"] {
            for (property, value) in OF_A_STRANGER {
                stage.asks(&format!("GET USER {handle} {property}"), &format!("USER {handle} {property} {value}"));
            }
            stage.asks(&format!("GET USER {handle} HANDLE"), &format!("USER {handle} HANDLE {handle}"));
            stage.asks(&format!("GET USER {handle} FULLNAME"), &format!("USER {handle} FULLNAME *"));
        }
    };

    questions_that_make_no_sense_have_their_numbers plays ["GET USER"] |stage| {
        stage.refused("GET USER", 8);
        for handle in ["1bob", "b:ob", "b#ob", "b\u{f6}b"] {
            stage.refused(&format!("GET USER {handle} FULLNAME"), 8);
        }
        let long = "b".repeat(33);
        stage.refused(&format!("GET USER {long} FULLNAME"), 8);
        for line in ["GET USER bob", "GET USER bob ", "GET USER bob SHOESIZE", "GET USER bob FULL NAME"] {
            stage.refused(line, 10);
        }
    };

    a_contact_is_known_by_handle_and_name plays [
        "USER HANDLE", "USER FULLNAME", "notice USER FULLNAME",
    ] |stage| {
        stage.asks("GET USER bob HANDLE", "USER bob HANDLE bob");
        stage.asks("GET USER bob FULLNAME", "USER bob FULLNAME bob");
        stage.asks_as("bob", "SET PROFILE FULLNAME Bob; the 1st, of #x", "PROFILE FULLNAME Bob; the 1st, of #x");
        stage.hears("alice", "USER bob FULLNAME Bob; the 1st, of #x");
        stage.asks("GET USER bob FULLNAME", "USER bob FULLNAME Bob; the 1st, of #x");
        stage.asks("get user BOB fullname ", "USER BOB FULLNAME Bob; the 1st, of #x");
        // His own program says the same.
        stage.asks_as("bob", "GET USER bob FULLNAME", "USER bob FULLNAME Bob; the 1st, of #x");
        stage.asks("GET USER alice FULLNAME", "USER alice FULLNAME alice");
    };

    the_mood_of_a_contact_is_seen plays ["USER MOOD_TEXT", "notice USER MOOD_TEXT"] |stage| {
        stage.asks("GET USER bob MOOD_TEXT", "USER bob MOOD_TEXT ");
        stage.asks_as("bob", "SET PROFILE MOOD_TEXT on  air; \u{fc}!", "PROFILE MOOD_TEXT on  air; \u{fc}!");
        stage.hears("alice", "USER bob MOOD_TEXT on  air; \u{fc}!");
        stage.asks("GET USER Bob MOOD_TEXT", "USER Bob MOOD_TEXT on  air; \u{fc}!");
        stage.asks_as("bob", "SET PROFILE MOOD_TEXT", "PROFILE MOOD_TEXT ");
        stage.hears("alice", "USER bob MOOD_TEXT ");
        stage.asks("GET USER bob MOOD_TEXT", "USER bob MOOD_TEXT ");
    };

    whether_a_contact_is_there_is_seen_and_told_only_when_it_changes plays [
        "USER ONLINESTATUS", "notice USER ONLINESTATUS",
    ] |stage| {
        stage.asks("GET USER bob ONLINESTATUS", "USER bob ONLINESTATUS ONLINE");
        for (word, seen) in [("AWAY", "AWAY"), ("DND", "DND"), ("INVISIBLE", "OFFLINE"), ("ONLINE", "ONLINE")] {
            stage.asks_as("bob", &format!("SET USERSTATUS {word}"), &format!("USERSTATUS {word}"));
            stage.hears("alice", &format!("USER bob ONLINESTATUS {seen}"));
            stage.asks("GET USER bob ONLINESTATUS", &format!("USER bob ONLINESTATUS {seen}"));
        }
        let told = stage.world.person("alice").count("USER bob ONLINESTATUS *");
        stage.asks_as("bob", "SET USERSTATUS ONLINE", "USERSTATUS ONLINE");
        stage.world.run_for(SECONDS(5));
        assert_eq!(stage.world.person("alice").count("USER bob ONLINESTATUS *"), told);
        // Nobody is ever shown as unknown: one client takes such contacts off its list.
        stage.never_heard(&["alice", "bob"], &["*ONLINESTATUS UNKNOWN"]);
    };

    the_own_user_is_a_user_too plays [
        "USER HANDLE", "USER FULLNAME", "USER ISAUTHORIZED", "USER ONLINESTATUS", "USER MOOD_TEXT", "USER CITY",
    ] |stage| {
        stage.asks("SET PROFILE MOOD_TEXT fine", "PROFILE MOOD_TEXT fine");
        stage.asks("SET PROFILE CITY Tartu", "PROFILE CITY Tartu");
        stage.asks("SET USERSTATUS AWAY", "USERSTATUS AWAY");
        for (property, value) in [
            ("HANDLE", "alice"),
            ("FULLNAME", "alice"),
            ("ONLINESTATUS", "AWAY"),
            ("MOOD_TEXT", "fine"),
            ("CITY", "Tartu"),
            ("BUDDYSTATUS", "0"),
            ("ISBLOCKED", "FALSE"),
            ("RECEIVEDAUTHREQUEST", ""),
        ] {
            stage.asks(&format!("GET USER alice {property}"), &format!("USER alice {property} {value}"));
        }
        stage.asks("SET USERSTATUS INVISIBLE", "USERSTATUS INVISIBLE");
        stage.world.run_for(SECONDS(1));
        stage.asks("GET USER alice ONLINESTATUS", "USER alice ONLINESTATUS OFFLINE");
    };
}
