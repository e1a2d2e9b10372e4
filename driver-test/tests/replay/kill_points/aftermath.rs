//! What must be true of a talk after somebody has died in it.
//! Never minds who it was, but for what only the dead may do.

use std::collections::BTreeMap;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_sim::Person;

use super::{Play, Said, account};
use crate::stage::Stage;
use crate::town::host;

/// One message as a daemon keeps it.
struct Kept {
    number: String,
    from: String,
    body: String,
    status: String,
}

/// The numbers of all messages that the daemon of somebody keeps, and those that are texts, oldest first.
fn kept(stage: &mut Stage, name: &str) -> (Vec<String>, Vec<Kept>) {
    let reader = format!("{name}-reads");
    let person = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
    stage.world.join(&reader, person.greeting("PROTOCOL 7"));
    let list = stage.ask(&reader, "SEARCH CHATMESSAGES");
    let numbers = list.trim_start_matches("CHATMESSAGES").trim();
    let numbers: Vec<String> = numbers
        .split(", ")
        .filter(|number| !number.is_empty())
        .map(str::to_owned)
        .collect();
    let mut texts = Vec::new();
    for number in numbers.iter().rev() {
        if stage.property(&reader, number, "TYPE") == "SAID" {
            texts.push(Kept {
                from: stage.property(&reader, number, "FROM_HANDLE"),
                body: stage.property(&reader, number, "BODY"),
                status: stage.property(&reader, number, "STATUS"),
                number: number.clone(),
            });
        }
    }
    (numbers, texts)
}

/// Everything is as it must be after somebody has died, `killed` if it was a daemon. Gives how many messages were
/// announced again, under the number that they had.
pub(super) fn check(play: &mut Play, said: &[Said], killed: &str) -> usize {
    let people = play.people;
    let stage = &mut play.stage;
    let (mut numbers, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for name in people {
        let (all, said) = kept(stage, name);
        numbers.insert(*name, all);
        texts.insert(*name, said);
    }
    let kept = texts;
    for (name, all) in &kept {
        let mut bodies: Vec<(&String, &String)> =
            all.iter().map(|one| (&one.from, &one.body)).collect();
        let count = bodies.len();
        bodies.sort();
        bodies.dedup();
        assert_eq!(bodies.len(), count, "{name} has a text twice");
    }
    for from in people {
        let own = &kept[from];
        let status = |text: &Said| {
            let known = own
                .iter()
                .find(|one| one.from == account(from) && one.body == text.body);
            known.map(|one| one.status.clone())
        };
        let texts: Vec<&Said> = said.iter().filter(|text| text.from == *from).collect();
        for text in &texts {
            let known = status(text);
            let known = known.as_deref();
            assert!(
                matches!(known, None | Some("SENT" | "FAILED")),
                "{:?} of {from} is {known:?}",
                text.body
            );
            assert!(
                known.is_some() || host(from) == killed,
                "{from} has lost {:?}",
                text.body
            );
            for to in &text.to {
                let arrived = kept.iter().any(|(name, all)| {
                    account(name) == account(to) && all.iter().any(|one| one.body == text.body)
                });
                match known {
                    Some("SENT") => assert!(arrived, "{:?} was sent and is not at {to}", text.body),
                    Some(_) => assert!(!arrived, "{:?} has failed and is at {to}", text.body),
                    None => {}
                }
            }
        }
        for (name, all) in &kept {
            let order: Vec<&String> = texts.iter().map(|text| &text.body).collect();
            let got: Vec<&String> = all
                .iter()
                .filter(|one| one.from == account(from) && order.contains(&&one.body))
                .map(|one| &one.body)
                .collect();
            let expected: Vec<&String> = order
                .into_iter()
                .filter(|body| got.contains(body))
                .collect();
            assert_eq!(got, expected, "what {name} has of {from} is out of order");
        }
    }
    let mut again = 0;
    for name in people {
        again += check_announced(stage, name, (&numbers[name], &kept[name]), killed);
    }
    again
}

/// The client of somebody was told of everything that its daemon has received, of nothing else, and of what was reported
/// as sent. `numbers` are those of all messages that the daemon keeps, `kept` its texts.
fn check_announced(
    stage: &Stage,
    name: &str,
    (numbers, kept): (&[String], &[Kept]),
    killed: &str,
) -> usize {
    let heard = stage.world.person(name).everything();
    // On which connections a message was announced.
    let mut announced: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for heard in &heard {
        let Some(rest) = heard.line.strip_prefix("CHATMESSAGE ") else {
            continue;
        };
        if let Some(number) = rest.strip_suffix(" STATUS RECEIVED") {
            announced.entry(number).or_default().push(heard.visit);
        } else if let Some(number) = rest.strip_suffix(" STATUS SENT") {
            let known = kept.iter().find(|one| one.number == number);
            assert!(
                known.is_some_and(|one| one.status == "SENT"),
                "{name} was told that {number} is sent, and its daemon does not know it"
            );
        }
    }
    for one in kept.iter().filter(|one| one.from != account(name)) {
        let told = announced.contains_key(&*one.number);
        assert!(told, "{name} was not told of {:?}", one.body);
    }
    // A daemon may not know what it has said before its death, but its clients come back on other connections.
    let deaths = usize::from(host(name) == killed);
    let mut again = 0;
    for (number, visits) in announced {
        assert!(
            numbers.iter().any(|known| known == number),
            "{name} was told of {number}, and its daemon does not keep it"
        );
        let repeats = visits.len() - 1;
        assert!(
            repeats <= deaths,
            "{name} was told of {number} on {visits:?}, and its daemon died {deaths} times"
        );
        assert!(
            visits.is_sorted_by(|a, b| a < b),
            "{name} was told of {number} twice on one connection: {visits:?}"
        );
        again += repeats;
    }
    again
}
