//! Rows of messages to telephones, of which there are none.
//! Never sends one.

use crate::scenes::all_refused;

rows! {
    no_message_to_a_telephone_can_be_made plays [
        "CREATE SMS OUTGOING", "CREATE SMS CONFIRMATION_CODE_REQUEST",
        "CREATE SMS CONFIRMATION_CODE_SUBMIT",
    ] |stage| {
        all_refused(stage, &[
            ("CREATE SMS OUTGOING +4930123456", 537),
            ("create  sms outgoing +4930123456, +4930123457 ", 537),
            ("CREATE SMS CONFIRMATION_CODE_REQUEST +4930123456", 537),
            ("CREATE SMS CONFIRMATION_CODE_SUBMIT +4930123456 1234", 537),
            ("CREATE SMS", 537),
            ("CREATE", 536),
        ]);
    };

    nothing_can_be_done_to_a_message_to_a_telephone plays [
        "SET SMS BODY", "SET SMS REPLY_TO_NUMBER", "SET SMS TARGET_NUMBERS", "ALTER SMS SEND",
        "DELETE SMS",
    ] |stage| {
        all_refused(stage, &[
            ("SET SMS 7 BODY \"hello there\"", 18),
            ("set sms 7 reply_to_number +4930123456", 18),
            ("SET SMS 7 TARGET_NUMBERS +4930123456, +4930123457", 18),
            ("SET SMS 7 NONSENSE x", 18),
            ("SET SMS x BODY x", 18),
            ("ALTER SMS 7 SEND", 527),
            ("alter sms  7 send ", 527),
            ("ALTER SMS 7 DANCE", 527),
            ("DELETE SMS 7", 539),
            ("delete sms x", 539),
        ]);
    };

    a_message_to_a_telephone_is_seen plays ["SET SMS SEEN"] |stage| {
        stage.asks("SET SMS 7 SEEN", "SMS 7 SEEN TRUE");
        stage.asks("set  sms 007 seen ", "SMS 007 SEEN TRUE");
        stage.refused("SET SMS x SEEN", 18);
    };

    no_message_to_a_telephone_can_be_asked_about plays [
        "GET SMS", "GET SMS CHUNKING", "GET SMS CHUNK", "SMS BODY", "SMS TYPE", "SMS STATUS",
        "SMS FAILUREREASON", "SMS IS_FAILED_UNSEEN", "SMS SEEN", "SMS TIMESTAMP", "SMS PRICE",
        "SMS PRICE_PRECISION", "SMS PRICE_CURRENCY", "SMS REPLY_TO_NUMBER", "SMS TARGET_NUMBERS",
        "SMS TARGET_STATUSES", "SMS CHUNKING", "SMS CHUNK",
    ] |stage| {
        for property in [
            "BODY", "TYPE", "STATUS", "FAILUREREASON", "IS_FAILED_UNSEEN", "SEEN", "TIMESTAMP",
            "PRICE", "PRICE_PRECISION", "PRICE_CURRENCY", "REPLY_TO_NUMBER", "TARGET_NUMBERS",
            "TARGET_STATUSES", "CHUNKING", "CHUNK 1", "CHUNK",
        ] {
            stage.refused(&format!("GET SMS 7 {property}"), 7);
            stage.refused(&format!("get sms  7 {} ", property.to_lowercase()), 7);
        }
        all_refused(stage, &[("GET SMS 7", 7), ("GET SMS x STATUS", 7), ("GET SMS", 7)]);
    };
}
