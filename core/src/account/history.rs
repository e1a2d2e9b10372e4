//! Forgetting what was written and who called, when the user wants that.
//! Never forgets what nobody has read, what is still on its way out, or a call that goes on.
//!
//! See `core/docs/skype-api.md`, "Windows and histories".

use super::{Account, Answer, Scene};
use crate::handle;
use crate::skype::{CallHistory, CallStatus, Command, History, Reply};

impl Account {
    /// Forgets a history: the command is asked again when there is more to read first.
    pub(super) fn clear<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        command: Command<'a>,
        history: History<'_>,
    ) -> Answer<'a> {
        match history {
            History::Chats => {
                let Some(entries) = self.history.take() else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                for entry in entries {
                    self.messages.forget(entry.number, scene.journal);
                }
                self.fetched = None;
                scene.notice(Reply::ImHistoryChanged);
            }
            History::Calls { which, with } => {
                self.calls.forget(|call| {
                    let of_kind = match which {
                        CallHistory::All => true,
                        CallHistory::Missed => call.status == CallStatus::Missed,
                        CallHistory::Incoming => call.incoming,
                        CallHistory::Outgoing => !call.incoming,
                    };
                    of_kind && with.is_none_or(|with| handle::same(with, &call.partner))
                });
                scene.notice(Reply::CallHistoryChanged);
            }
            History::Voicemails => {}
        }
        Answer::Reply(command.echo())
    }
}
