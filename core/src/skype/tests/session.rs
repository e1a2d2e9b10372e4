//! The session itself, the parameters, the searches.
//! Never about users, chats or messages.

use super::{check, check_confirmed, check_echo, check_error, line};
use crate::skype::{Command, Parameter, Reply, parse};

#[test]
fn the_session_commands() {
    assert_eq!(parse("NAME Demo app 1.0").body, Ok(Command::Name("Demo")));
    assert_eq!(parse("NAME").body, Ok(Command::Name("")));
    check("NAME Demo", "OK");
    check("PING", "PONG");
    check("RESETIDLETIMER", "RESETIDLETIMER");
    check_echo(&["FOCUS", "MINIMIZE"]);
    check_confirmed("MINIMIZE now", "MINIMIZE");
}

#[test]
fn a_protocol_version_is_any_number_from_one_on() {
    check("PROTOCOL 7", "Protocol(7)");
    check("PROTOCOL 9999", "Protocol(9999)");
    check("PROTOCOL 99999999999999999999", "Protocol(4294967295)");
    check_error(
        27,
        &[
            "PROTOCOL",
            "PROTOCOL x",
            "PROTOCOL -1",
            "PROTOCOL 0",
            "PROTOCOL 7 8",
            "PROTOCOL 7.0",
        ],
    );
}

#[test]
fn the_parameters_of_an_account() {
    check("GET CURRENTUSERHANDLE", "GetCurrentUserHandle");
    check("GET USERSTATUS", "GetUserStatus");
    check("GET CONNSTATUS", "GetConnStatus");
    check("SET CONNSTATUS online", "SetConnStatus(Online)");
    for (word, status) in [
        ("UNKNOWN", "Unknown"),
        ("ONLINE", "Online"),
        ("offline", "Offline"),
        ("SkypeMe", "SkypeMe"),
        ("AWAY", "Away"),
        ("NA", "NotAvailable"),
        ("DND", "DoNotDisturb"),
        ("INVISIBLE", "Invisible"),
        ("LOGGEDOUT", "LoggedOut"),
    ] {
        check(
            &alloc::format!("SET USERSTATUS {word}"),
            &alloc::format!("SetUserStatus({status})"),
        );
    }
    check_error(
        28,
        &["SET USERSTATUS", "SET USERSTATUS BUSY", "SET CONNSTATUS ?"],
    );
}

#[test]
fn parameters_that_nobody_can_change_have_one_answer() {
    for (asked, answer) in [
        ("SKYPEVERSION", "SKYPEVERSION 3.8.0.188"),
        ("PRIVILEGE SKYPEOUT", "PRIVILEGE SKYPEOUT FALSE"),
        ("PRIVILEGE SKYPEIN", "PRIVILEGE SKYPEIN FALSE"),
        ("PRIVILEGE VOICEMAIL", "PRIVILEGE VOICEMAIL FALSE"),
        ("MUTE", "MUTE OFF"),
        ("CONTACTS_FOCUSED", "CONTACTS FOCUSED "),
        ("PREDICTIVE_DIALER_COUNTRY", "PREDICTIVE_DIALER_COUNTRY us"),
    ] {
        check(&alloc::format!("GET {asked}"), answer);
    }
    check("SET MUTE ON", "MUTE OFF");
}

#[test]
fn parameters_that_are_kept_have_a_value_before_anybody_sets_one() {
    for (parameter, answer) in [
        (Parameter::AutoAway, "AUTOAWAY OFF"),
        (Parameter::SilentMode, "SILENT_MODE OFF"),
        (Parameter::AudioIn, "AUDIO_IN "),
        (Parameter::AudioOut, "AUDIO_OUT "),
        (Parameter::Ringer, "RINGER "),
        (Parameter::VideoIn, "VIDEO_IN "),
        (Parameter::PcSpeaker, "PCSPEAKER ON"),
        (Parameter::Aec, "AEC ON"),
        (Parameter::Agc, "AGC ON"),
        (Parameter::Ringtone, "RINGTONE 1 call_in"),
        (Parameter::RingtoneStatus, "RINGTONE 1 ON"),
        (Parameter::UiLanguage, "UI_LANGUAGE en"),
        (Parameter::Wallpaper, "WALLPAPER "),
        (Parameter::WindowState, "WINDOWSTATE NORMAL"),
    ] {
        let asked = alloc::format!("get {}", parameter.name().to_ascii_lowercase());
        assert_eq!(parse(&asked).body, Ok(Command::GetParameter(parameter)));
        let value = parameter.default_value().into();
        assert_eq!(line(7, &Reply::Parameter { parameter, value }), answer);
    }
}

#[test]
fn what_is_set_is_confirmed_by_its_name_and_value() {
    for (set, answer) in [
        ("AUTOAWAY OFF", "AUTOAWAY OFF"),
        ("SILENT_MODE ON", "SILENT_MODE ON"),
        ("SILENT_MODE perhaps", "SILENT_MODE OFF"),
        ("AUDIO_IN Some device", "AUDIO_IN Some device"),
        ("AUDIO_OUT x", "AUDIO_OUT x"),
        ("RINGER x", "RINGER x"),
        ("VIDEO_IN x", "VIDEO_IN x"),
        ("PCSPEAKER off", "PCSPEAKER OFF"),
        ("AEC OFF", "AEC OFF"),
        ("AGC ON", "AGC ON"),
        ("RINGTONE 1 /a b.wav", "RINGTONE 1 /a b.wav"),
        ("RINGTONE 1 STATUS off", "RINGTONE 1 OFF"),
        ("UI_LANGUAGE de", "UI_LANGUAGE de"),
        ("WALLPAPER /a/b.jpg", "WALLPAPER /a/b.jpg"),
        ("WALLPAPER", "WALLPAPER "),
        ("WINDOWSTATE hidden", "WINDOWSTATE HIDDEN"),
        ("AVATAR 1 /a/b.jpg:1", "AVATAR 1 /a/b.jpg"),
        ("AVATAR 1 C:\\b.jpg", "AVATAR 1 C:\\b.jpg"),
        ("AVATAR 1", "AVATAR 1 "),
        ("USERSTATUS dnd", "USERSTATUS DND"),
        ("CONNSTATUS away", "CONNSTATUS AWAY"),
    ] {
        check_confirmed(&alloc::format!("SET {set}"), answer);
    }
}

#[test]
fn parameters_refuse_what_they_cannot_be() {
    check_error(
        7,
        &[
            "GET",
            "GET FOO",
            "GET AUTH_CONTACTS_PROFILES",
            "GET SMS 1 BODY",
            "GET FILETRANSFER 1 TYPE",
        ],
    );
    check_error(
        18,
        &[
            "SET",
            "SET FOO x",
            "SET SKYPEVERSION 1",
            "SET CURRENTUSERHANDLE x",
            "SET SMS 1 BODY x",
        ],
    );
    check_error(40, &["GET PRIVILEGE", "GET PRIVILEGE FLYING"]);
    check_error(53, &["SET AUTOAWAY", "SET AUTOAWAY maybe"]);
    check_error(
        33,
        &[
            "SET MUTE",
            "SET PCSPEAKER x",
            "SET WINDOWSTATE x",
            "SET RINGTONE 1 STATUS x",
        ],
    );
    check_error(569, &["GET AEC x"]);
    check_error(570, &["SET AEC x"]);
    check_error(571, &["GET AGC x"]);
    check_error(572, &["SET AGC x"]);
    check_error(114, &["GET AVATAR", "GET AVATAR 2 /a", "SET AVATAR 2 /a"]);
    check_error(
        115,
        &["GET RINGTONE", "GET RINGTONE 2", "SET RINGTONE 2 /a"],
    );
    check("GET AVATAR 1 /a b.jpg", r#"GetAvatar { file: "/a b.jpg" }"#);
}

#[test]
fn searches_for_what_an_account_has() {
    for (search, expect) in [
        ("FRIENDS", "Friends"),
        ("USERS  nora n", r#"Users(" nora n")"#),
        ("USERSWAITINGMYAUTHORIZATION", "UsersWaitingMyAuthorization"),
        ("GROUPS", "Groups(All)"),
        ("GROUPS all", "Groups(All)"),
        ("GROUPS CUSTOM", "Groups(Custom)"),
        ("GROUPS HARDWIRED", "Groups(Hardwired)"),
        ("CHATS", "Chats(All)"),
        ("ACTIVECHATS", "Chats(Active)"),
        ("MISSEDCHATS", "Chats(Missed)"),
        ("RECENTCHATS", "Chats(Recent)"),
        ("BOOKMARKEDCHATS", "Chats(Bookmarked)"),
        (
            "CHATMESSAGES",
            "Messages { object: ChatMessage, with: None }",
        ),
        (
            "CHATMESSAGES Nora",
            r#"Messages { object: ChatMessage, with: Some("Nora") }"#,
        ),
        (
            "MESSAGES nora ",
            r#"Messages { object: Message, with: Some("nora") }"#,
        ),
        ("MISSEDCHATMESSAGES", "MissedMessages(ChatMessage)"),
        ("MISSEDMESSAGES", "MissedMessages(Message)"),
        ("CALLS", "Calls { with: None }"),
        ("CALLS nora", r#"Calls { with: Some("nora") }"#),
        ("CALLS +372555", r#"Calls { with: Some("+372555") }"#),
        ("ACTIVECALLS", "ActiveCalls"),
        ("MISSEDCALLS", "MissedCalls"),
    ] {
        check(
            &alloc::format!("SEARCH {search}"),
            &alloc::format!("Search({expect})"),
        );
    }
}

#[test]
fn searches_for_what_nobody_has_find_nothing() {
    check("SEARCH VOICEMAILS", "VOICEMAILS ");
    check("SEARCH MISSEDVOICEMAILS", "VOICEMAILS ");
    check("SEARCH SMSS", "SMSS ");
    check("SEARCH MISSEDSMSS", "SMSS ");
    check("SEARCH FILETRANSFERS", "FILETRANSFERS ");
    check("SEARCH ACTIVEFILETRANSFERS", "FILETRANSFERS ");
}

#[test]
fn searches_refuse_what_they_cannot_look_for() {
    check_error(3, &["SEARCH", "SEARCH FOO", "SEARCH ACTIVECALLS nora"]);
    check_error(4, &["SEARCH USERS", "SEARCH USERS   "]);
    check_error(
        5,
        &[
            "SEARCH MESSAGES ?",
            "SEARCH MESSAGES nora pavel",
            "SEARCH CALLS ?",
        ],
    );
    check_error(6, &["SEARCH MISSEDCALLS nora"]);
    check_error(
        8,
        &["SEARCH CHATMESSAGES 12", "SEARCH CHATMESSAGES nora pavel"],
    );
    check_error(
        29,
        &[
            "SEARCH USERSWAITINGMYAUTHORIZATION x",
            "SEARCH ACTIVECHATS x",
            "SEARCH MISSEDCHATS x",
            "SEARCH RECENTCHATS x",
            "SEARCH BOOKMARKEDCHATS x",
            "SEARCH MISSEDCHATMESSAGES x",
            "SEARCH MISSEDMESSAGES x",
            "SEARCH VOICEMAILS x",
            "SEARCH MISSEDVOICEMAILS x",
        ],
    );
    check_error(67, &["SEARCH FRIENDS nora"]);
    check_error(107, &["SEARCH CHATS x"]);
    check_error(534, &["SEARCH GREETING", "SEARCH GREETING ?"]);
    check_error(535, &["SEARCH GREETING nora"]);
    check_error(561, &["SEARCH GROUPS MINE"]);
}
