//! Lines of clients: what can be said to the daemon, with places for what the data chooses.
//! Never says anything by itself.

use crate::fuzzing::reader::Reader;
use crate::fuzzing::visitor::Visitor;

/// Places: `@h` a handle, `@i` the number or name of something that was heard of, `@t` a text, `@s` a status,
/// `@p` a property, `@f` a file.
const TEMPLATES: &[&str] = &[
    "PING",
    "PROTOCOL 7",
    "PROTOCOL 1",
    "PROTOCOL 8",
    "NAME @t",
    "GET CURRENTUSERHANDLE",
    "GET USERSTATUS",
    "SET USERSTATUS @s",
    "GET CONNSTATUS",
    "SET CONNSTATUS @s",
    "MESSAGE @h @t",
    "CHATMESSAGE @i @t",
    "GET CHATMESSAGE @i @p",
    "GET MESSAGE @i @p",
    "SET CHATMESSAGE @i SEEN",
    "SET MESSAGE @i SEEN",
    "SET CHATMESSAGE @i BODY @t",
    "CHAT CREATE @h",
    "CHAT CREATE @h, carol",
    "CHAT CREATE",
    "CHAT CREATEUSINGBLOB @t",
    "CHAT FINDUSINGBLOB @t",
    "GET CHAT @i @p",
    "SET CHAT @i DESCRIPTION @t",
    "ALTER CHAT @i SETTOPIC @t",
    "ALTER CHAT @i ADDMEMBERS @h",
    "ALTER CHAT @i KICK @h",
    "ALTER CHAT @i KICKBAN @h",
    "ALTER CHAT @i LEAVE",
    "ALTER CHAT @i JOIN",
    "ALTER CHAT @i BOOKMARK",
    "ALTER CHAT @i UNBOOKMARK",
    "ALTER CHAT @i CLEARRECENTMESSAGES",
    "ALTER CHAT @i SETALERTSTRING =@t",
    "ALTER CHAT @i DISBAND",
    "ALTER CHAT @i ACCEPTADD",
    "GET CHATMEMBER @i @p",
    "ALTER CHATMEMBER @i SETROLETO USER",
    "SEARCH CHATS",
    "SEARCH ACTIVECHATS",
    "SEARCH MISSEDCHATS",
    "SEARCH RECENTCHATS",
    "SEARCH BOOKMARKEDCHATS",
    "SEARCH CHATMESSAGES @h",
    "SEARCH MESSAGES @h",
    "SEARCH MISSEDCHATMESSAGES",
    "SEARCH MISSEDMESSAGES",
    "SEARCH FRIENDS",
    "SEARCH USERS @t",
    "SEARCH USERSWAITINGMYAUTHORIZATION",
    "SEARCH GROUPS ALL",
    "SEARCH GROUPS CUSTOM",
    "SEARCH CALLS @h",
    "SEARCH ACTIVECALLS",
    "SEARCH MISSEDCALLS",
    "SEARCH FILETRANSFERS",
    "SEARCH VOICEMAILS",
    "GET USER @h @p",
    "GET USER @h AVATAR 1 @f",
    "SET USER @h BUDDYSTATUS 1 @t",
    "SET USER @h BUDDYSTATUS 2 @t",
    "SET USER @h BUDDYSTATUS 3",
    "SET USER @h ISAUTHORIZED TRUE",
    "SET USER @h ISAUTHORIZED FALSE",
    "SET USER @h ISBLOCKED TRUE",
    "SET USER @h ISBLOCKED FALSE",
    "SET USER @h DISPLAYNAME @t",
    "SET USER @h SPEEDDIAL @t",
    "GET PROFILE @p",
    "SET PROFILE MOOD_TEXT @t",
    "SET PROFILE FULLNAME @t",
    "SET PROFILE @p @t",
    "GET AVATAR 1 @f",
    "SET AVATAR 1 @f",
    "CREATE GROUP @t",
    "DELETE GROUP @i",
    "SET GROUP @i DISPLAYNAME @t",
    "GET GROUP @i @p",
    "ALTER GROUP @i ADDUSER @h",
    "ALTER GROUP @i REMOVEUSER @h",
    "CALL @h",
    "CALL @h, carol",
    "GET CALL @i @p",
    "SET CALL @i STATUS INPROGRESS",
    "SET CALL @i STATUS FINISHED",
    "SET CALL @i SEEN",
    "ALTER CALL @i ANSWER",
    "ALTER CALL @i HANGUP",
    "ALTER CALL @i END HANGUP",
    "CREATE APPLICATION app",
    "DELETE APPLICATION app",
    "GET APPLICATION app @p",
    "ALTER APPLICATION app CONNECT @h",
    "ALTER APPLICATION app DATAGRAM @h:1 @t",
    "ALTER APPLICATION app WRITE @h:1 @t",
    "ALTER APPLICATION app READ @h:1",
    "ALTER APPLICATION app DISCONNECT @h:1",
    "OPEN IM @h @t",
    "OPEN CHAT @i",
    "OPEN FILETRANSFER @h @f",
    "CLEAR CHATHISTORY",
    "CLEAR CALLHISTORY ALL @h",
    "SET AUTOAWAY @t",
    "GET AUTOAWAY",
    "BTN_PRESSED A",
    "FOCUS",
    "MINIMIZE",
    "RESETIDLETIMER",
    "@t",
];
const HANDLES: [&str; 8] = [
    "bob", "carol", "BOB", "alice", "bertha", "echo123", "+15551", "",
];
const STATUSES: [&str; 8] = [
    "ONLINE",
    "OFFLINE",
    "AWAY",
    "DND",
    "INVISIBLE",
    "NA",
    "SKYPEME",
    "LOGGEDOUT",
];
const PROPERTIES: [&str; 48] = [
    "BODY",
    "STATUS",
    "TIMESTAMP",
    "FROM_HANDLE",
    "FROM_DISPNAME",
    "PARTNER_HANDLE",
    "PARTNER_DISPNAME",
    "TYPE",
    "CHATNAME",
    "USERS",
    "LEAVEREASON",
    "IS_EDITABLE",
    "ROLE",
    "SEEN",
    "NAME",
    "ADDER",
    "POSTERS",
    "MEMBERS",
    "MEMBEROBJECTS",
    "TOPIC",
    "TOPICXML",
    "CHATMESSAGES",
    "RECENTCHATMESSAGES",
    "ACTIVEMEMBERS",
    "FRIENDLYNAME",
    "BOOKMARKED",
    "ACTIVITY_TIMESTAMP",
    "MYROLE",
    "MYSTATUS",
    "BLOB",
    "DIALOG_PARTNER",
    "ALERTSTRING",
    "FULLNAME",
    "DISPLAYNAME",
    "MOOD_TEXT",
    "ONLINESTATUS",
    "BUDDYSTATUS",
    "ISBLOCKED",
    "ISAUTHORIZED",
    "RECEIVEDAUTHREQUEST",
    "AVATAR 1 /a",
    "LASTONLINETIMESTAMP",
    "DURATION",
    "CONF_ID",
    "IDENTITY",
    "NROFUSERS",
    "STREAMS",
    "RECEIVED",
];
/// Longest text, in bytes.
const TEXT_MAX: usize = 60;

/// A command that the data chooses; names in it are such as the visitor has heard.
pub(super) fn command(reader: &mut Reader<'_>, visitor: &Visitor) -> String {
    let template = reader.choose(TEMPLATES);
    let mut parts = template.split('@');
    let mut line = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_at(1);
        line += &filling(place, reader, visitor);
        line += rest;
    }
    line
}

fn filling(place: &str, reader: &mut Reader<'_>, visitor: &Visitor) -> String {
    match place {
        "h" => reader.choose(&HANDLES).into(),
        "s" => reader.choose(&STATUSES).into(),
        "p" => reader.choose(&PROPERTIES).into(),
        "f" => reader
            .choose(&["/pictures/a.jpg", "", "a.jpg", "/x/../y"])
            .into(),
        "i" => {
            let choice = reader.byte();
            let known = visitor.word(usize::from(choice / 4));
            match choice % 4 {
                0 => reader.text(TEXT_MAX),
                1 => format!("1000000{}", choice / 4 % 10),
                _ => known.unwrap_or("1").to_owned(),
            }
        }
        _ => reader.text(TEXT_MAX),
    }
}
