//! What is kept of pictures: their names, the latest ones themselves, and which are on their way.
//! Never fetches one.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use crate::config::Limits;
use crate::imo::link::{CallId, FetchId};
use crate::invariant::at_most;
use crate::time::Instant;
use crate::weighed::WeighedMap;

/// How many fetches that came to nothing are remembered, for those who wait for them.
pub(super) const FAILURES_MAX: usize = 16;

/// Longest name of a picture that is taken, in bytes.
pub(super) const ICON_MAX: usize = 128;

/// What a picture takes, in bytes.
const fn picture_bytes(icon: &str, picture: &[u8]) -> usize {
    icon.len() + picture.len() + 64
}

/// What is known of pictures.
#[derive(Debug, Default)]
pub(in crate::account) struct Avatars {
    /// The ids of pictures, by the handle of whose they are.
    pub(super) icons: WeighedMap<Box<str>>,
    /// By then the service has told whose pictures there are.
    pub(super) told_by: Option<Instant>,
    /// The latest pictures, newest last, by their ids.
    pictures: VecDeque<(String, Vec<u8>)>,
    /// What those take, in bytes.
    bytes: usize,
    /// The ids of pictures that are being fetched.
    pub(super) fetching: BTreeMap<FetchId, String>,
    /// When fetches came to nothing, newest last.
    pub(super) failed: VecDeque<(String, Instant)>,
    /// Own pictures on their way to the service.
    pub(super) setting: BTreeSet<CallId>,
}

impl Avatars {
    pub(super) fn picture(&self, icon: &str) -> Option<&Vec<u8>> {
        let mut pictures = self.pictures.iter();
        let found = pictures.find(|(known, _)| known == icon);
        found.map(|(_, picture)| picture)
    }

    /// Keeps a picture, and forgets the oldest ones beyond so many bytes. False if there is no room for it at all.
    pub(super) fn keep(&mut self, icon: String, picture: Vec<u8>, bytes_max: usize) -> bool {
        let bytes = picture_bytes(&icon, &picture);
        let fits = bytes <= bytes_max;
        if fits {
            self.fit(bytes_max - bytes);
            self.bytes += bytes;
            self.pictures.push_back((icon, picture));
        }
        fits
    }

    /// Forgets the oldest pictures beyond so many bytes.
    pub(in crate::account) fn fit(&mut self, bytes_max: usize) {
        while self.bytes > bytes_max
            && let Some((icon, picture)) = self.pictures.pop_front()
        {
            self.bytes -= picture_bytes(&icon, &picture);
        }
    }

    /// What the pictures take, in bytes.
    pub(in crate::account) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// About how many bytes the names of pictures take.
    pub(in crate::account) const fn names_bytes(&self) -> usize {
        self.icons.bytes()
    }

    /// The calls by which own pictures are on their way.
    pub(in crate::account) fn setting(&self) -> impl Iterator<Item = CallId> {
        self.setting.iter().copied()
    }

    /// Panics if it keeps more than `limits` allow.
    pub(in crate::account) fn check_invariants(&self, limits: &Limits) {
        // The own picture comes on top.
        let max = ("contacts", limits.contacts + 1);
        at_most(self.icons.len(), max, "ids of pictures");
        // One is under way beside those that wait.
        let max = ("fetches", limits.fetches + 1);
        at_most(self.fetching.len(), max, "pictures that are fetched");
        self.icons.check_invariants();
        let pictures = self.pictures.iter();
        let bytes = pictures.map(|(icon, one)| picture_bytes(icon, one));
        let bytes: usize = bytes.sum();
        assert_eq!(self.bytes, bytes, "the bytes of pictures are counted");
        let max = ("avatars_cached", limits.avatars_cached);
        at_most(self.bytes, max, "bytes of pictures");
        assert!(self.failed.len() <= FAILURES_MAX, "the oldest failure goes");
    }

    /// True if a fetch came to nothing at `since` or after it.
    pub(super) fn has_failed(&self, icon: &str, since: Instant) -> bool {
        let mut failed = self.failed.iter();
        failed.any(|(known, at)| known == icon && *at >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_pictures_are_kept_as_far_as_there_is_room() {
        let mut avatars = Avatars::default();
        for icon in ["a", "b", "c"] {
            assert!(avatars.keep(icon.into(), [0].repeat(400), 1000));
        }
        assert!(avatars.picture("a").is_none());
        assert!(avatars.picture("b").is_some() && avatars.picture("c").is_some());
        assert!(avatars.keep("d".into(), [0].repeat(900), 1000));
        assert!(avatars.picture("c").is_none());
        assert!(!avatars.keep("e".into(), [0].repeat(1000), 1000));
        assert!(avatars.picture("d").is_some(), "what was there stays");
    }

    #[test]
    fn a_failure_counts_for_those_who_waited_for_it() {
        let at = Instant::from_micros;
        let mut avatars = Avatars::default();
        avatars.failed.push_back(("a".into(), at(5)));
        assert!(avatars.has_failed("a", at(5)));
        assert!(!avatars.has_failed("a", at(6)));
        assert!(!avatars.has_failed("b", at(1)));
    }
}
