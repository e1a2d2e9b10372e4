//! Pictures of the account and of its contacts, for the clients that ask for them.
//! Never keeps more than the latest few, and writes none but where a client wants it and the driver lets it.
//!
//! See `core/docs/skype-api.md`, "Pictures".

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

mod kept;

pub(super) use kept::Avatars;
use kept::{FAILURES_MAX, ICON_MAX};

use super::{Account, Answer, Reach, Scene};
use crate::event::EventKind;
use crate::handle::{canonical, is_handle};
use crate::imo::call::Call;
use crate::imo::icon::media_type;
use crate::imo::link::{CallId, FetchError, FetchId};
use crate::imo::notice::{Icon, Refusal};
use crate::io::FileError;
use crate::skype::{ErrorReply, Reply};
use crate::time::Instant;

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
        if !self
            .avatars
            .fetching
            .values()
            .any(|known| **known == **icon)
        {
            let icon = String::from(&**icon);
            match self.with_link(scene, |link, now, out| link.fetch(now, &icon, out)) {
                Ok(id) => {
                    self.avatars.fetching.insert(id, icon);
                }
                Err(error) => {
                    self.not_fetched(scene, icon, error.explain());
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
                let room = self.copy_bytes_max();
                let bytes_max = self.limits.avatars_cached.min(room);
                if !self.avatars.keep(icon.clone(), picture, bytes_max) {
                    self.not_fetched(scene, icon, "there is no room for it");
                }
            }
            Err(error) => self.not_fetched(scene, icon, error.explain()),
        }
    }

    fn not_fetched(&mut self, scene: &mut Scene<'_>, icon: String, why: &str) {
        let detail = format!("a picture was not fetched: {why}");
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
            } else if is_handle(&handle)
                && icon.len() <= ICON_MAX
                && self.avatars.icons.len() <= self.limits.contacts
            {
                let icon = icon.into_boxed_str();
                if self.avatars.icons.entry_bytes(&*handle, &icon) <= self.people_left() {
                    self.avatars.icons.insert(&*handle, icon);
                }
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
        let call = Call::SetIcon { image };
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.avatars.setting.insert(id);
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
        if !self.avatars.setting.remove(&id) {
            return false;
        }
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
