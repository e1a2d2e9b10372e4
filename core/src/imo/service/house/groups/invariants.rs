//! What group chats promise about themselves: their limits, and that their members know of it.
//! Never changes anything.

use super::memory::GroupPlace;
use crate::imo::service::house::House;
use crate::imo::service::house::memory::Topic;
use crate::invariant::at_most;

impl House {
    /// Panics if a group chat has broken a promise.
    pub(in crate::imo::service::house) fn check_groups(&self) {
        for (id, place) in self.groups.places() {
            match place {
                GroupPlace::Asked(load) => {
                    let about = self.questions.get(load).map(|question| &question.about);
                    assert!(
                        matches!(about, Some(Topic::Groups(asked)) if asked.contains(id)),
                        "a group chat that is awaited was asked for"
                    );
                }
                GroupPlace::Here(_) | GroupPlace::Absent => {}
            }
            let members = self.members(id);
            let max = ("group_members", self.limits.group_members);
            at_most(members.len(), max, "members of a group chat");
            for member in members {
                let resident = self.peek(&member);
                assert!(
                    resident.is_none_or(|resident| resident.groups.contains_key(id)),
                    "a member of a group chat knows that it is in it"
                );
            }
        }
    }
}
