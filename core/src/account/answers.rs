//! What an account answers when it is asked for properties of users and of itself.
//! Never answers a question about a well-formed handle with an error: one client would wait for ever.

mod chats;
mod messages;

use alloc::borrow::ToOwned;

use alloc::string::String;

use super::{Account, presence};
use crate::handle::{self, canonical};
use crate::skype::{UserProperty, Value};

impl Account {
    /// The display name of somebody: the handle where there is none.
    pub(super) fn alias<'s>(&'s self, handle: &'s str) -> &'s str {
        if handle == self.handle {
            return self.own_name();
        }
        let contact = self.roster.contacts.get(handle);
        contact.map_or(handle, |contact| match &*contact.display_name {
            "" => &contact.full_name,
            given => given,
        })
    }

    /// A property of a user. Text that is the account's own is copied: the reply must not keep hold of it.
    pub(super) fn user<'a>(&self, asked: &'a str, property: UserProperty) -> Value<'a> {
        let is_self = handle::same(asked, &self.handle);
        if is_self && let Some(own) = self.kept_of_profile(property.name()) {
            return own.to_owned().into();
        }
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        let handle = canonical(asked);
        let contact = self.roster.contacts.get(&*handle);
        match property {
            UserProperty::Handle => asked.into(),
            UserProperty::FullName if is_self => self.own_name().to_owned().into(),
            UserProperty::FullName => contact
                .map_or(&*handle, |contact| &contact.full_name)
                .to_owned()
                .into(),
            UserProperty::DisplayName => contact.map_or(Value::EMPTY, |contact| {
                String::from(&*contact.display_name).into()
            }),
            UserProperty::BuddyStatus => self.roster.buddy_status(&handle).into(),
            UserProperty::IsAuthorized => (is_self || self.roster.is_authorized(&handle)).into(),
            UserProperty::SpeedDial => self.speed_dial(&handle),
            UserProperty::IsBlocked => self.roster.blocked.contains(&*handle).into(),
            UserProperty::OnlineStatus if is_self => presence::shown(self.user_status()).into(),
            UserProperty::OnlineStatus => self.contact_status(&handle).into(),
            UserProperty::ReceivedAuthRequest => {
                let request = self.roster.requests.get(&*handle);
                request.map_or(Value::EMPTY, |request| String::from(&*request.text).into())
            }
            UserProperty::MoodText | UserProperty::RichMoodText if is_self => {
                self.state.mood.clone().into()
            }
            UserProperty::MoodText | UserProperty::RichMoodText => {
                contact.map_or(Value::EMPTY, |contact| String::from(&*contact.mood).into())
            }
            UserProperty::Birthday
            | UserProperty::Sex
            | UserProperty::Language
            | UserProperty::Country
            | UserProperty::Province
            | UserProperty::City
            | UserProperty::PhoneHome
            | UserProperty::PhoneOffice
            | UserProperty::PhoneMobile
            | UserProperty::Homepage
            | UserProperty::About
            | UserProperty::HasCallEquipment
            | UserProperty::IsVideoCapable
            | UserProperty::IsVoicemailCapable
            | UserProperty::CanLeaveVoicemail
            | UserProperty::IsForwarding
            | UserProperty::LastOnline
            | UserProperty::Aliases
            | UserProperty::Timezone
            | UserProperty::AuthorizedBuddies => property.neutral().into(),
        }
    }
}
