//! What an account answers when it is asked for properties of users and of itself.
//! Never answers a question about a well-formed handle with an error: one client would wait for ever.

mod chats;
mod messages;

use alloc::borrow::ToOwned;

use super::{Account, presence};
use crate::handle::canonical;
use crate::skype::{ProfileProperty, UserProperty, Value};

impl Account {
    /// The display name of somebody: the handle where there is none.
    pub(super) fn alias<'s>(&'s self, handle: &'s str) -> &'s str {
        if handle == self.handle {
            let own = self.state.full_name.as_str();
            return if own.is_empty() { handle } else { own };
        }
        self.roster
            .contacts
            .get(handle)
            .map_or(handle, |contact| contact.alias.as_str())
    }

    /// A property of a user. Text that is the account's own is copied: the reply must not keep hold of it.
    pub(super) fn user<'a>(&self, asked: &'a str, property: UserProperty) -> Value<'a> {
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        let handle = canonical(asked);
        let contact = self.roster.contacts.get(&*handle);
        let is_self = *handle == *self.handle;
        match property {
            UserProperty::Handle => asked.into(),
            UserProperty::FullName => self.alias(&handle).to_owned().into(),
            UserProperty::BuddyStatus => self.roster.buddy_status(&handle).into(),
            UserProperty::IsAuthorized => {
                (is_self || contact.is_some_and(|contact| contact.agreed)).into()
            }
            UserProperty::IsBlocked => self.roster.blocked.contains(&*handle).into(),
            UserProperty::OnlineStatus if is_self => presence::shown(self.user_status()).into(),
            UserProperty::OnlineStatus => self.contact_status(&handle).into(),
            UserProperty::ReceivedAuthRequest => {
                let request = self.roster.requests.get(&*handle);
                request.map_or(Value::EMPTY, |request| request.text.clone().into())
            }
            UserProperty::MoodText | UserProperty::RichMoodText if is_self => {
                self.state.mood.clone().into()
            }
            UserProperty::MoodText | UserProperty::RichMoodText => {
                contact.map_or(Value::EMPTY, |contact| contact.mood.clone().into())
            }
            UserProperty::DisplayName
            | UserProperty::Birthday
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
            | UserProperty::SpeedDial
            | UserProperty::Aliases
            | UserProperty::Timezone
            | UserProperty::AuthorizedBuddies => property.neutral().into(),
        }
    }

    /// A property of the own profile.
    pub(super) fn profile<'a>(&self, property: ProfileProperty) -> Value<'a> {
        if property == ProfileProperty::FullName {
            return self.alias(&self.handle).to_owned().into();
        }
        if property == ProfileProperty::MoodText {
            return self.state.mood.clone().into();
        }
        property.neutral().into()
    }
}
