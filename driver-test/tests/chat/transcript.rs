//! What a client hears of chats, line by line, with numbers and ids that differ from run to run taken out.
//! Never says which lines are wanted: tests do.

use imo2sproxy_sim::World;

use crate::town::SECONDS;

/// A place in what `name` hears, from which on lines are read.
pub(crate) struct Transcript {
    name: String,
    from: usize,
}

impl Transcript {
    /// What `name` hears from now on.
    pub(crate) fn of(world: &World, name: &str) -> Self {
        let from = world.person(name).replies().len();
        let name = name.into();
        Self { name, from }
    }

    /// The lines about chats, members and messages heard so far: the id of `chat` is `C`, and each long number `N`.
    pub(crate) fn lines(&self, world: &World, chat: &str) -> Vec<String> {
        let heard = world.person(&self.name).replies();
        let about_chats = |line: &&String| {
            let first =
                line.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit() || c == ' ');
            first.starts_with("CHAT") || first.starts_with("ALTER CHAT")
        };
        let plain = |line: &String| {
            let word = |word: &str| {
                let is_number = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_digit());
                match word {
                    _ if word == chat => "C".to_owned(),
                    _ if is_number => "N".to_owned(),
                    _ => word.to_owned(),
                }
            };
            line.split(' ').map(word).collect::<Vec<_>>().join(" ")
        };
        heard[self.from..]
            .iter()
            .filter(about_chats)
            .map(plain)
            .collect()
    }

    /// Lets the world run for some seconds and checks that exactly these lines are heard meanwhile.
    pub(crate) fn expect(&self, world: &mut World, chat: &str, wanted: &[&str]) {
        world.run_for(SECONDS(10));
        assert_eq!(self.lines(world, chat), wanted, "what {} hears", self.name);
    }
}

/// Asks for something and gives the reply.
pub(crate) fn ask(world: &mut World, name: &str, line: &str) -> String {
    world.person(name).say(&format!("#9 {line}"));
    let reply = world.expect(name, "#9 *", SECONDS(12));
    reply["#9 ".len()..].to_owned()
}

/// The value of a property: what the reply says behind the question.
pub(crate) fn value(world: &mut World, name: &str, object: &str, property: &str) -> String {
    let reply = ask(world, name, &format!("GET {object} {property}"));
    let start = format!("{object} {property} ");
    assert!(
        reply.starts_with(&start),
        "{name} asked for {start}and heard {reply}"
    );
    reply[start.len()..].to_owned()
}

/// The values of several properties.
pub(crate) fn check(world: &mut World, name: &str, object: &str, wanted: &[(&str, &str)]) {
    for (property, wanted) in wanted {
        let said = value(world, name, object, property);
        assert_eq!(said, *wanted, "{name}: {object} {property}");
    }
}

/// The number of the next message that `name` is told of, as `CHATMESSAGE` and the number.
pub(crate) fn next_message(world: &mut World, name: &str, status: &str) -> String {
    let line = world.expect(
        name,
        &format!("CHATMESSAGE * STATUS {status}"),
        SECONDS(120),
    );
    let words: Vec<&str> = line.split(' ').collect();
    words[..2].join(" ")
}
