//! Pictures of the account and of its contacts, for the clients that ask for them.
//! Never keeps more than the latest few, and writes none but where a client wants it and the driver lets it.
//!
//! See `core/docs/skype-api.md`, "Pictures".

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Account, Answer, Reach, Scene};
use crate::config::Limits;
use crate::event::EventKind;
use crate::handle::{canonical, is_handle};
use crate::imo::call::Call;
use crate::imo::icon::media_type;
use crate::imo::link::{CallId, FetchError, FetchId};
use crate::imo::notice::{Icon, Refusal};
use crate::invariant::at_most;
use crate::io::FileError;
use crate::skype::{ErrorReply, Reply};
use crate::time::Instant;

/// How many fetches that came to nothing are remembered, for those who wait for them.
const FAILURES_MAX: usize = 16;

/// What is known of pictures.
#[derive(Debug, Default)]
pub(super) struct Avatars {
    /// The ids of pictures, by the handle of whose they are.
    icons: BTreeMap<String, String>,
    /// By then the service has told whose pictures there are.
    told_by: Option<Instant>,
    /// The latest pictures, newest last, by their ids.
    pictures: VecDeque<(String, Vec<u8>)>,
    /// The ids of pictures that are being fetched.
    fetching: BTreeMap<FetchId, String>,
    /// When fetches came to nothing, newest last.
    failed: VecDeque<(String, Instant)>,
    /// Own pictures on their way to the service, with their lengths.
    setting: BTreeMap<CallId, usize>,
}

impl Avatars {
    fn picture(&self, icon: &str) -> Option<&Vec<u8>> {
        let mut pictures = self.pictures.iter();
        let found = pictures.find(|(known, _)| known == icon);
        found.map(|(_, picture)| picture)
    }

    /// Keeps a picture, and forgets the oldest ones beyond so many bytes; the newest stays.
    fn keep(&mut self, icon: String, picture: Vec<u8>, bytes_max: usize) {
        self.pictures.push_back((icon, picture));
        let mut bytes: usize = self.pictures.iter().map(|(_, one)| one.len()).sum();
        while bytes > bytes_max && self.pictures.len() > 1 {
            let oldest = self.pictures.pop_front();
            bytes -= oldest.map_or(0, |(_, picture)| picture.len());
        }
    }

    /// The calls by which own pictures are on their way, with their lengths.
    pub(super) fn setting(&self) -> impl Iterator<Item = (CallId, usize)> {
        self.setting.iter().map(|(id, length)| (*id, *length))
    }

    /// Panics if it keeps more than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        // The own picture comes on top.
        let max = ("contacts", limits.contacts + 1);
        at_most(self.icons.len(), max, "ids of pictures");
        // One is under way beside those that wait.
        let max = ("fetches", limits.fetches + 1);
        at_most(self.fetching.len(), max, "pictures that are fetched");
        let bytes: usize = self.pictures.iter().map(|(_, one)| one.len()).sum();
        if self.pictures.len() > 1 {
            let max = ("avatars_cached", limits.avatars_cached);
            at_most(bytes, max, "bytes of pictures");
        }
        assert!(self.failed.len() <= FAILURES_MAX, "the oldest failure goes");
    }

    /// True if a fetch came to nothing at `since` or after it.
    fn has_failed(&self, icon: &str, since: Instant) -> bool {
        let mut failed = self.failed.iter();
        failed.any(|(known, at)| known == icon && *at >= since)
    }
}

/// How a picture that a client wants stands.
enum Picture {
    /// It is there.
    Here(Vec<u8>),
    /// It may come until then.
    Awaited(Instant),
    /// There is none to be had.
    None,
}

/// Whose picture a client wants where, and since when.
#[derive(Clone, Copy)]
struct Errand<'a> {
    /// The handle, in lower case.
    of: &'a str,
    reach: Reach,
    since: Instant,
}

impl Account {
    /// The picture of a user, to be brought to a client's file.
    pub(super) fn user_avatar<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        (handle, file): (&'a str, &'a str),
        reach: Reach,
        since: Instant,
    ) -> Answer<'a> {
        let of = canonical(handle);
        let of = &*of;
        let then = Reply::UserAvatar {
            handle: handle.into(),
            file: file.into(),
        };
        self.bring(scene, Errand { of, reach, since }, file, then)
    }

    /// The own picture, to be brought to a client's file.
    pub(super) fn own_avatar<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        file: &'a str,
        reach: Reach,
        since: Instant,
    ) -> Answer<'a> {
        let of = self.handle.clone();
        let of = of.as_str();
        let then = Reply::Avatar { file: file.into() };
        self.bring(scene, Errand { of, reach, since }, file, then)
    }

    fn bring<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        errand: Errand<'_>,
        file: &'a str,
        then: Reply<'a>,
    ) -> Answer<'a> {
        if errand.reach == Reach::Neither {
            return refusal(ErrorReply::NO_AVATAR);
        }
        if file.is_empty() {
            return refusal(ErrorReply::NO_PATH);
        }
        // Once the picture is being written it may be forgotten.
        let on_its_way = errand.reach == Reach::Files && self.is_writing(file);
        let picture = if on_its_way {
            Vec::new()
        } else {
            match self.fetch_picture(scene, errand) {
                Picture::Here(picture) => picture,
                Picture::Awaited(until) => return Answer::Wait(Some(until)),
                Picture::None => return refusal(ErrorReply::NO_AVATAR),
            }
        };
        match errand.reach {
            Reach::Slots => Answer::File(file, picture, then),
            Reach::Files => match self.write_file(scene, file, || picture) {
                None => Answer::Wait(None),
                Some(Ok(())) => Answer::Reply(then),
                Some(Err(error)) => {
                    let detail = format!("a picture was not written: {}", error.explain());
                    self.event(scene, EventKind::ClientFault, detail);
                    refusal(match error {
                        FileError::Exists => ErrorReply::FILE_NOT_EMPTY,
                        FileError::NoFolder
                        | FileError::Outside
                        | FileError::Missing
                        | FileError::TooLarge
                        | FileError::Failed => ErrorReply::NO_PATH,
                    })
                }
            },
            Reach::Neither => refusal(ErrorReply::NO_AVATAR),
        }
    }

    /// Somebody's picture, as far as it has come. Some clients wait for it without limit, so that it is none in the
    /// end.
    fn fetch_picture(
        &mut self,
        scene: &mut Scene<'_>,
        Errand { of, since, .. }: Errand<'_>,
    ) -> Picture {
        let until = since + self.limits.fetch_wait;
        let Some(icon) = self.avatars.icons.get(of) else {
            // After a login pictures are told of last.
            let told_by = self.avatars.told_by.map(|at| at.min(until));
            return match told_by.filter(|at| scene.now.mono < *at) {
                Some(at) => Picture::Awaited(at),
                None => Picture::None,
            };
        };
        if let Some(picture) = self.avatars.picture(icon) {
            return Picture::Here(picture.clone());
        }
        if scene.now.mono >= until || self.avatars.has_failed(icon, since) {
            return Picture::None;
        }
        if !self.avatars.fetching.values().any(|known| known == icon) {
            let icon = icon.clone();
            match self.with_link(scene, |link, now, out| link.fetch(now, &icon, out)) {
                Ok(id) => {
                    self.avatars.fetching.insert(id, icon);
                }
                Err(error) => {
                    self.not_fetched(scene, icon, error);
                    return Picture::None;
                }
            }
        }
        Picture::Awaited(until)
    }

    /// A picture has been fetched, or not.
    pub(super) fn fetched(
        &mut self,
        scene: &mut Scene<'_>,
        id: FetchId,
        result: Result<Vec<u8>, FetchError>,
    ) {
        let Some(icon) = self.avatars.fetching.remove(&id) else {
            return;
        };
        match result {
            Ok(picture) => {
                let bytes_max = self.limits.avatars_cached;
                self.avatars.keep(icon, picture, bytes_max);
            }
            Err(error) => self.not_fetched(scene, icon, error),
        }
    }

    fn not_fetched(&mut self, scene: &mut Scene<'_>, icon: String, error: FetchError) {
        let detail = format!("a picture was not fetched: {}", error.explain());
        self.fault(scene, detail);
        self.avatars.failed.push_back((icon, scene.now.mono));
        if self.avatars.failed.len() > FAILURES_MAX {
            self.avatars.failed.pop_front();
        }
    }

    /// A new session begins: the service will tell whose pictures there are.
    pub(super) fn await_icons(&mut self, now: Instant) {
        self.avatars.icons.clear();
        self.avatars.told_by = Some(now + self.limits.roster_wait);
    }

    /// The service tells of pictures.
    pub(super) fn icons_told(&mut self, icons: Vec<Icon>) {
        for Icon { buid, icon } in icons {
            let handle = canonical(&buid);
            if icon.is_empty() {
                self.avatars.icons.remove(&*handle);
            } else if is_handle(&handle) && self.avatars.icons.len() <= self.limits.contacts {
                self.avatars.icons.insert(handle.into_owned(), icon);
            }
        }
    }

    /// Another own picture, read from a client's file; with no file, none.
    pub(super) fn set_avatar<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        file: &'a str,
        reach: Reach,
    ) -> Answer<'a> {
        let image = if file.is_empty() {
            Vec::new()
        } else if reach == Reach::Files {
            match self.read_file(scene, file, self.limits.avatar_bytes) {
                None => return Answer::Wait(None),
                Some(Ok(image)) if media_type(&image).is_some() => image,
                Some(Ok(_)) => return refusal(ErrorReply::BAD_PICTURE),
                Some(Err(error)) => {
                    let detail = format!("a picture was not read: {}", error.explain());
                    self.event(scene, EventKind::ClientFault, detail);
                    return refusal(match error {
                        FileError::TooLarge => ErrorReply::BAD_PICTURE,
                        FileError::NoFolder
                        | FileError::Outside
                        | FileError::Missing
                        | FileError::Exists
                        | FileError::Failed => ErrorReply::NO_FILE,
                    });
                }
            }
        } else {
            return refusal(ErrorReply::NO_FILE);
        };
        let length = image.len();
        let call = Call::SetIcon { image };
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.avatars.setting.insert(id, length);
        self.sending_bytes += length;
        self.watch_congestion();
        scene.notice(Reply::Avatar {
            file: file.to_owned().into(),
        });
        Answer::Reply(Reply::Avatar { file: file.into() })
    }

    /// What came of an own picture; false if the call was about something else.
    pub(super) fn avatar_set(
        &mut self,
        scene: &mut Scene<'_>,
        id: CallId,
        refusal: Option<&Refusal>,
    ) -> bool {
        let Some(length) = self.avatars.setting.remove(&id) else {
            return false;
        };
        self.sending_bytes -= length;
        if let Some(refusal) = refusal {
            let detail = format!("the own picture was refused: {}", refusal.msg);
            self.event(scene, EventKind::CallRefused, detail);
        }
        true
    }
}

const fn refusal(error: ErrorReply) -> Answer<'static> {
    Answer::Reply(Reply::Error(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_pictures_are_kept_and_the_newest_always() {
        let mut avatars = Avatars::default();
        for (icon, length) in [("a", 4), ("b", 4), ("c", 4)] {
            avatars.keep(icon.into(), [0].repeat(length), 8);
        }
        assert!(avatars.picture("a").is_none());
        assert!(avatars.picture("b").is_some() && avatars.picture("c").is_some());
        avatars.keep("d".into(), [0].repeat(20), 8);
        assert!(avatars.picture("c").is_none());
        assert!(avatars.picture("d").is_some());
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
