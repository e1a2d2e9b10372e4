//! Further seats on a stage: second clients of an account, clients at home with the daemon, daemons started again.
//! Never knows a row.

use std::net::Ipv4Addr;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_sim::Person;

use crate::stage::Stage;
use crate::town::{SECONDS, come_back, daemon, host};

impl Stage {
    /// A second client of somebody's, who hears notices from now on. Gives its name.
    pub(crate) fn second_client(&mut self, owner: &str) -> String {
        let name = format!("{owner} too");
        self.seat(owner, &name);
        name
    }

    /// A client on the machine of somebody's daemon, where there is a folder for pictures. Gives its name.
    pub(crate) fn at_home(&mut self, owner: &str) -> String {
        let name = format!("{owner} at home");
        self.world.give_folder(&host(owner));
        self.seat(owner, &name);
        name
    }

    fn seat(&mut self, owner: &str, name: &str) {
        let person = Person::new(WireKind::SkypeProxy, None, &host(owner), 1401);
        let person = self.world.join(name, person);
        self.world.set_address(name, Ipv4Addr::LOCALHOST.into());
        person.say("PROTOCOL 7");
        self.hears(name, "CONNSTATUS ONLINE");
        self.hears(name, "USERSTATUS *");
    }

    /// The daemon of somebody is killed and started again with what it has stored; the client comes back.
    pub(crate) fn starts_again(&mut self, owner: &str) {
        self.world.run_for(SECONDS(2));
        self.world.kill(&host(owner));
        let seed = self.world.seed_for("started again");
        self.world.restart(&host(owner), daemon(owner, seed));
        come_back(&mut self.world, owner);
        self.world.run_for(SECONDS(2));
    }

    /// Time passes; then nobody of these has heard such a line since the beginning.
    pub(crate) fn never_heard(&mut self, whoever: &[&str], lines: &[&str]) {
        self.world.run_for(SECONDS(5));
        for who in whoever {
            for line in lines {
                assert!(!self.heard(who, line), "{who} heard {line}");
            }
        }
    }
}
