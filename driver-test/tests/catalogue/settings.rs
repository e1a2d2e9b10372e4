//! Rows of the parameters that are kept for clients, though nothing goes by them.
//! Never about the own picture, which is a parameter too: see `avatars`.

use crate::stage::Stage;

/// A parameter, what it is at first, what it can be made, and what a wrong value comes to, if any is wrong.
type Setting = (&'static str, &'static str, &'static str, Option<u16>);

const SETTINGS: &[Setting] = &[
    ("AUTOAWAY", "OFF", "ON", Some(53)),
    ("PCSPEAKER", "ON", "OFF", Some(33)),
    ("AEC", "ON", "OFF", Some(570)),
    ("AGC", "ON", "OFF", Some(572)),
    ("AUDIO_IN", "", "A Microphone", None),
    ("AUDIO_OUT", "", "Loud Speakers", None),
    ("RINGER", "", "PC; Speaker # 1", None),
    ("VIDEO_IN", "", "the camera", None),
    ("UI_LANGUAGE", "en", "et", None),
    ("WALLPAPER", "", "C:\\My Pictures\\sea view.jpg", None),
    ("RINGTONE 1", "call_in", "/sounds/a bell.wav", None),
];

/// The same for what is over when the program ends.
const OF_THE_MOMENT: &[Setting] = &[
    ("SILENT_MODE", "OFF", "ON", None),
    ("WINDOWSTATE", "NORMAL", "HIDDEN", Some(33)),
];

/// Asks for it, sets it, asks again.
fn change(stage: &mut Stage, (name, first, then, wrong): Setting) {
    stage.asks(&format!("GET {name}"), &format!("{name} {first}"));
    let sloppy = name.to_lowercase().replace(' ', "  ");
    stage.asks(&format!("get  {sloppy} "), &format!("{name} {first}"));
    if let Some(code) = wrong {
        stage.refused(&format!("SET {name} perhaps"), code);
        stage.refused(&format!("SET {name}"), code);
        // Words are taken in any case, and said in upper case.
        let lower = then.to_lowercase();
        stage.asks(
            &format!("set {sloppy}  {lower} "),
            &format!("{name} {then}"),
        );
    } else {
        stage.asks(&format!("set {sloppy} {then}"), &format!("{name} {then}"));
    }
    stage.asks(&format!("GET {name}"), &format!("{name} {then}"));
}

rows! {
    what_is_set_is_kept plays [
        "GET AUTOAWAY", "SET AUTOAWAY", "GET PCSPEAKER", "SET PCSPEAKER", "GET AEC", "SET AEC", "GET AGC", "SET AGC",
        "GET AUDIO_IN", "SET AUDIO_IN", "GET AUDIO_OUT", "SET AUDIO_OUT", "GET RINGER", "SET RINGER",
        "GET VIDEO_IN", "SET VIDEO_IN", "GET UI_LANGUAGE", "SET UI_LANGUAGE", "GET WALLPAPER", "SET WALLPAPER",
        "GET RINGTONE 1", "SET RINGTONE 1", "GET SILENT_MODE", "SET SILENT_MODE", "GET WINDOWSTATE",
        "SET WINDOWSTATE",
    ] |stage| {
        for setting in SETTINGS.iter().chain(OF_THE_MOMENT) {
            change(stage, *setting);
        }
        stage.asks("SET WALLPAPER ", "WALLPAPER ");
        stage.asks("GET WALLPAPER", "WALLPAPER ");
        stage.refused("GET AEC 1", 569);
        stage.refused("GET AGC 1", 571);
        // Bob has a program of his own.
        stage.asks_as("bob", "GET UI_LANGUAGE", "UI_LANGUAGE en");
    };

    what_is_set_outlives_the_program_but_for_what_concerns_the_moment plays [
        "SET AUTOAWAY", "SET PCSPEAKER", "SET AEC", "SET AGC", "SET AUDIO_IN", "SET AUDIO_OUT", "SET RINGER",
        "SET VIDEO_IN", "SET UI_LANGUAGE", "SET WALLPAPER", "SET RINGTONE 1", "SET RINGTONE 1 STATUS",
        "SET SILENT_MODE", "SET WINDOWSTATE",
    ] |stage| {
        for (name, _, then, _) in SETTINGS.iter().chain(OF_THE_MOMENT) {
            stage.asks(&format!("SET {name} {then}"), &format!("{name} {then}"));
        }
        stage.asks("SET RINGTONE 1 STATUS OFF", "RINGTONE 1 OFF");
        stage.starts_again("alice");
        for (name, _, then, _) in SETTINGS {
            stage.asks(&format!("GET {name}"), &format!("{name} {then}"));
        }
        stage.asks("GET RINGTONE 1 STATUS", "RINGTONE 1 OFF");
        for (name, first, ..) in OF_THE_MOMENT {
            stage.asks(&format!("GET {name}"), &format!("{name} {first}"));
        }
    };

    a_ringtone_can_be_off plays ["GET RINGTONE 1 STATUS", "SET RINGTONE 1 STATUS"] |stage| {
        stage.asks("GET RINGTONE 1 STATUS", "RINGTONE 1 ON");
        stage.asks("set ringtone 1 status off ", "RINGTONE 1 OFF");
        stage.asks("get ringtone  1  status ", "RINGTONE 1 OFF");
        // The sound itself is another thing.
        stage.asks("GET RINGTONE 1", "RINGTONE 1 call_in");
        stage.refused("GET RINGTONE 2", 115);
        stage.refused("SET RINGTONE 2 x.wav", 115);
        stage.refused("GET RINGTONE", 115);
    };

    silence_is_never_refused plays ["SET SILENT_MODE"] |stage| {
        for (said, kept) in [("on", "ON"), ("perhaps", "OFF"), ("ON ", "ON"), ("", "OFF")] {
            stage.asks(&format!("SET SILENT_MODE {said}"), &format!("SILENT_MODE {kept}"));
            stage.asks("GET SILENT_MODE", &format!("SILENT_MODE {kept}"));
        }
    };

    every_window_state_is_taken plays ["SET WINDOWSTATE"] |stage| {
        for word in ["MINIMIZED", "MAXIMIZED", "HIDDEN", "NORMAL"] {
            stage.asks(&format!("SET WINDOWSTATE {word}"), &format!("WINDOWSTATE {word}"));
            stage.hears("alice", &format!("WINDOWSTATE {word}"));
        }
    };

    all_clients_of_the_user_are_told_of_another_value_and_nobody_else plays [
        "notice WINDOWSTATE", "notice SILENT_MODE", "notice AUTOAWAY", "notice UI_LANGUAGE", "notice WALLPAPER",
        "notice AUDIO_IN", "notice AUDIO_OUT", "notice RINGER",
    ] |stage| {
        let other = stage.second_client("alice");
        for (name, value) in [
            ("WINDOWSTATE", "MAXIMIZED"),
            ("SILENT_MODE", "ON"),
            ("AUTOAWAY", "ON"),
            ("UI_LANGUAGE", "de"),
            ("WALLPAPER", "/a b"),
            ("WALLPAPER", ""),
            ("AUDIO_IN", "one"),
            ("AUDIO_OUT", "two"),
            ("RINGER", "three"),
        ] {
            let line = format!("{name} {value}");
            stage.asks(&format!("SET {name} {value}"), &line);
            stage.hears("alice", &line);
            stage.hears(&other, &line);
            // What stays as it is, is no news.
            let told = stage.world.person(&other).count(&line);
            stage.asks(&format!("SET {name} {value}"), &line);
            stage.asks_as(&other, "PING", "PONG");
            assert_eq!(stage.world.person(&other).count(&line), told, "{line}");
            stage.never_heard(&["bob"], &[&line]);
        }
    };
}
