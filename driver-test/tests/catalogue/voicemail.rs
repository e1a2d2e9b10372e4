//! Rows of voicemail, of which there is none.
//! Never leaves any.

use crate::scenes::all_refused;

rows! {
    nobody_can_be_left_a_voicemail plays ["VOICEMAIL", "CALLVOICEMAIL"] |stage| {
        all_refused(stage, &[
            ("VOICEMAIL bob", 110),
            ("CALLVOICEMAIL bob", 110),
            ("callvoicemail  Bob ", 110),
            ("VOICEMAIL", 110),
            ("CALLVOICEMAIL b/b", 110),
        ]);
    };

    no_voicemail_can_be_opened plays ["OPEN VOICEMAIL"] |stage| {
        all_refused(stage, &[("OPEN VOICEMAIL 7", 512), ("open voicemail", 512)]);
    };

    no_voicemail_can_be_asked_about plays [
        "GET VOICEMAIL", "VOICEMAIL TYPE", "VOICEMAIL PARTNER_HANDLE", "VOICEMAIL PARTNER_DISPNAME",
        "VOICEMAIL STATUS", "VOICEMAIL FAILUREREASON", "VOICEMAIL SUBJECT", "VOICEMAIL TIMESTAMP",
        "VOICEMAIL DURATION", "VOICEMAIL ALLOWED_DURATION", "VOICEMAIL INPUT", "VOICEMAIL OUTPUT",
        "VOICEMAIL CAPTURE_MIC",
    ] |stage| {
        for property in [
            "TYPE", "PARTNER_HANDLE", "PARTNER_DISPNAME", "STATUS", "FAILUREREASON", "SUBJECT",
            "TIMESTAMP", "DURATION", "ALLOWED_DURATION", "INPUT", "OUTPUT", "CAPTURE_MIC",
        ] {
            stage.refused(&format!("GET VOICEMAIL 7 {property}"), 513);
        }
        all_refused(stage, &[
            ("get  voicemail 7 status ", 513),
            ("GET VOICEMAIL 7 NONSENSE", 513),
            ("GET VOICEMAIL x STATUS", 513),
            ("GET VOICEMAIL", 513),
            ("GET VOICEMAIL 7", 514),
        ]);
    };

    nothing_can_be_done_to_a_voicemail plays [
        "ALTER VOICEMAIL STARTPLAYBACK", "ALTER VOICEMAIL STOPPLAYBACK", "ALTER VOICEMAIL UPLOAD",
        "ALTER VOICEMAIL DOWNLOAD", "ALTER VOICEMAIL STARTRECORDING",
        "ALTER VOICEMAIL STOPRECORDING", "ALTER VOICEMAIL DELETE",
        "ALTER VOICEMAIL STARTPLAYBACKINCALL", "ALTER VOICEMAIL SETUNPLAYED",
        "ALTER VOICEMAIL SET_INPUT", "ALTER VOICEMAIL SET_OUTPUT",
        "ALTER VOICEMAIL SET_CAPTURE_MIC",
    ] |stage| {
        for action in [
            "STARTPLAYBACK", "STOPPLAYBACK", "UPLOAD", "DOWNLOAD", "STARTRECORDING",
            "STOPRECORDING", "DELETE", "STARTPLAYBACKINCALL", "SETUNPLAYED",
            "SET_INPUT FILE=\"x.wav\"", "SET_OUTPUT PORT=\"1\"", "SET_CAPTURE_MIC PORT=\"1\"",
        ] {
            stage.refused(&format!("ALTER VOICEMAIL 7 {action}"), 529);
            stage.refused(&format!("alter voicemail  7 {} ", action.to_lowercase()), 529);
        }
        all_refused(stage, &[
            ("ALTER VOICEMAIL", 528),
            ("ALTER VOICEMAIL x DELETE", 529),
            ("ALTER VOICEMAIL 7", 530),
            ("ALTER VOICEMAIL 7 DANCE", 532),
        ]);
    };
}
