//! What the chats of an account promise about themselves: that every way to find one leads to it.
//! Never looks at what is said in a chat.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;

use super::{ChatId, Chats};
use crate::invariant::at_most;

impl Chats {
    /// Panics if there are more than there may be, or if they cannot be found as they should.
    pub(in crate::account) fn check_invariants(&self) {
        at_most(self.all.len(), ("chats", self.max), "chats");
        self.check_bytes();
        let (mut dialogs, mut groups) = (BTreeMap::new(), BTreeMap::new());
        let mut numbers: BTreeMap<u32, &ChatId> = BTreeMap::new();
        let mut idle = BTreeSet::new();
        for (id, chat) in &self.all {
            if let Some(group) = &chat.group {
                groups.insert(&*group.gid, id);
            } else if let Some((partner, _)) = &chat.dialog {
                dialogs.insert(&**partner, id);
            }
            for (number, _) in chat.members.numbers() {
                let other = numbers.insert(number, id);
                assert_eq!(other, None, "a number is that of one member of one chat");
            }
            if chat.may_go() {
                idle.insert((chat.touched(), Arc::clone(id)));
            }
        }
        let by_name = |(name, id)| (name, id);
        assert!(
            dialogs
                .into_iter()
                .eq(self.dialogs.iter().map(|(name, id)| by_name((&**name, id)))),
            "each dialog is found by its partner"
        );
        assert!(
            groups
                .into_iter()
                .eq(self.groups.iter().map(|(name, id)| by_name((&**name, id)))),
            "each group chat is found by what the service calls it"
        );
        let found = self.numbers.iter();
        let found = found.map(|(number, id)| (*number, id));
        assert!(
            numbers.into_iter().eq(found),
            "each member is found by its number"
        );
        assert_eq!(
            idle, self.idle,
            "the chats that may be forgotten are in the order of their silence"
        );
    }
}
