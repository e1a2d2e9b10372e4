//! What the service tells of group chats: the roster with its rooms and members, and who has left or was thrown out.
//! Never says twice what clients know: a roster that is as it was changes nothing.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ChatId, Group, News};
use crate::account::records::{MessageKind, Standing};
use crate::account::{Account, Scene};
use crate::handle::{canonical, is_handle};
use crate::imo::buid::Buid;
use crate::imo::notice::Buddy;

/// Longest id of a group chat that is taken, in bytes: it is stored.
const GID_MAX: usize = 128;

/// True for what can be the id of a group chat.
fn is_gid(gid: &str) -> bool {
    !gid.is_empty() && gid.len() <= GID_MAX && !gid.contains(char::is_control)
}

/// What one notice tells of one group chat.
#[derive(Debug, Default)]
struct Told {
    /// The group itself is told of, with this name.
    name: Option<String>,
    topic: Option<String>,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    handle: String,
    inviter: Option<String>,
    creator: bool,
}

impl Told {
    /// Takes the groups out of the buddies of a notice.
    fn read(buddies: &[Buddy]) -> BTreeMap<&str, Self> {
        let mut told: BTreeMap<&str, Self> = BTreeMap::new();
        for buddy in buddies {
            match Buid::parse(&buddy.buid) {
                Buid::Person(_) => {}
                Buid::Group(gid) => {
                    let told = told.entry(gid).or_default();
                    told.name = Some(buddy.alias.clone().unwrap_or_default());
                    told.topic.clone_from(&buddy.display);
                }
                Buid::Member { group, handle } => {
                    told.entry(group).or_default().members.push(Member {
                        handle: canonical(handle).into_owned(),
                        inviter: buddy
                            .inviter
                            .as_deref()
                            .map(|by| canonical(by).into_owned()),
                        creator: buddy.creator == Some(true),
                    });
                }
            }
        }
        told
    }

    /// Who has made the group: whoever the service says; else, since the one may have left, whoever else seems
    /// to know.
    fn creator(&self, me: &str) -> String {
        let creator = self.members.iter().find(|member| member.creator);
        let own = self.members.iter().find(|member| member.handle == me);
        let inviter = own.and_then(|own| own.inviter.as_ref());
        let other = self.members.iter().find(|member| member.handle != me);
        let known = creator
            .map(|member| &member.handle)
            .or(inviter)
            .or_else(|| other.map(|member| &member.handle))
            .filter(|handle| is_handle(handle));
        known.map_or_else(|| me.to_owned(), Clone::clone)
    }
}

impl Account {
    /// A new session begins: the groups and members that it does not tell of are gone.
    pub(in crate::account) fn begin_rooms(&mut self) {
        self.chats.begin();
    }

    /// The service tells of groups and members of such; people among the buddies are passed over.
    pub(in crate::account) fn rooms_told(&mut self, scene: &mut Scene<'_>, buddies: &[Buddy]) {
        for (gid, told) in Told::read(buddies) {
            if !is_gid(gid) {
                let detail = "a group chat of no proper id".into();
                self.fault(scene, detail);
                continue;
            }
            match self.chats.group(gid) {
                Some(id) => self.known_room(scene, (gid, &id), told),
                None => self.new_room(scene, gid, told),
            }
        }
    }

    /// Something is different about groups.
    pub(in crate::account) fn rooms_differ(&mut self, scene: &mut Scene<'_>, buddies: &[Buddy]) {
        for (gid, told) in Told::read(buddies) {
            if let Some(id) = self.chats.group(gid) {
                self.topic_told(scene, &id, gid, told.topic.as_deref());
            }
        }
    }

    /// The topic, without who gave it: that is said by a message, or it was the account itself.
    fn topic_told(&mut self, scene: &mut Scene<'_>, id: &ChatId, gid: &str, topic: Option<&str>) {
        let Some(topic) = topic else {
            return;
        };
        if self.acts.topic_is_told(gid, topic) {
            self.topic_set(scene, id, topic);
        } else if self.topic_is(scene, id, topic) {
            self.news(scene, id, News::Topic);
        }
    }

    fn known_room(&mut self, scene: &mut Scene<'_>, (gid, id): (&str, &ChatId), told: Told) {
        let me = self.handle.clone();
        let is_in = self.chats.confirm(id, told.name.is_some());
        let own = told.members.iter().position(|member| member.handle == me);
        if !is_in && (told.name.is_some() || own.is_some()) {
            self.invited(scene, id, told);
            return;
        }
        self.topic_told(scene, id, gid, told.topic.as_deref());
        self.others_told(scene, id, told.members);
    }

    /// Takes in the members of a group that the account was in already, or has just come into.
    fn others_told(&mut self, scene: &mut Scene<'_>, id: &ChatId, members: Vec<Member>) {
        let mut by_inviter: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for member in members {
            if self.is_me(&member.handle) {
                let own = core::iter::once(member.handle.as_str());
                let members_max = self.limits.group_members;
                self.chats.join(id, own, members_max, scene.journal);
            } else {
                let handles = by_inviter.entry(member.inviter).or_default();
                handles.push(member.handle);
            }
        }
        for (inviter, handles) in by_inviter {
            let inviter = inviter.filter(|handle| is_handle(handle));
            self.members_came(scene, id, &handles, inviter.as_deref());
        }
    }

    /// The account is in a group again that it had left.
    fn invited(&mut self, scene: &mut Scene<'_>, id: &ChatId, told: Told) {
        let Some(known) = self.chats.get(id).and_then(|chat| chat.group.as_ref()) else {
            return;
        };
        let group = self.group(&known.gid.clone(), known.creator.clone(), &told);
        self.enter(scene, group, told);
    }

    fn new_room(&mut self, scene: &mut Scene<'_>, gid: &str, told: Told) {
        // A member of a group that nobody has told of: it was left, or could not be taken.
        let Some(name) = &told.name else {
            return;
        };
        if self.made(scene, gid, name) {
            return;
        }
        let group = self.group(gid, told.creator(&self.handle), &told);
        self.enter(scene, group, told);
    }

    fn group(&self, gid: &str, creator: String, told: &Told) -> Group {
        let own = told
            .members
            .iter()
            .find(|member| self.is_me(&member.handle));
        let adder = own.and_then(|own| own.inviter.clone());
        let adder = adder.or_else(|| (!self.is_me(&creator)).then(|| creator.clone()));
        Group {
            gid: gid.to_owned(),
            adder: adder.filter(|adder| is_handle(adder)),
            topic: told.topic.clone().unwrap_or_default(),
            creator,
            confirmed: true,
            ..Group::default()
        }
    }

    /// The account is in a group now into which somebody has brought it, or that it made elsewhere.
    fn enter(&mut self, scene: &mut Scene<'_>, group: Group, told: Told) {
        let adder = group.adder.clone().filter(|adder| !self.is_me(adder));
        let Some(id) = self.come_into(scene, group) else {
            return;
        };
        // Whoever is there already is no news of its own.
        let handles = told.members.iter().map(|member| member.handle.as_str());
        let members_max = self.limits.group_members;
        let proper = handles.filter(|handle| is_handle(handle));
        self.chats.join(&id, proper, members_max, scene.journal);
        self.chats.number_members(&id, &mut self.messages);
        self.chats.keep(&id, scene.journal);
        self.reserve(scene);
        let me = self.handle.clone();
        match adder {
            Some(adder) => {
                let what = (MessageKind::Added, String::new());
                self.record(scene, &id, &adder, what, [me].into());
            }
            None => self.news(scene, &id, News::Made),
        }
    }

    /// A text of a group that the service has not told of: it was left since, or the roster is on its way.
    pub(in crate::account) fn stray_room(
        &mut self,
        scene: &mut Scene<'_>,
        gid: &str,
        author: &str,
    ) -> Option<ChatId> {
        if !is_gid(gid) {
            return None;
        }
        let group = Group {
            gid: gid.to_owned(),
            creator: author.to_owned(),
            ..Group::default()
        };
        let id = self.come_into(scene, group)?;
        let members_max = self.limits.group_members;
        let author = core::iter::once(author);
        self.chats.join(&id, author, members_max, scene.journal);
        self.chats.keep(&id, scene.journal);
        Some(id)
    }

    /// Somebody is thrown out of a group.
    pub(in crate::account) fn kicked(&mut self, scene: &mut Scene<'_>, member: &str, by: &str) {
        if let Buid::Member { group, handle } = Buid::parse(member)
            && let Some(id) = self.chats.group(group)
        {
            let by = canonical(by);
            let by = if is_handle(&by) { &*by } else { handle };
            self.member_gone(scene, &id, &canonical(handle), Some(by));
        }
    }

    /// A group, or a member of one, is not on the roster any more.
    pub(in crate::account) fn room_gone(&mut self, scene: &mut Scene<'_>, buid: &str) {
        match Buid::parse(buid) {
            Buid::Person(_) => {}
            Buid::Group(gid) => {
                if let Some(id) = self.chats.group(gid) {
                    self.out_of(scene, &id, None);
                }
            }
            Buid::Member { group, handle } => {
                if let Some(id) = self.chats.group(group) {
                    let handle = canonical(handle);
                    // A service that does not say who threw somebody out does so to whoever did it.
                    let by_me = self.acts.is_kicking(group, &handle);
                    let me = self.handle.clone();
                    self.member_gone(scene, &id, &handle, by_me.then_some(&me));
                }
            }
        }
    }

    /// The roster should be complete: groups and members that the session has not told of are gone.
    pub(in crate::account) fn sweep_rooms(&mut self, scene: &mut Scene<'_>) {
        if !self.roster.known || !self.shows_presence {
            return;
        }
        for (id, members) in self.chats.unconfirmed() {
            match members {
                None => self.out_of(scene, &id, None),
                Some(gone) => {
                    for handle in gone {
                        self.member_gone(scene, &id, &handle, None);
                    }
                }
            }
        }
    }
}

impl super::Chats {
    fn begin(&mut self) {
        for chat in self.all.values_mut() {
            chat.members.begin();
            if let Some(group) = &mut chat.group {
                group.confirmed = false;
            }
        }
    }

    /// The present session tells of a group, if `told`. True if the account is in it.
    fn confirm(&mut self, id: &str, told: bool) -> bool {
        let group = self.all.get_mut(id).and_then(|chat| chat.group.as_mut());
        group.is_some_and(|group| {
            group.confirmed |= told;
            group.standing == Standing::In
        })
    }

    /// The groups that the account seems to be in and the session has not told of, and of the others the members that
    /// it has not told of.
    fn unconfirmed(&self) -> Vec<(ChatId, Option<Vec<String>>)> {
        let missing = |(id, chat): (&ChatId, &super::Chat)| {
            let group = chat.group.as_ref()?;
            if group.standing != Standing::In {
                return None;
            }
            let gone = group.confirmed.then(|| {
                let others = chat.members.unconfirmed().into_iter();
                others.filter(|handle| *handle != self.me).collect()
            });
            Some((id.clone(), gone))
        };
        self.all.iter().filter_map(missing).collect()
    }
}
