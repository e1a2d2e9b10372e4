//! What the user says of himself: name, mood, and the rest of the profile.
//! Never asks the service for anything but to show name and mood to the contacts; the rest is kept here.
//!
//! See `core/docs/skype-api.md`, "Profile".

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::contacts::user_line;
use super::{Account, Scene, cut, presence};
use crate::imo::Primitive;
use crate::imo::call::Call;
use crate::imo::link::CallId;
use crate::skype::{ProfileProperty, Reply, Status, UserProperty, Value};

/// What a property's value is kept as if it is not the number that clients want there.
const NO_NUMBER: &str = "0";

impl Account {
    /// The name the user gave himself, else his handle.
    pub(super) fn own_name(&self) -> &str {
        match self.state.full_name.as_str() {
            "" => &self.handle,
            name => name,
        }
    }

    /// A property of the own profile.
    pub(super) fn profile<'a>(&self, property: ProfileProperty) -> Value<'a> {
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        if property == ProfileProperty::FullName {
            return self.own_name().to_owned().into();
        }
        if property == ProfileProperty::MoodText {
            return self.state.mood.clone().into();
        }
        match self.kept_of_profile(property.name()) {
            Some(value) => value.to_owned().into(),
            None => property.neutral().into(),
        }
    }

    /// A value of the profile that is kept here only, by its name in the Skype API.
    pub(super) fn kept_of_profile(&self, name: &str) -> Option<&str> {
        self.state.profile.get(name).map(String::as_str)
    }

    pub(super) fn set_profile<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        property: ProfileProperty,
        value: &'a str,
    ) -> Reply<'a> {
        // What would govern calls to telephones is confirmed, and stays as it is: there are none.
        if property.constant().is_some() {
            let value = value.into();
            return Reply::Profile { property, value };
        }
        let before = self.kept_of_profile(property.name()).map_or(0, str::len);
        let value = self.own_value(value, before);
        let is_number = matches!(
            property,
            ProfileProperty::Birthday | ProfileProperty::Timezone
        );
        let value = if is_number && value.parse::<u32>().is_err() {
            NO_NUMBER
        } else {
            value
        };
        if property == ProfileProperty::MoodText {
            self.set_mood(scene, value);
        } else if property == ProfileProperty::RichMoodText {
            self.set_mood(scene, &crate::skype::plain_text(value));
            self.keep_of_profile(property, value);
        } else if property == ProfileProperty::FullName {
            self.set_name(scene, value);
        } else {
            self.keep_of_profile(property, value);
        }
        self.keep_state(scene);
        let owned = || String::from(value).into();
        scene.notice(Reply::Profile {
            property,
            value: owned(),
        });
        if let Some(property) = UserProperty::from_name(property.name()) {
            scene.notice(user_line(&self.handle, property, owned()));
        }
        Reply::Profile {
            property,
            value: value.into(),
        }
    }

    fn keep_of_profile(&mut self, property: ProfileProperty, value: &str) {
        if value.is_empty() {
            self.state.profile.remove(property.name());
        } else {
            let name = String::from(property.name());
            self.state.profile.insert(name, value.into());
        }
    }

    fn set_mood(&mut self, scene: &mut Scene<'_>, mood: &str) {
        mood.clone_into(&mut self.state.mood);
        self.keep_of_profile(ProfileProperty::RichMoodText, "");
        if let Some(primitive) = presence::primitive(self.wish) {
            self.with_link(scene, |link, now, out| link.show(now, primitive, mood, out));
        }
    }

    fn set_name(&mut self, scene: &mut Scene<'_>, name: &str) {
        name.clone_into(&mut self.state.full_name);
        self.call_set_name(scene);
    }

    fn call_set_name(&mut self, scene: &mut Scene<'_>) {
        if self.naming.is_some() {
            // The latest name goes out when that call is done.
            return;
        }
        let name = self.state.full_name.clone();
        let call = Call::SetName { name: name.clone() };
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.naming = Some((id, name));
    }

    /// If this was the call that tells the service the name, another name that was set meanwhile is next.
    pub(super) fn named(&mut self, scene: &mut Scene<'_>, id: CallId) {
        if let Some((_, name)) = self.naming.take_if(|(naming, _)| *naming == id)
            && name != self.state.full_name
        {
            self.call_set_name(scene);
        }
    }

    /// The service says at the sign-on what it takes the user's name for.
    pub(super) fn name_told(&mut self, scene: &mut Scene<'_>, name: &str) {
        if name == self.own_name() || self.naming.is_some() {
            return;
        }
        if name.is_empty() || name == self.handle {
            // It knows of none: it may be new, or does not keep any.
            self.call_set_name(scene);
            return;
        }
        // Another session has set it.
        let name = cut(name, self.limits.text_bytes);
        name.clone_into(&mut self.state.full_name);
        self.keep_state(scene);
        let value = String::from(name);
        let line = user_line(&self.handle, UserProperty::FullName, value.clone().into());
        scene.notice(line);
        scene.notice(Reply::Profile {
            property: ProfileProperty::FullName,
            value: value.into(),
        });
    }

    /// The same account has set how it is to be seen in another session: it is one account, and shows so here.
    pub(super) fn status_set_elsewhere(
        &mut self,
        scene: &mut Scene<'_>,
        primitive: Primitive,
        mut mood: String,
    ) {
        // Whoever has gone offline here is not brought online by what another session does.
        if presence::primitive(self.wish).is_none() {
            return;
        }
        mood.truncate(cut(&mood, self.limits.text_bytes).len());
        // A word of ours that the service has no other one for stays. Going offline there concerns that session.
        if presence::primitive(self.wish) != Some(primitive) && primitive != Primitive::Offline {
            self.wish = presence::status(primitive);
            self.forget_wishes();
            let shown: Status = presence::shown(self.wish);
            let line = user_line(&self.handle, UserProperty::OnlineStatus, shown.into());
            scene.notice(line);
            scene.notice(Reply::UserStatus(self.wish));
        }
        if self.state.mood != mood {
            self.state.mood.clone_from(&mood);
            self.keep_of_profile(ProfileProperty::RichMoodText, "");
            self.keep_state(scene);
            let line = user_line(&self.handle, UserProperty::MoodText, mood.clone().into());
            scene.notice(line);
            scene.notice(Reply::Profile {
                property: ProfileProperty::MoodText,
                value: mood.into(),
            });
        }
        // After a new login the service is told the same again.
        if let Some(primitive) = presence::primitive(self.wish) {
            let mood = self.state.mood.clone();
            self.with_link(scene, |link, _, _| link.shown_elsewhere(primitive, &mood));
        }
    }
}
