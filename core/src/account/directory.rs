//! Looking for people: among the contacts, and in the service's directory.
//! Never lets a client wait longer than the most impatient one does.
//!
//! See `core/docs/skype-api.md`, "Searches".

use alloc::borrow::Cow;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Account, Answer, Scene};
use crate::handle::{canonical, is_handle};
use crate::imo::call::Call;
use crate::imo::link::{CallId, LinkStatus};
use crate::imo::notice::{Outcome, Refusal};
use crate::skype::Reply;
use crate::time::Instant;
use crate::weighed::Weight;

/// How long the directory is waited for: one client gives up after ten seconds, and badly.
const DIRECTORY_WAIT: Duration = Duration::from_secs(8);
/// How many searches are remembered for clients that wait for them.
const SEARCHES_MAX: usize = 16;

/// Longest text that is looked for in the directory, in bytes: no name is longer.
const TEXT_MAX: usize = 256;

/// Searches in the directory of the service that clients wait for, oldest first.
#[derive(Debug, Default)]
pub(super) struct Directory {
    searches: VecDeque<(String, Instant, Search)>,
}

#[derive(Debug)]
enum Search {
    Asked(CallId),
    /// What was found; `None` if the service has no directory.
    Found(Option<Vec<String>>),
}

impl Directory {
    /// The calls that search.
    pub(super) fn asked(&self) -> impl Iterator<Item = CallId> {
        self.searches
            .iter()
            .filter_map(|(.., search)| match search {
                Search::Asked(id) => Some(*id),
                Search::Found(_) => None,
            })
    }

    /// Panics if it remembers too much.
    pub(super) fn check_invariants(&self) {
        assert!(
            self.searches.len() <= SEARCHES_MAX,
            "the oldest search goes"
        );
    }

    fn is_asked(&self, text: &str) -> bool {
        let mut searches = self.searches.iter();
        searches.any(|(own, _, search)| own == text && matches!(search, Search::Asked(_)))
    }

    /// What a search has found, which is then forgotten; not if it is so old that nobody waits for it any more.
    fn take(&mut self, text: &str, now: Instant) -> Option<Option<Vec<String>>> {
        let at = self.searches.iter().position(|(own, ..)| own == text)?;
        match self.searches.remove(at)? {
            (_, since, _) if since + DIRECTORY_WAIT < now => None,
            (_, _, Search::Found(users)) => Some(users),
            (_, _, Search::Asked(_)) => Some(None),
        }
    }

    /// About how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        let searches = self.searches.iter();
        let bytes = searches.map(|(text, _, search)| match search {
            Search::Found(Some(users)) => {
                let users = users.iter();
                text.outside()
                    + users
                        .map(|user| size_of::<String>() + user.outside())
                        .sum::<usize>()
            }
            Search::Asked(_) | Search::Found(None) => text.outside(),
        });
        bytes.sum()
    }

    /// Takes the result of a call: up to so many of whom it names. False if it was none of the searches.
    pub(super) fn call_done(
        &mut self,
        id: CallId,
        result: &Result<Outcome, Refusal>,
        users_max: usize,
    ) -> bool {
        let mut searches = self.searches.iter_mut();
        let Some((.., search)) =
            searches.find(|(.., search)| matches!(search, Search::Asked(asked) if *asked == id))
        else {
            return false;
        };
        let users = result.as_ref().ok().and_then(|done| done.users.as_ref());
        let users = users.map(|users| {
            let proper = users.iter().filter(|user| is_handle(user));
            proper.take(users_max).cloned().collect()
        });
        *search = Search::Found(users);
        true
    }
}

impl Account {
    pub(super) fn find_users<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        text: &'a str,
        since: Instant,
    ) -> Answer<'a> {
        let until = since + DIRECTORY_WAIT;
        let patient = scene.now.mono < until && self.link.status() == LinkStatus::Online;
        if self.directory.is_asked(text) && patient {
            return Answer::Wait(Some(until));
        }
        let found = match self.directory.take(text, scene.now.mono) {
            Some(found) => found,
            None if patient && text.len() <= TEXT_MAX => {
                let call = Call::SearchUsers { text: text.into() };
                let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
                if self.directory.searches.len() >= SEARCHES_MAX {
                    self.directory.searches.pop_front();
                }
                let asked = (String::from(text), scene.now.mono, Search::Asked(id));
                self.directory.searches.push_back(asked);
                return Answer::Wait(Some(until));
            }
            None => None,
        };
        Answer::Reply(Reply::Users(self.people(text, found)))
    }

    /// The contacts that fit `text`, and whom the directory has found.
    fn people<'a>(&self, text: &'a str, found: Option<Vec<String>>) -> Vec<Cow<'a, str>> {
        let lower = text.to_lowercase();
        let fits = |name: &str| name.to_lowercase().contains(&lower);
        let contacts = self.roster.contacts.iter().filter(|(handle, contact)| {
            handle.contains(&lower) || fits(&contact.full_name) || fits(&contact.display_name)
        });
        let mut users: Vec<Cow<'a, str>> = contacts
            .map(|(handle, _)| Cow::Owned(String::from(&**handle)))
            .collect();
        // Where there is no directory, whoever knows a handle can ask for it: the service tells whether it exists.
        let found = found.unwrap_or_else(|| [lower].into());
        let strangers: BTreeSet<String> = found
            .into_iter()
            .take(self.limits.search_results)
            .map(|handle| canonical(&handle).into_owned())
            .filter(|handle| is_handle(handle) && !self.roster.contacts.contains_key(&**handle))
            .collect();
        users.extend(strangers.into_iter().map(Cow::Owned));
        users
    }
}
