//! Parameters that clients set and ask for: kept for them, and gone by in nothing here.
//! Never tells clients of a value that is the same as before.
//!
//! See `core/docs/skype-api.md`, "Parameters".

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::contacts::user_line;
use super::{Account, Scene, cut};
use crate::handle::canonical;
use crate::imo::call::Call;
use crate::imo::link::LinkStatus;
use crate::skype::{Parameter, Reply, UserProperty, Value};

/// How windows are when a client has asked to see them, and when it has put them away.
pub(super) const SHOWN: &str = "NORMAL";
pub(super) const PUT_AWAY: &str = "MINIMIZED";

/// Longest short number, in bytes.
const SPEED_DIAL_BYTES: usize = 64;

/// How many short numbers are kept.
const SPEED_DIALS_MAX: usize = 100;

/// True for what concerns the moment and is not kept over a restart.
const fn is_momentary(parameter: Parameter) -> bool {
    matches!(parameter, Parameter::SilentMode | Parameter::WindowState)
}

impl Account {
    /// The value of a parameter.
    pub(super) fn parameter<'a>(&self, parameter: Parameter) -> Reply<'a> {
        let kept = match self.parameters.get(&parameter) {
            Some(value) => Some(value),
            None => self.state.parameters.get(parameter.name()),
        };
        let value = kept.map_or(parameter.default_value(), String::as_str);
        Reply::Parameter {
            parameter,
            value: value.to_owned().into(),
        }
    }

    /// Keeps another value of a parameter, and tells all clients if it is one that they are told of.
    pub(super) fn set_parameter(
        &mut self,
        scene: &mut Scene<'_>,
        parameter: Parameter,
        value: &str,
    ) {
        let value = self.own_value(value, 0);
        let after = Reply::Parameter {
            parameter,
            value: value.to_owned().into(),
        };
        if self.parameter(parameter) == after {
            return;
        }
        if is_momentary(parameter) {
            self.parameters.insert(parameter, value.into());
            self.count_own_bytes();
        } else {
            let name = String::from(parameter.name());
            self.state.parameters.insert(name, value.into());
            self.keep_state(scene);
        }
        if parameter.is_notified() {
            scene.notice(after);
        }
    }

    /// The user is there, whatever the clients had made of his silence.
    pub(super) fn reset_idle_timer(&mut self, scene: &mut Scene<'_>) {
        if self.active.is_none() && !self.congested {
            let call = Call::Activity;
            let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
            // Without a session it is done already.
            self.active = Some(id).filter(|_| self.link.status() == LinkStatus::Online);
        }
    }

    /// A short number for a contact.
    pub(super) fn set_speed_dial(&mut self, scene: &mut Scene<'_>, handle: &str, number: &str) {
        let number = cut(number, SPEED_DIAL_BYTES);
        let handle = canonical(handle).into_owned();
        let known = self.state.speed_dials.len();
        if number.is_empty() {
            self.state.speed_dials.remove(&handle);
        } else if known < SPEED_DIALS_MAX || self.state.speed_dials.contains_key(&handle) {
            let number = String::from(number);
            self.state.speed_dials.insert(handle.clone(), number);
        }
        self.keep_state(scene);
        let value = self.speed_dial(&handle);
        scene.notice(user_line(&handle, UserProperty::SpeedDial, value));
    }

    /// The short number of a contact, by its handle in lower case.
    pub(super) fn speed_dial(&self, handle: &str) -> Value<'static> {
        let number = self.state.speed_dials.get(handle);
        number.map_or(Value::EMPTY, |number| number.clone().into())
    }
}
