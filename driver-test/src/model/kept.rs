//! What is durable, read from the records of daemons and services as `core/docs/storage.md` describes them.
//! Never asks a machine.

use imo2sproxy_core::config::WireKind;
use serde_json::Value;

use super::Mark;
use imo2sproxy_core::store::MemoryStore;

/// A text as a daemon keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Kept {
    /// Whether the account has written it.
    pub(super) own: bool,
    /// Whether the service has refused it.
    pub(super) failed: bool,
    /// Whether it waits for the service.
    pub(super) waits: bool,
    /// Whether it is kept as one that nobody has seen.
    pub(super) unread: bool,
    /// Its mark; none for what is no text, or is the contact's of the service itself.
    pub(super) mark: Option<Mark>,
}

impl Kept {
    /// The text of that number, if it is there.
    pub(super) fn read(store: &MemoryStore, account: &str, number: u32) -> Option<Self> {
        let value = store.get(&format!("p/{account}/m/{number:010}"))?;
        Some(Self::of(store, account, number, value))
    }

    /// All texts of an account, with their numbers, in their order.
    pub(super) fn all(store: &MemoryStore, account: &str) -> Vec<(u32, Self)> {
        let prefix = format!("p/{account}/m/");
        let number = |key: &str| {
            let digits = key[prefix.len()..].parse();
            digits.expect("the key of a text ends with its number")
        };
        store
            .records(&prefix)
            .map(|(key, value)| {
                let number = number(key);
                (number, Self::of(store, account, number, value))
            })
            .collect()
    }

    fn of(store: &MemoryStore, account: &str, number: u32, value: &[u8]) -> Self {
        let listed = |list: &str| {
            let key = format!("p/{account}/{list}/{number:010}");
            store.get(&key).is_some()
        };
        let value: Value = serde_json::from_slice(value).expect("a record is JSON");
        let is = |field: &str| value[field].as_bool().unwrap_or(false);
        let is_text = value["kind"].is_null();
        Self {
            own: is("own"),
            failed: is("failed"),
            waits: listed("o"),
            unread: listed("u"),
            mark: value["body"]
                .as_str()
                .filter(|_| is_text)
                .and_then(Mark::in_text),
        }
    }
}

/// Whether a text of that mark is among the records with a prefix.
pub(super) fn holds(store: &MemoryStore, prefix: &str, mark: &Mark) -> bool {
    let text = mark.text();
    store.records(prefix).any(|(_, value)| {
        let value = std::str::from_utf8(value);
        value.is_ok_and(|value| value.contains(&text))
    })
}

/// The key of what is kept of client programs of an account that tell no name.
pub(super) fn nameless(account: &str, kind: WireKind) -> String {
    format!("p/{account}/r/{} 127.0.0.1 ", kind.name())
}

/// Up to which number clients were told of texts; zero if it is not known.
pub(super) fn told(store: &MemoryStore, account: &str) -> u64 {
    let state = store.get(&format!("p/{account}/s"));
    let state = state.and_then(|value| serde_json::from_slice::<Value>(value).ok());
    state
        .and_then(|state| state["announced"].as_u64())
        .unwrap_or_default()
}
