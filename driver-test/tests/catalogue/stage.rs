//! Where a row is played: alice and bob, who are contacts, with a daemon and a client each.
//! Never knows a row.

use imo2sproxy_sim::{Faults, World};

use crate::town::{SECONDS, befriend, friends, sit_down, town};

/// Two or three people online.
pub(crate) struct Stage {
    pub(crate) world: World,
    tags: u32,
}

impl Stage {
    /// alice and bob, who are contacts of each other and have nothing else going on.
    pub(crate) fn new() -> Self {
        let mut world = friends(1, Faults::none());
        world.run_for(SECONDS(1));
        Self { world, tags: 0 }
    }

    /// The same with carol, whom alice knows and bob does not.
    pub(crate) fn add_carol(&mut self) {
        let mut world = town(1, Faults::none(), &["alice", "bob", "carol"]);
        for name in ["alice", "bob", "carol"] {
            sit_down(&mut world, name);
        }
        befriend(&mut world, "alice", "bob");
        befriend(&mut world, "alice", "carol");
        world.run_for(SECONDS(1));
        self.world = world;
    }

    /// alice asks; the reply has to be this one, where `*` stands for anything. Gives the reply.
    pub(crate) fn asks(&mut self, line: &str, reply: &str) -> String {
        self.asks_as("alice", line, reply)
    }

    /// Somebody asks.
    pub(crate) fn asks_as(&mut self, who: &str, line: &str, reply: &str) -> String {
        self.tags += 1;
        let tag = self.tags;
        self.world.person(who).say(&format!("#{tag} {line}"));
        let reply = format!("#{tag} {reply}");
        let said = self.world.expect(who, &reply, SECONDS(10));
        let tagged = format!("#{tag} ");
        let count = self.world.person(who).count(&format!("{tagged}*"));
        assert_eq!(count, 1, "exactly one reply to {line}");
        said[tagged.len()..].to_owned()
    }

    /// alice asks for what is refused with this number, and text behind it.
    pub(crate) fn refused(&mut self, line: &str, code: u16) {
        self.asks(line, &format!("ERROR {code} *"));
    }

    /// Somebody hears a line that nobody has asked for.
    pub(crate) fn hears(&mut self, who: &str, line: &str) -> String {
        self.world.expect(who, line, SECONDS(10)).to_string()
    }

    /// Whether somebody has ever heard such a line.
    pub(crate) fn heard(&self, who: &str, line: &str) -> bool {
        self.world.person(who).heard(line)
    }
}
