//! Collections by name that know about how much memory they take: what their owner bounds, and refuses beyond.
//! Never refuse anything themselves.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::mem::size_of;
use core::ops::Deref;

use serde::{Deserialize, Serialize, Serializer};

/// What an allocator takes beside the bytes that are asked of it, in bytes.
const BLOCK: usize = 16;

/// About how many bytes something takes.
pub(crate) trait Weight {
    /// The bytes outside of the value itself.
    fn outside(&self) -> usize;
}

impl Weight for str {
    fn outside(&self) -> usize {
        if self.is_empty() {
            0
        } else {
            self.len() + BLOCK
        }
    }
}

impl Weight for String {
    fn outside(&self) -> usize {
        self.as_str().outside()
    }
}

impl Weight for Box<str> {
    fn outside(&self) -> usize {
        (**self).outside()
    }
}

impl<T: Weight> Weight for Option<T> {
    fn outside(&self) -> usize {
        self.as_ref().map_or(0, Weight::outside)
    }
}

/// The bytes of one entry in a tree's node. Nodes are about half full where entries come in order.
pub(crate) const fn in_tree<Entry>() -> usize {
    2 * size_of::<Entry>()
}

/// A map by name.
#[derive(Debug)]
pub(crate) struct WeighedMap<V> {
    map: BTreeMap<Box<str>, V>,
    bytes: usize,
}

impl<V> Default for WeighedMap<V> {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
            bytes: 0,
        }
    }
}

impl<V> Deref for WeighedMap<V> {
    type Target = BTreeMap<Box<str>, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<V: Weight> WeighedMap<V> {
    /// About how many bytes it takes.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// About how many bytes one more entry would take.
    pub(crate) fn entry_bytes(name: &str, value: &V) -> usize {
        in_tree::<(Box<str>, V)>() + name.outside() + value.outside()
    }

    /// Puts a value in, in place of the one of that name.
    pub(crate) fn insert(&mut self, name: &str, value: V) {
        self.remove(name);
        self.bytes += Self::entry_bytes(name, &value);
        self.map.insert(name.into(), value);
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        let value = self.map.remove(name)?;
        self.bytes -= Self::entry_bytes(name, &value);
        Some(value)
    }

    /// Changes a value.
    pub(crate) fn change<T>(&mut self, name: &str, act: impl FnOnce(&mut V) -> T) -> Option<T> {
        let value = self.map.get_mut(name)?;
        let before = value.outside();
        let result = act(value);
        self.bytes = self.bytes - before + value.outside();
        Some(result)
    }

    /// Changes all values in ways that do not change what they take.
    pub(crate) fn each(&mut self, act: impl FnMut(&mut V)) {
        self.map.values_mut().for_each(act);
    }

    /// Takes everything out.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Panics if it has lost count.
    pub(crate) fn check_invariants(&self) {
        let entries = self.map.iter();
        let bytes: usize = entries
            .map(|(name, one)| Self::entry_bytes(name, one))
            .sum();
        assert_eq!(self.bytes, bytes, "the bytes of a map are counted");
    }
}

/// A set of names.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(from = "BTreeSet<String>")]
pub(crate) struct WeighedSet {
    set: BTreeSet<String>,
    bytes: usize,
}

impl Deref for WeighedSet {
    type Target = BTreeSet<String>;

    fn deref(&self) -> &Self::Target {
        &self.set
    }
}

impl From<BTreeSet<String>> for WeighedSet {
    fn from(set: BTreeSet<String>) -> Self {
        let bytes = set.iter().map(|name| Self::entry_bytes(name)).sum();
        Self { set, bytes }
    }
}

impl Serialize for WeighedSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.set.serialize(serializer)
    }
}

impl WeighedSet {
    /// About how many bytes it takes.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// About how many bytes one more name would take.
    pub(crate) fn entry_bytes(name: &str) -> usize {
        in_tree::<String>() + name.outside()
    }

    /// Puts a name in. False if it is there already.
    pub(crate) fn insert(&mut self, name: &str) -> bool {
        let is_new = !self.set.contains(name) && self.set.insert(name.into());
        self.bytes += if is_new { Self::entry_bytes(name) } else { 0 };
        is_new
    }

    /// Takes a name out. False if it is not there.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let was = self.set.remove(name);
        self.bytes -= if was { Self::entry_bytes(name) } else { 0 };
        was
    }

    /// Takes the first name out.
    pub(crate) fn pop_first(&mut self) -> Option<String> {
        let first = self.set.pop_first()?;
        self.bytes -= Self::entry_bytes(&first);
        Some(first)
    }

    /// Panics if it has lost count.
    pub(crate) fn check_invariants(&self) {
        let bytes: usize = self.set.iter().map(|name| Self::entry_bytes(name)).sum();
        assert_eq!(self.bytes, bytes, "the bytes of a set are counted");
    }
}

impl<'n> FromIterator<&'n String> for WeighedSet {
    fn from_iter<I: IntoIterator<Item = &'n String>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            all.insert(name);
        }
        all
    }
}
