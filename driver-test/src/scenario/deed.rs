//! What people, operators and bad luck do in a scenario.
//! Never depends on what happens in its world: a deed is the same whatever is left out before it.

use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::rng::Rng;

use super::{Scenario, draw_pause};

/// Longest padding of a text, in characters.
const PADDING_MAX: u64 = 3_000;
/// Longest padding of a text that a client with frames of 255 bytes sends.
const SHORT_PADDING_MAX: u64 = 100;
/// How long a host is down, or a client away, at most, in milliseconds.
const AWAY_MILLIS_MAX: u64 = 20_000;
/// In how many of a hundred such absences sessions expire, and others go on writing.
const LONG_AWAY_PERCENT: u64 = 20;
/// How long those are at most, in milliseconds.
const LONG_AWAY_MILLIS_MAX: u64 = 600_000;

/// In how many of a hundred deeds of a broad scenario operators do something, or those who guess passwords.
const BROAD_PERCENT: u64 = 10;
/// How many passwords somebody tries at most: enough to be locked out.
const GUESSES_MAX: usize = 7;

/// One thing that is done, some time after the one before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    /// Its number in the whole scenario: it marks what is said with it.
    pub number: usize,
    /// How long after the deed before it.
    pub pause: Duration,
    /// What.
    pub act: Act,
}

/// What is done. Seats, people and hosts go by their places in the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// A client sends a text to somebody, or to the contact that the service itself has.
    Text {
        /// Which client.
        seat: usize,
        /// To whom.
        to: usize,
        /// How much text comes behind the mark.
        padding: usize,
    },
    /// A client says something in the room.
    RoomText {
        /// Which client.
        seat: usize,
        /// How much text comes behind the mark.
        padding: usize,
    },
    /// A client gives the room a topic.
    Topic {
        /// Which client.
        seat: usize,
    },
    /// A client sets its account's status.
    Status {
        /// Which client.
        seat: usize,
        /// The word.
        word: &'static str,
    },
    /// A client sets its account's mood text.
    Mood {
        /// Which client.
        seat: usize,
    },
    /// A client asks something that has one answer, whatever it is.
    Ask {
        /// Which client.
        seat: usize,
        /// The question, without a tag; `U` stands for somebody.
        question: &'static str,
        /// Who that is.
        about: usize,
    },
    /// A client sends an untagged `PING`.
    Ping {
        /// Which client.
        seat: usize,
    },
    /// A client says that it has seen the latest text.
    Seen {
        /// Which client.
        seat: usize,
    },
    /// A client hangs up and comes back.
    HangUp {
        /// Which client.
        seat: usize,
        /// After how long.
        away: Duration,
    },
    /// The network of a client's machine is gone for a while.
    Unplug {
        /// Which client.
        seat: usize,
        /// For how long.
        away: Duration,
    },
    /// All connections of a daemon break.
    Break {
        /// The client whose daemon it is.
        seat: usize,
    },
    /// A daemon dies and is started again.
    Kill {
        /// The client whose daemon it is.
        seat: usize,
        /// After how long.
        away: Duration,
    },
    /// A daemon is drained and started again.
    Drain {
        /// The client whose daemon it is.
        seat: usize,
        /// After how long.
        away: Duration,
    },
    /// The service dies, or is drained, and is started again: it has forgotten all sessions.
    Restart {
        /// Whether it has time to say goodbye.
        orderly: bool,
        /// After how long.
        away: Duration,
    },
    /// The operator of a daemon asks how things stand.
    Look {
        /// The client whose daemon it is.
        seat: usize,
    },
    /// The operator of a daemon gives it a new configuration.
    Reload {
        /// The client whose daemon it is.
        seat: usize,
        /// What is different in it for the account of that client.
        change: Change,
    },
    /// The operator of a daemon asks whether a message would get through.
    Probe {
        /// The client whose daemon it is.
        seat: usize,
    },
    /// The operator of a daemon lets in again who was locked out of an account.
    Lift {
        /// A client of the account.
        seat: usize,
    },
    /// Somebody from elsewhere tries wrong passwords.
    Guess {
        /// A client of the account that is tried.
        seat: usize,
        /// Over which transport; one that asks for a name.
        wire: WireKind,
        /// How many, at once.
        times: usize,
    },
}

/// What is different in a new configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// Whether accounts without clients are away.
    Away,
    /// What clients of the account have to give.
    Access,
    /// The account is not there, and is there again later.
    Out {
        /// When.
        away: Duration,
    },
}

impl Act {
    /// Whose client it lets send a text, if it does.
    pub(super) const fn text_from(&self) -> Option<usize> {
        if let Self::Text { seat, .. } | Self::RoomText { seat, .. } = *self {
            return Some(seat);
        }
        None
    }

    /// Whether it can be done where there are only so many people and seats, and perhaps no room.
    pub(super) fn fits(&self, people: usize, seats: usize, room: bool) -> bool {
        match *self {
            Self::Text { seat, to, .. } => seat < seats && to < people.max(2),
            Self::Ask { seat, about, .. } => seat < seats && about < people.max(2),
            Self::RoomText { seat, .. } | Self::Topic { seat } => seat < seats && room,
            Self::Status { seat, .. }
            | Self::Mood { seat }
            | Self::Ping { seat }
            | Self::Seen { seat }
            | Self::HangUp { seat, .. }
            | Self::Unplug { seat, .. }
            | Self::Break { seat }
            | Self::Kill { seat, .. }
            | Self::Drain { seat, .. }
            | Self::Look { seat }
            | Self::Reload { seat, .. }
            | Self::Probe { seat }
            | Self::Lift { seat }
            | Self::Guess { seat, .. } => seat < seats,
            Self::Restart { .. } => true,
        }
    }
}

/// What clients ask, apart from what they do anyway.
const QUESTIONS: [&str; 25] = [
    "GET USERSTATUS",
    "GET CONNSTATUS",
    "GET CURRENTUSERHANDLE",
    "GET USER U ONLINESTATUS",
    "GET USER U FULLNAME",
    "GET USER U MOOD_TEXT",
    "GET USER U BUDDYSTATUS",
    "GET USER U AVATAR 1 /pictures/u.jpg",
    "SET AVATAR 1 /pictures/own.jpg",
    "SEARCH FRIENDS",
    "SEARCH MISSEDCHATMESSAGES",
    "SEARCH CHATMESSAGES U",
    "SEARCH RECENTCHATS",
    "SEARCH CHATS",
    "SEARCH USERS U",
    "SEARCH USERSWAITINGMYAUTHORIZATION",
    "SEARCH GROUPS ALL",
    "GET PROFILE MOOD_TEXT",
    "GET CHATMESSAGE 10000001 BODY",
    "GET CHATMESSAGE 10000001 STATUS",
    "SET USER U DISPLAYNAME somebody",
    "NAME sweep",
    "PROTOCOL 7",
    "GET NONSENSE",
    "DO SOMETHING ELSE",
];

const STATUS_WORDS: [&str; 5] = ["ONLINE", "AWAY", "DND", "NA", "INVISIBLE"];

/// What is done in a scenario whose people and seats are known.
pub(super) fn draw(scenario: &Scenario, rng: &mut Rng) -> Vec<Deed> {
    let count = usize::try_from(rng.between(12, 50)).expect("below 51");
    (0..count)
        .map(|number| Deed {
            number,
            pause: draw_pause(rng),
            act: draw_act(scenario, rng),
        })
        .collect()
}

fn draw_act(scenario: &Scenario, rng: &mut Rng) -> Act {
    if scenario.broad && rng.chance(BROAD_PERCENT) {
        return draw_operation(scenario, rng);
    }
    let seat = draw_place(scenario.seats.len(), rng);
    let own = scenario.seats[seat].person;
    let is_short = scenario.seats[seat].wire == WireKind::Len8;
    let padding_max = if is_short {
        SHORT_PADDING_MAX
    } else {
        PADDING_MAX
    };
    let padding = usize::try_from(rng.below(padding_max)).expect("a few thousand");
    // Where there is one person only, the other one is the service's own contact.
    let others = scenario.people.len().max(2) - 1;
    let to = (own + 1 + draw_place(others, rng)) % (others + 1);
    match rng.below(100) {
        0..40 => Act::Text { seat, to, padding },
        40..52 if scenario.room => Act::RoomText { seat, padding },
        40..52 => Act::Text { seat, to, padding },
        52..54 if scenario.room => Act::Topic { seat },
        52..60 => Act::Status {
            seat,
            word: STATUS_WORDS[draw_place(STATUS_WORDS.len(), rng)],
        },
        60..64 => Act::Mood { seat },
        64..76 => Act::Ask {
            seat,
            question: QUESTIONS[draw_place(QUESTIONS.len(), rng)],
            about: to,
        },
        76..79 => Act::Ping { seat },
        79..83 => Act::Seen { seat },
        other => draw_mishap(other, seat, rng),
    }
}

/// What operators do, and what those do against whom they put up passwords.
fn draw_operation(scenario: &Scenario, rng: &mut Rng) -> Act {
    let seat = draw_place(scenario.seats.len(), rng);
    match rng.below(10) {
        0..6 => Act::Reload {
            seat,
            change: draw_change(scenario, scenario.seats[seat].person, rng),
        },
        6 => Act::Probe { seat },
        7 => Act::Lift { seat },
        _ => Act::Guess {
            seat,
            wire: if rng.chance(50) {
                WireKind::Skypenet
            } else {
                WireKind::Skyped
            },
            times: 1 + draw_place(GUESSES_MAX, rng),
        },
    }
}

fn draw_change(scenario: &Scenario, person: usize, rng: &mut Rng) -> Change {
    match rng.below(4) {
        0 => Change::Nothing,
        1 => Change::Away,
        2 if scenario.can_change_lock(person) => Change::Access,
        _ => Change::Out {
            away: Duration::from_secs(1) + draw_pause(rng),
        },
    }
}

fn draw_mishap(kind: u64, seat: usize, rng: &mut Rng) -> Act {
    let most = if rng.chance(LONG_AWAY_PERCENT) {
        LONG_AWAY_MILLIS_MAX
    } else {
        AWAY_MILLIS_MAX
    };
    let away = Duration::from_millis(rng.below(most));
    match kind {
        83..86 => Act::HangUp { seat, away },
        86..88 => Act::Unplug { seat, away },
        88..90 => Act::Break { seat },
        90..93 => Act::Kill { seat, away },
        93..95 => Act::Drain { seat, away },
        95..97 => Act::Restart {
            orderly: rng.chance(40),
            away,
        },
        _ => Act::Look { seat },
    }
}

fn draw_place(count: usize, rng: &mut Rng) -> usize {
    usize::try_from(rng.below(count as u64)).expect("below a usize")
}
