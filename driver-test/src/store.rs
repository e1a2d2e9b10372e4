//! The store of the simulation: a map in memory that outlives the machines.
//! Never loses anything by itself; the world decides what reaches it.

pub use imo2sproxy_core::store::MemoryStore;

#[cfg(test)]
mod tests {
    use imo2sproxy_core::store::{Query, Store as _, StoreOp};

    use super::*;

    fn filled() -> MemoryStore {
        let mut store = MemoryStore::new();
        let put = |key: &str| StoreOp::Put {
            key: key.into(),
            value: key.into(),
        };
        let changes: Vec<_> = ["m/1", "m/2", "m/3", "n/1"].map(put).into();
        store.apply(&changes).unwrap();
        store
    }

    fn range(after: Option<&str>, limit: usize, newest_first: bool) -> Vec<String> {
        let mut records = Vec::new();
        let query = Query::Range {
            prefix: "m/".into(),
            after: after.map(Into::into),
            limit,
            newest_first,
        };
        filled().query(&query, &mut records).unwrap();
        records.into_iter().map(|record| record.key).collect()
    }

    #[test]
    fn it_keeps_the_whole_contract_of_a_store() {
        crate::conformance::check_store(&mut MemoryStore::new());
    }

    #[test]
    fn a_range_keeps_to_its_prefix_its_start_its_limit_and_its_direction() {
        assert_eq!(range(None, 9, false), ["m/1", "m/2", "m/3"]);
        assert_eq!(range(None, 2, true), ["m/3", "m/2"]);
        assert_eq!(range(Some("m/1"), 9, false), ["m/2", "m/3"]);
        assert_eq!(range(Some("m/3"), 1, true), ["m/2"]);
        assert_eq!(range(Some("m/9"), 9, true), ["m/3", "m/2", "m/1"]);
        assert_eq!(range(Some("m/3"), 9, false), [""; 0]);
    }

    #[test]
    fn what_is_removed_is_gone_and_the_rest_stays() {
        let mut store = filled();
        store
            .apply(&[StoreOp::Remove { key: "m/2".into() }])
            .unwrap();
        let mut records = Vec::new();
        for key in ["m/2", "m/3"] {
            let query = Query::Get { key: key.into() };
            store.query(&query, &mut records).unwrap();
        }
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].value, b"m/3");
    }
}
