//! Case, spaces, tags, free text: how a command may be spelt.
//! Never about one command in particular.

use super::{check, check_confirmed, check_error};
use crate::skype::{Command, parse};

#[test]
fn keywords_are_taken_in_any_case_and_answered_in_upper_case() {
    check("ping", "PONG");
    check("gEt SkypeVersion", "SKYPEVERSION 3.8.0.188");
    check_confirmed("set autoaway off", "AUTOAWAY OFF");
    check("open addafriend", "OPEN ADDAFRIEND");
    check("btn_pressed pageup", "BTN_PRESSED PAGEUP");
    check_confirmed("create application Foo", "CREATE APPLICATION Foo");
}

#[test]
fn names_and_numbers_keep_the_spelling_of_the_client() {
    check(
        "GET USER NoRa FULLNAME",
        r#"GetUser { handle: "NoRa", property: FullName }"#,
    );
    check_confirmed(
        "alter application Foo connect NoRa",
        "ALTER APPLICATION Foo CONNECT NoRa",
    );
    check_confirmed("set group 007 displayname X", "GROUP 007 DISPLAYNAME X");
    let asked = parse("GET CHATMESSAGE 0042 BODY");
    let Ok(Command::GetMessage { id, .. }) = asked.body else {
        panic!("a number with zeros in front is a number");
    };
    assert_eq!(id.number(), 42);
    assert_eq!(alloc::format!("{id}"), "0042");
}

#[test]
fn spaces_between_tokens_may_be_several_and_trail() {
    check("  PING  ", "PONG");
    check("GET   USERSTATUS ", "GetUserStatus");
    check("SEARCH CALLS ", "Search(Calls { with: None })");
    check("SEARCH FRIENDS ", "Search(Friends)");
    check("SET  USERSTATUS  AWAY ", "SetUserStatus(Away)");
    check(
        "ALTER CHAT  #a/$b  LEAVE ",
        r##"AlterChat { chat: "#a/$b", action: Leave }"##,
    );
    check(
        "GET CALL 12 PARTNER_HANDLE ",
        "GetCall { call: Id { number: 12, written: None }, property: PartnerHandle }",
    );
    check("OPEN  IM   nora", "OPEN IM nora");
}

#[test]
fn one_space_stands_before_free_text_and_the_rest_belongs_to_it() {
    check(
        "MESSAGE  nora  two  spaces ",
        r#"Message { to: "nora", body: " two  spaces " }"#,
    );
    check(
        "SET PROFILE MOOD_TEXT  x ",
        r#"SetProfile { property: MoodText, value: " x " }"#,
    );
    check(
        "MESSAGE nora first\nsecond",
        r#"Message { to: "nora", body: "first\nsecond" }"#,
    );
    check("OPEN IM nora hello  there ", "OPEN IM nora hello  there ");
}

#[test]
fn a_tag_is_any_text_up_to_the_first_space() {
    check("#1 PING", "#1 PONG");
    check(
        "#UWA SEARCH USERSWAITINGMYAUTHORIZATION",
        "#UWA Search(UsersWaitingMyAuthorization)",
    );
    check("#FT FILE", "#FT ERROR 2");
    check("#gö-7!   PING", "#gö-7! PONG");
    check("# PING", "# PONG");
    check(" #5 PING", "#5 PONG");
}

#[test]
fn nothing_at_all_is_a_syntax_error_and_keeps_its_tag() {
    check_error(1, &["", " ", "   "]);
    check("#5", "#5 ERROR 1");
    check("#5 ", "#5 ERROR 1");
    check("#", "# ERROR 1");
}

#[test]
fn an_unknown_verb_is_an_unknown_command() {
    check_error(
        2,
        &[
            "FOO",
            "GETUSER",
            "QUIT",
            "READY",
            "HOOK ON",
            "CLOSE",
            "TRANSFER 1",
            "MARK 5",
            "FILE",
            "FILE nora \"x\"",
            "CHATFILE #a/$b \"x\"",
            "PING\n",
        ],
    );
}

#[test]
fn a_line_ends_at_its_first_nul() {
    check("PING\0garbage", "PONG");
    check("MESSAGE nora hi\0", r#"Message { to: "nora", body: "hi" }"#);
}
