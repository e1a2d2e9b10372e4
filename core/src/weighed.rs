//! Collections by name that know about how much memory they take: what their owner bounds, and refuses beyond.
//! Never refuse anything themselves.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::borrow::Borrow;
use core::mem::size_of;
use core::ops::Deref;

use compact_str::CompactString;
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

impl Weight for CompactString {
    fn outside(&self) -> usize {
        if self.is_heap_allocated() {
            self.as_str().outside()
        } else {
            0
        }
    }
}

impl Weight for Box<str> {
    fn outside(&self) -> usize {
        (**self).outside()
    }
}

impl Weight for u32 {
    fn outside(&self) -> usize {
        0
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

/// A map by name, or by number.
#[derive(Debug)]
pub(crate) struct WeighedMap<V, K = Box<str>> {
    map: BTreeMap<K, V>,
    bytes: usize,
}

impl<V, K> Default for WeighedMap<V, K> {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
            bytes: 0,
        }
    }
}

impl<V, K> Deref for WeighedMap<V, K> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<V: Weight, K: Ord + Weight> WeighedMap<V, K> {
    /// About how many bytes it takes.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// About how many bytes one more entry would take.
    pub(crate) fn entry_bytes<Q: Weight + ?Sized>(&self, key: &Q, value: &V) -> usize {
        Self::bytes_of(key, value)
    }

    fn bytes_of<Q: Weight + ?Sized>(key: &Q, value: &V) -> usize {
        in_tree::<(K, V)>() + key.outside() + value.outside()
    }

    /// Puts a value in, in place of the one of that key.
    pub(crate) fn insert(&mut self, key: impl Into<K>, value: V) {
        let key = key.into();
        self.remove(&key);
        self.bytes += Self::bytes_of(&key, &value);
        self.map.insert(key, value);
    }

    /// Takes a value out.
    pub(crate) fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + Weight + ?Sized,
    {
        let value = self.map.remove(key)?;
        self.bytes -= Self::bytes_of(key, &value);
        Some(value)
    }

    /// Changes a value.
    pub(crate) fn change<Q, T>(&mut self, key: &Q, act: impl FnOnce(&mut V) -> T) -> Option<T>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let value = self.map.get_mut(key)?;
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
        let bytes: usize = entries.map(|(key, one)| Self::bytes_of(key, one)).sum();
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
