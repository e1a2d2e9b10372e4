//! How available somebody is, from the words of one protocol into those of the other.
//! Never knows who.

use crate::config::Config;
use crate::imo::Primitive;
use crate::skype::Status;

/// What a wish of the Skype API means to the service; `None` for those that mean to be offline.
pub(super) const fn primitive(wish: Status) -> Option<Primitive> {
    match wish {
        Status::Online | Status::SkypeMe => Some(Primitive::Available),
        Status::Away => Some(Primitive::Away),
        Status::NotAvailable | Status::DoNotDisturb => Some(Primitive::Busy),
        Status::Invisible => Some(Primitive::Invisible),
        Status::Offline | Status::LoggedOut | Status::Unknown => None,
    }
}

/// How the Skype API shows what the service says.
pub(super) const fn status(primitive: Primitive) -> Status {
    match primitive {
        Primitive::Available => Status::Online,
        Primitive::Away => Status::Away,
        Primitive::Busy => Status::DoNotDisturb,
        Primitive::Invisible => Status::Invisible,
        Primitive::Offline => Status::Offline,
    }
}

/// How others see somebody of this status.
pub(super) const fn shown(own: Status) -> Status {
    match own {
        Status::Invisible | Status::LoggedOut | Status::Unknown => Status::Offline,
        Status::Online
        | Status::Offline
        | Status::SkypeMe
        | Status::Away
        | Status::NotAvailable
        | Status::DoNotDisturb => own,
    }
}

/// What an account wants to be seen as before any client has said what it wants.
pub(super) const fn first_wish(config: &Config) -> Status {
    if config.always_on && config.away_when_detached {
        Status::Away
    } else {
        Status::Online
    }
}
