//! What a client can ask, as one type: one row for each command, with its line and what confirms it.
//! Never answers what depends on any state: that is for the account.
//!
//! All commands are listed in `core/docs/skype-api.md`.

use super::alter_call::{CallAction, CallChange};
use super::alter_chat::{ChatAction, MemberAction};
use super::application::{ApplicationAction, ApplicationProperty};
use super::calls::{CallProperty, CallStatus};
use super::chat::{ChatMemberProperty, ChatProperty};
use super::constant::Constant;
use super::file_transfer::FileTransferProperty;
use super::forms::commands;
use super::gadget::MenuItemProperty;
use super::group::{GroupAction, GroupProperty};
use super::handle::Targets;
use super::lex::Behind;
use super::message::{MessageObject, MessageProperty, MessageStatus, status_line};
use super::parameter::{AvatarFile, Parameter};
use super::profile::ProfileProperty;
use super::reply::Reply;
use super::search::Search;
use super::sms::Sms;
use super::status::Status;
use super::user::{UserChange, UserProperty};
use super::value::Id;
use super::voicemail::Voicemail;
use super::window::{Button, History, Key, Window};

commands! {
    /// The client's name, up to the first space; may be empty.
    Name(name: &'a str) = "NAME {name}" => Reply::Ok;
    /// The protocol version the client wants: at least 1.
    Protocol(version: u32) = "PROTOCOL {version}";
    /// Is anybody there?
    Ping = "PING" => Reply::Pong;
    /// Show the program's window.
    Focus = "FOCUS";
    /// Put the program's window away.
    Minimize = "MINIMIZE";
    /// The user is there after all.
    ResetIdleTimer = "RESETIDLETIMER";

    /// The own status.
    GetUserStatus = "GET USERSTATUS";
    /// Another own status; the reply repeats the word whatever the service makes of it.
    SetUserStatus(status: Status) = "SET USERSTATUS {status}" => Reply::UserStatus(status);
    /// The state of the link.
    GetConnStatus = "GET CONNSTATUS";
    /// The same as [`Command::SetUserStatus`], but for the first word of the reply.
    SetConnStatus(status: Status) = "SET CONNSTATUS {status}" => Reply::ConnStatusAsked(status);
    /// The own handle.
    GetCurrentUserHandle = "GET CURRENTUSERHANDLE";
    /// A parameter that nobody can change.
    GetConstant(constant: Constant) = "GET {constant}" => Reply::Constant(constant);
    /// Switch the microphone off or on. Without a call it stays on.
    SetMute(on: bool) = "SET MUTE {}", if on { "ON" } else { "OFF" } => Reply::Constant(Constant::Mute);
    /// A parameter that is kept for the clients.
    GetParameter(parameter: Parameter) = "GET {parameter}";
    /// Another value for a parameter that is kept for the clients.
    SetParameter {
        /// Which.
        parameter: Parameter,
        /// The value; in upper case if it is a keyword.
        value: &'a str,
    } = "SET {parameter} {value}" => Reply::Parameter { parameter, value: value.into() };
    /// The own picture, to be written to a file.
    GetAvatar {
        /// The path; may be empty.
        file: &'a str,
    } = "GET AVATAR 1 {file}" => Reply::Avatar { file: file.into() };
    /// Another own picture, to be read from a file.
    SetAvatar {
        /// The path; empty takes the picture away.
        file: &'a str,
    } = "SET AVATAR 1 {}", AvatarFile(file) => Reply::Avatar { file: file.into() };

    /// A search.
    Search(search: Search<'a>) = "SEARCH {search}";

    /// A property of a user, known or not.
    GetUser {
        /// Whose; a telephone number is possible.
        handle: &'a str,
        /// Which.
        property: UserProperty,
    } = "GET USER {handle} {property}";
    /// The picture of a user, to be written to a file.
    GetUserAvatar {
        /// Whose; a telephone number is possible.
        handle: &'a str,
        /// The path; may be empty.
        file: &'a str,
    } = "GET USER {handle} AVATAR 1 {file}"
        => Reply::UserAvatar { handle: handle.into(), file: file.into() };
    /// A change about a contact.
    SetUser {
        /// Whom; a telephone number is possible.
        handle: &'a str,
        /// What.
        change: UserChange<'a>,
    } = "SET USER {handle} {change}" => change.confirmation(handle);
    /// A short number for a contact.
    SetSpeedDial {
        /// Whom; a telephone number is possible.
        handle: &'a str,
        /// The short number; any text.
        number: &'a str,
    } = "SET USER {handle} SPEEDDIAL {number}" => Reply::User {
        handle: handle.into(),
        property: UserProperty::SpeedDial,
        value: number.into(),
    };
    /// A property of the own profile.
    GetProfile {
        /// Which.
        property: ProfileProperty,
    } = "GET PROFILE {property}";
    /// Another value of a property of the own profile. One that has a constant keeps it all the same.
    SetProfile {
        /// Which.
        property: ProfileProperty,
        /// The value; empty takes it away.
        value: &'a str,
    } = "SET PROFILE {property} {value}" => Reply::Profile { property, value: value.into() };

    /// A property of a chat.
    GetChat {
        /// Which chat; any text.
        chat: &'a str,
        /// Which property.
        property: ChatProperty,
    } = "GET CHAT {chat} {property}";
    /// What a chat is about.
    SetChatDescription {
        /// Which chat; any text.
        chat: &'a str,
        /// The text.
        text: &'a str,
    } = "SET CHAT {chat} DESCRIPTION {text}" => Reply::Chat {
        chat: chat.into(),
        property: ChatProperty::Description,
        value: text.into(),
    };
    /// A chat with these: one makes a dialog, more a chat of several, none an empty one.
    ChatCreate {
        /// With whom.
        targets: Targets<'a>,
    } = "CHAT CREATE{}", Behind(targets.text());
    /// A chat by what its members hand around, made if need be.
    ChatCreateUsingBlob(blob: &'a str) = "CHAT CREATEUSINGBLOB{}", Behind(blob);
    /// A chat by what its members hand around.
    ChatFindUsingBlob(blob: &'a str) = "CHAT FINDUSINGBLOB{}", Behind(blob);
    /// Something to be done to a chat.
    AlterChat {
        /// Which chat; any text.
        chat: &'a str,
        /// What.
        action: ChatAction<'a>,
    } = "ALTER CHAT {chat} {action}" => action.confirmation(chat);
    /// A property of a member of a chat.
    GetChatMember {
        /// Which member.
        member: Id<'a>,
        /// Which property.
        property: ChatMemberProperty,
    } = "GET CHATMEMBER {member} {property}";
    /// Something to be done to a member of a chat.
    AlterChatMember {
        /// Which member.
        member: Id<'a>,
        /// What.
        action: MemberAction,
    } = "ALTER CHATMEMBER {member} {action}" => action.confirmation();

    /// A property of a message.
    GetMessage {
        /// The name the client used.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
        /// Which property.
        property: MessageProperty,
    } = "GET {object} {id} {property}";
    /// The message was read. To be answered the same way when it had been read before.
    SetMessageSeen {
        /// The name the client used.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
    } = "SET {object} {id} SEEN" => status_line(object, id, MessageStatus::Read);
    /// Another text for a message.
    SetMessageBody {
        /// The name the client used.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
        /// The text; empty takes the message back.
        body: &'a str,
    } = "SET {object} {id} BODY {body}" => Reply::Message {
        object,
        id,
        property: MessageProperty::Body,
        value: body.into(),
    };
    /// A text to a user.
    Message {
        /// Whom.
        to: &'a str,
        /// The text; never empty.
        body: &'a str,
    } = "MESSAGE {to} {body}";
    /// A text to a chat.
    ChatMessage {
        /// Which chat; any text.
        chat: &'a str,
        /// The text; never empty.
        body: &'a str,
    } = "CHATMESSAGE {chat} {body}";

    /// A property of a group of contacts.
    GetGroup {
        /// Which group.
        group: Id<'a>,
        /// Which property.
        property: GroupProperty,
    } = "GET GROUP {group} {property}";
    /// Another name for a group of contacts.
    SetGroupName {
        /// Which group.
        group: Id<'a>,
        /// The name; may be empty.
        name: &'a str,
    } = "SET GROUP {group} DISPLAYNAME {name}" => Reply::Group {
        group,
        property: GroupProperty::DisplayName,
        value: name.into(),
    };
    /// A new group of contacts.
    CreateGroup {
        /// Its name; more than spaces.
        name: &'a str,
    } = "CREATE GROUP {name}";
    /// Take a group of contacts away.
    DeleteGroup {
        /// Which.
        group: Id<'a>,
    } = "DELETE GROUP {group}";
    /// Something to be done to a group of contacts.
    AlterGroup {
        /// Which group.
        group: Id<'a>,
        /// What.
        action: GroupAction<'a>,
    } = "ALTER GROUP {group} {action}";

    /// A new application, or one that is there already.
    CreateApplication {
        /// Its name.
        name: &'a str,
    } = "CREATE APPLICATION {name}";
    /// Take an application away.
    DeleteApplication {
        /// Its name.
        name: &'a str,
    } = "DELETE APPLICATION {name}";
    /// A property of an application.
    GetApplication {
        /// Its name.
        name: &'a str,
        /// Which property.
        property: ApplicationProperty,
    } = "GET APPLICATION {name} {property}";
    /// Something to be done to an application.
    AlterApplication {
        /// Its name.
        name: &'a str,
        /// What.
        action: ApplicationAction<'a>,
    } = "ALTER APPLICATION {name} {action}" => action.confirmation(name);

    /// Call somebody.
    Call {
        /// Whom; at least one. Telephone numbers are possible.
        targets: Targets<'a>,
    } = "CALL {}", targets.text();
    /// A property of a call; neither of the two that take an argument.
    GetCall {
        /// Which call.
        call: Id<'a>,
        /// Which property.
        property: CallProperty,
    } = "GET CALL {call} {property}";
    /// Who else takes part in a call.
    GetCallParticipant {
        /// Which call.
        call: Id<'a>,
        /// Which of them.
        participant: Id<'a>,
    } = "GET CALL {call} CONF_PARTICIPANT {participant}";
    /// Whether a call can be handed on.
    GetCanTransfer {
        /// Which call.
        call: Id<'a>,
        /// To whom; a telephone number is possible.
        to: &'a str,
    } = "GET CALL {call} CAN_TRANSFER {to}";
    /// Take, hold or end a call, as the first protocols say it.
    SetCallStatus {
        /// Which call.
        call: Id<'a>,
        /// What it is to be; only `INPROGRESS`, `FINISHED` and `ONHOLD` make sense.
        status: CallStatus,
    } = "SET CALL {call} STATUS {status}" => Reply::Call {
        call,
        property: CallProperty::Status,
        value: status.into(),
    };
    /// The user knows of the call.
    SetCallSeen(call: Id<'a>) = "SET CALL {call} SEEN" => Reply::Call {
        call,
        property: CallProperty::Seen,
        value: true.into(),
    };
    /// Something else to be done to a call, as the first protocols say it.
    SetCallOther {
        /// Which call.
        call: Id<'a>,
        /// What.
        change: CallChange<'a>,
    } = "SET CALL {call} {change}" => change.confirmation(call);
    /// Something to be done to a call.
    AlterCall {
        /// Which call.
        call: Id<'a>,
        /// What.
        action: CallAction<'a>,
    } = "ALTER CALL {call} {action}";
    /// Whatever concerns voicemail.
    Voicemail(voicemail: Voicemail<'a>) = "{voicemail}";
    /// Whatever concerns messages to telephones.
    Sms(sms: Sms<'a>) = "{sms}" => sms.confirmation();
    /// A property of the sending of a file.
    GetFileTransfer {
        /// Which.
        transfer: Id<'a>,
        /// Which property.
        property: FileTransferProperty,
    } = "GET FILETRANSFER {transfer} {property}";

    /// Open a window.
    Open {
        /// Which.
        window: Window,
        /// With what in it; may be empty, and begins with no space.
        argument: &'a str,
    } = "OPEN {window}{}", Behind(argument);
    /// Forget a history.
    Clear(history: History<'a>) = "CLEAR {history}";
    /// A key of a telephone goes down or up.
    Button {
        /// Which way.
        button: Button,
        /// Which key.
        key: Key,
    } = "{button} {key}";
    /// A new menu item.
    CreateMenuItem {
        /// The client's name for it.
        id: &'a str,
        /// What it looks like and where it is, as the client wrote it; begins with no space.
        details: &'a str,
    } = "CREATE MENU_ITEM {id}{}", Behind(details) => Reply::MenuItemCreated(id.into());
    /// Another look for a menu item.
    SetMenuItem {
        /// The client's name for it.
        id: &'a str,
        /// What of it.
        property: MenuItemProperty,
        /// The value.
        value: &'a str,
    } = "SET MENU_ITEM {id} {property} {value}" => Reply::MenuItem {
        id: id.into(),
        property,
        value: value.into(),
    };
    /// Take a menu item away.
    DeleteMenuItem(id: &'a str) = "DELETE MENU_ITEM {id}";
    /// A new event.
    CreateEvent {
        /// The client's name for it.
        id: &'a str,
        /// What it looks like, as the client wrote it; begins with no space.
        details: &'a str,
    } = "CREATE EVENT {id}{}", Behind(details) => Reply::EventCreated(id.into());
    /// Take an event away.
    DeleteEvent(id: &'a str) = "DELETE EVENT {id}";
}
