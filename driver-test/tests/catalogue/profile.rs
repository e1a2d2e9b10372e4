//! Rows of the own profile.
//! Never about what others have in theirs: see `users`.

/// What is kept, what it is at first, and what it may be.
const KEPT: &[(&str, &str, &str)] = &[
    ("BIRTHDAY", "0", "19800131"),
    ("SEX", "UNKNOWN", "FEMALE"),
    ("LANGUAGES", "", "et de en"),
    ("COUNTRY", "", "ee Estonia"),
    ("PROVINCE", "", "Tartumaa"),
    ("CITY", "", "Tartu; # 2"),
    ("PHONE_HOME", "", "+372 5551"),
    ("PHONE_OFFICE", "", "+372 5552"),
    ("PHONE_MOBILE", "", "+372 5553"),
    ("HOMEPAGE", "", "http://example.org/~alice"),
    ("ABOUT", "", "one line\nand another"),
    ("TIMEZONE", "0", "90000"),
    ("RICH_MOOD_TEXT", "", "<b>on</b>  air"),
];

const NEVER_SET: &[(&str, &str)] = &[
    ("IPCOUNTRY", ""),
    ("PSTN_BALANCE", "0"),
    ("PSTN_BALANCE_CURRENCY", "EUR"),
    ("SMS_VALIDATED_NUMBERS", ""),
];

/// What could be set if there were telephones to forward calls to.
const OF_CALLS: &[(&str, &str, &str)] = &[
    ("CALL_APPLY_CF", "FALSE", "TRUE"),
    ("CALL_SEND_TO_VM", "FALSE", "FALSE"),
    ("CALL_NOANSWER_TIMEOUT", "15", "30"),
    ("CALL_FORWARD_RULES", "", "0,60,+3725551"),
];

rows! {
    what_the_user_writes_into_his_profile_is_kept_and_told plays [
        "GET PROFILE", "SET PROFILE", "PROFILE BIRTHDAY", "PROFILE SEX", "PROFILE LANGUAGES", "PROFILE COUNTRY",
        "PROFILE PROVINCE", "PROFILE CITY", "PROFILE PHONE_HOME", "PROFILE PHONE_OFFICE", "PROFILE PHONE_MOBILE",
        "PROFILE HOMEPAGE", "PROFILE ABOUT", "PROFILE TIMEZONE", "PROFILE RICH_MOOD_TEXT",
    ] |stage| {
        let other = stage.second_client("alice");
        for (property, first, then) in KEPT {
            let lower = property.to_lowercase();
            let line = format!("PROFILE {property} {then}");
            stage.asks(&format!("GET PROFILE {property}"), &format!("PROFILE {property} {first}"));
            stage.asks(&format!("set profile  {lower} {then}"), &line);
            stage.hears("alice", &line);
            stage.hears(&other, &line);
            stage.asks(&format!("get  profile {lower} "), &line);
        }
        stage.starts_again("alice");
        for (property, first, then) in KEPT {
            stage.asks(&format!("GET PROFILE {property}"), &format!("PROFILE {property} {then}"));
            stage.asks(&format!("SET PROFILE {property} {first}"), &format!("PROFILE {property} {first}"));
            stage.asks(&format!("GET PROFILE {property}"), &format!("PROFILE {property} {first}"));
        }
    };

    the_own_name_is_seen_by_contacts plays ["PROFILE FULLNAME", "SET PROFILE"] |stage| {
        stage.asks("GET PROFILE FULLNAME", "PROFILE FULLNAME alice");
        stage.asks("SET PROFILE FULLNAME Alice A.  Adams", "PROFILE FULLNAME Alice A.  Adams");
        stage.hears("alice", "PROFILE FULLNAME Alice A.  Adams");
        stage.hears("alice", "USER alice FULLNAME Alice A.  Adams");
        stage.hears("bob", "USER alice FULLNAME Alice A.  Adams");
        stage.starts_again("alice");
        stage.asks("GET PROFILE FULLNAME", "PROFILE FULLNAME Alice A.  Adams");
    };

    the_own_mood_is_seen_by_contacts plays [
        "PROFILE MOOD_TEXT", "PROFILE RICH_MOOD_TEXT", "SET PROFILE", "notice USER MOOD_TEXT",
    ] |stage| {
        stage.asks("GET PROFILE MOOD_TEXT", "PROFILE MOOD_TEXT ");
        stage.asks("SET PROFILE MOOD_TEXT so so", "PROFILE MOOD_TEXT so so");
        stage.hears("alice", "PROFILE MOOD_TEXT so so");
        stage.hears("alice", "USER alice MOOD_TEXT so so");
        stage.hears("bob", "USER alice MOOD_TEXT so so");
        // The one with tags fills the one without, which takes the one with tags away.
        stage.asks("SET PROFILE RICH_MOOD_TEXT <i>very</i> well", "PROFILE RICH_MOOD_TEXT <i>very</i> well");
        stage.hears("bob", "USER alice MOOD_TEXT very well");
        stage.asks("GET PROFILE MOOD_TEXT", "PROFILE MOOD_TEXT very well");
        stage.asks("SET PROFILE MOOD_TEXT ", "PROFILE MOOD_TEXT ");
        stage.hears("bob", "USER alice MOOD_TEXT ");
        stage.asks("GET PROFILE RICH_MOOD_TEXT", "PROFILE RICH_MOOD_TEXT ");
        stage.asks("SET PROFILE MOOD_TEXT lasting", "PROFILE MOOD_TEXT lasting");
        stage.starts_again("alice");
        stage.asks("GET PROFILE MOOD_TEXT", "PROFILE MOOD_TEXT lasting");
        stage.asks_as("bob", "GET USER alice MOOD_TEXT", "USER alice MOOD_TEXT lasting");
    };

    what_telephones_would_bring_has_a_value_that_stays plays [
        "PROFILE IPCOUNTRY", "PROFILE PSTN_BALANCE", "PROFILE PSTN_BALANCE_CURRENCY", "PROFILE SMS_VALIDATED_NUMBERS",
        "PROFILE CALL_APPLY_CF", "PROFILE CALL_SEND_TO_VM", "PROFILE CALL_NOANSWER_TIMEOUT",
        "PROFILE CALL_FORWARD_RULES",
    ] |stage| {
        for (property, value) in NEVER_SET {
            let lower = property.to_lowercase();
            stage.asks(&format!("get profile {lower} "), &format!("PROFILE {property} {value}"));
            stage.refused(&format!("SET PROFILE {property} {value}"), 552);
        }
        for (property, value, then) in OF_CALLS {
            stage.asks(&format!("GET PROFILE {property}"), &format!("PROFILE {property} {value}"));
            stage.asks(&format!("SET PROFILE {property} {then}"), &format!("PROFILE {property} {then}"));
        }
        stage.refused("SET PROFILE CALL_SEND_TO_VM TRUE", 553);
        for (property, value, _) in OF_CALLS {
            stage.asks(&format!("GET PROFILE {property}"), &format!("PROFILE {property} {value}"));
        }
    };

    unknown_properties_of_the_profile_are_refused plays ["GET PROFILE", "SET PROFILE"] |stage| {
        stage.refused("GET PROFILE", 7);
        stage.refused("GET PROFILE SHOESIZE", 10);
        stage.refused("SET PROFILE", 552);
        stage.refused("SET PROFILE SHOESIZE 38", 552);
    };
}
