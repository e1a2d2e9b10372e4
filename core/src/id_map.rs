//! Maps from ids that the process has given itself, which nobody else can choose so that they collide.
//! Never for what is walked where the order matters: it has none. But what is done with a map in one run is done alike in
//! the next one, since its hashes depend on nothing else.

/// A map by id: finding one costs the same however many there are.
pub(crate) type IdMap<K, V> = hashbrown::HashMap<K, V, rustc_hash::FxBuildHasher>;
