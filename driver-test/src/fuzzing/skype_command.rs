//! Lines of the Skype API in both roles: commands as the daemon reads them, replies as a client does.
//! Never asks what a line means, only that both ways agree.

use imo2sproxy_core::skype::{
    Command, ErrorReply, NEWEST_PROTOCOL, Reply, Targets, dialog_partner, file_window_users, parse,
    plain_text, standing_answer,
};

/// How much longer than the command its answer may be, in bytes: names that stand for other names, and the texts of
/// errors.
const ANSWER_EXTRA: usize = 160;

/// A line of text. The first byte says in which protocol version it is answered and heard, the others are the line;
/// what is no UTF-8 in it is replaced, as a wire does.
///
/// # Panics
/// If a command, written again, is not read as the same; if a tag gets lost; if an answer holds a NUL, is much
/// longer than its command, or is not read as what it was; if a reply that was heard, written again, is not heard as
/// what is written so.
pub fn skype_command(data: &[u8]) {
    let Some((options, text)) = data.split_first() else {
        return;
    };
    let protocol = options % (NEWEST_PROTOCOL + 2);
    let text = String::from_utf8_lossy(text);
    asked(&text, protocol);
    heard(&text.replace('\0', ""), protocol);
    texts(&text);
}

/// The daemon's half.
fn asked(line: &str, protocol: u8) {
    let asked = parse(line);
    let tag = asked.tag.as_ref();
    assert!(tag.is_none_or(|tag| line.contains(&tag.to_string())));
    let command = match asked.body {
        Ok(command) => command,
        Err(error) => {
            assert!(ErrorReply::ALL.contains(&error), "an error without a row");
            return check_answer(&Reply::Error(error), protocol, line);
        }
    };
    let written = command.to_string();
    assert!(!written.contains('\0') && written.len() <= line.len() + ANSWER_EXTRA);
    assert_eq!(parse(&written).body, Ok(command), "written as {written:?}");
    let tagged = format!("#t {written}");
    let again = parse(&tagged);
    assert_eq!(again.tag.map(|tag| tag.to_string()), Some("#t".into()));
    assert_eq!(again.body, Ok(command), "the tag changes the command");

    check_answer(&command.echo(), protocol, line);
    if let Some(answer) = standing_answer(&command) {
        check_answer(&answer, protocol, line);
    }
    check_targets(&command);
}

/// Nobody is named who is not in the text.
fn check_targets(command: &Command<'_>) {
    let check = |targets: Targets<'_>| {
        for target in targets.iter() {
            assert!(!target.is_empty() && targets.text().contains(target));
        }
    };
    if let Command::ChatCreate { targets } | Command::Call { targets } = command {
        check(*targets);
    }
    if let Command::Open { argument, .. } = command {
        for user in file_window_users(argument) {
            assert!(argument.contains(user));
        }
    }
}

/// An answer to `line` is one line of about its length, and a client reads it as what was said.
fn check_answer(answer: &Reply<'_>, protocol: u8, line: &str) {
    let said = written(answer, protocol);
    assert!(!said.contains('\0'), "a NUL in {said:?}");
    let longest = line.len() + ANSWER_EXTRA;
    assert!(said.len() <= longest, "{} bytes: {said:?}", said.len());
    let read = Reply::parse(&said, protocol).body;
    // An echo that looks like a property is read as one, and written as properties are: in capitals, with one space
    // between words, and one behind the name where there is no value. Old protocols have another name for a text.
    let again = written(&read, protocol);
    let is_same = folded(&again) == folded(&said);
    assert!(is_same, "{said:?} is heard as {read:?}, written {again:?}");
}

/// A line as it is where neither case nor the number of spaces matters, nor which of its two names a text has.
fn folded(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ").to_ascii_lowercase();
    line.replace("chatmessage", "message")
}

/// The client's half.
fn heard(line: &str, protocol: u8) {
    let first = Reply::parse(line, protocol);
    let mut said = String::new();
    first
        .body
        .write_line(protocol, first.tag.as_ref(), &mut said);
    let second = Reply::parse(&said, protocol);
    assert_eq!(first.tag, second.tag, "written as {said:?}");
    let mut again = String::new();
    second
        .body
        .write_line(protocol, second.tag.as_ref(), &mut again);
    // Old protocols leave the code of a language out; what is left may look as if it began with one again.
    let is_whole = protocol == NEWEST_PROTOCOL || !said.contains(" LANGUAGE ");
    assert!(again == said || !is_whole, "{said:?} is heard as {again:?}");
    assert!(
        again.len() <= said.len() || is_whole,
        "{again:?} is longer than {said:?}"
    );
    assert!(said.len() <= line.len() + ANSWER_EXTRA);
    if protocol == NEWEST_PROTOCOL {
        assert_eq!(first.body, second.body, "written as {said:?}");
    }
}

fn written(reply: &Reply<'_>, protocol: u8) -> String {
    let mut line = String::new();
    reply.write_line(protocol, None, &mut line);
    line
}

/// What is done to texts within lines.
fn texts(text: &str) {
    let plain = plain_text(text);
    assert!(plain.len() <= text.len());
    assert_eq!(plain_text(&plain), plain, "tags are left");
    if let Some((one, other)) = dialog_partner(text) {
        assert!(text.contains(one) && text.contains(other));
    }
}
