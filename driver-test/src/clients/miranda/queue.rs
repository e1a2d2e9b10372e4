//! The queue of lines that Miranda's threads take their replies from.
//! Never keeps a line longer than half a minute.

use std::time::Duration;

use imo2sproxy_core::time::Instant;

use super::super::fault::Fault;
use super::super::seconds;
use super::super::shell::FOR_EVER;
use super::Miranda;

/// A line that nobody has taken yet.
pub(super) struct Queued {
    pub(super) at: Instant,
    pub(super) line: String,
}

/// Which untagged ERROR lines a thread takes for its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    /// None at all.
    Never,
    /// Those that came in the second in which it began to wait, or later.
    Recent,
    /// Whatever lies there.
    AnyAge,
}

/// What a thread has got.
pub(super) enum Reply {
    /// The line it waited for.
    Line(String),
    /// An ERROR, perhaps somebody else's.
    Error(String),
}

const fn second(at: Instant) -> u64 {
    at.as_micros() / 1_000_000
}

impl Miranda {
    pub(super) fn enqueue(&self, line: &str) {
        let at = self.shell.now();
        let line = line.to_owned();
        self.queue.borrow_mut().push_back(Queued { at, line });
    }

    /// Takes the first line that `fits`.
    pub(super) fn take(&self, fits: impl Fn(&Queued) -> bool) -> Option<Queued> {
        let mut queue = self.queue.borrow_mut();
        let index = queue.iter().position(fits)?;
        queue.remove(index)
    }

    /// Throws away what is too old, every ten seconds.
    pub(super) async fn collect(&self) {
        loop {
            self.shell.sleep(seconds(10)).await;
            let now = self.shell.now();
            let old = |queued: &Queued| now.since(queued.at) > seconds(30);
            while let Some(queued) = self.take(old) {
                if queued.line.starts_with("ERROR") {
                    let story = format!(
                        "has kept {:?}, which it never waited for, as an answer to whatever it asked next: \
                         a message that came meanwhile would be lost",
                        queued.line
                    );
                    self.shell.fault(Fault::misbehaves(story));
                }
            }
        }
    }

    /// Waits for a line that `fits`, or an ERROR, at most for `within`.
    pub(super) async fn wait(
        &self,
        within: Duration,
        errors: Errors,
        fits: impl Fn(&str) -> bool,
    ) -> Option<Reply> {
        let since = second(self.shell.now());
        let look = || {
            if let Some(queued) = self.take(|queued| fits(&queued.line)) {
                return Some(Reply::Line(queued.line));
            }
            let error = self.take(|queued| {
                let old_enough = match errors {
                    Errors::Never => false,
                    Errors::Recent => second(queued.at) >= since,
                    Errors::AnyAge => true,
                };
                old_enough && queued.line.starts_with("ERROR")
            });
            error.map(|queued| Reply::Error(queued.line))
        };
        self.shell.until(within, look).await
    }

    /// Waits without limit for a line that begins with `start`.
    pub(super) async fn wait_for_ever(&self, start: &str, errors: Errors) -> Reply {
        let fits = |line: &str| line.starts_with(start);
        match self.wait(FOR_EVER, errors, fits).await {
            Some(reply) => reply,
            None => {
                let story = format!("hangs for ever waiting for {start}");
                self.shell.fail(Fault::hangs(story)).await
            }
        }
    }

    /// Waits without limit for a list of users.
    pub(super) async fn wait_for_users(&self) -> Reply {
        let fits = |line: &str| line.starts_with("USERS") && !line.starts_with("USERSTATUS");
        match self.wait(FOR_EVER, Errors::Recent, fits).await {
            Some(reply) => reply,
            None => {
                let story = "hangs for ever waiting for USERS";
                self.shell.fail(Fault::hangs(story)).await
            }
        }
    }

    /// Asks for the value of `path` and waits without limit; `None` for an ERROR.
    pub(super) async fn get(&self, path: &str) -> Option<String> {
        self.get_with(path, Errors::Recent).await
    }

    /// The same, with other errors.
    pub(super) async fn get_with(&self, path: &str, errors: Errors) -> Option<String> {
        self.shell.say(format!("GET {path}"));
        let second_name = path
            .strip_prefix("CHAT")
            .filter(|_| path.starts_with("CHATMESSAGE"));
        let fits = |line: &str| {
            line.starts_with(path) || second_name.is_some_and(|name| line.starts_with(name))
        };
        match self.wait(FOR_EVER, errors, fits).await {
            Some(Reply::Line(line)) => {
                let told = if line.starts_with(path) {
                    path
                } else {
                    second_name.unwrap_or(path)
                };
                Some(self.value_in(&line, told).await)
            }
            Some(Reply::Error(_)) => None,
            None => {
                let story = format!("hangs for ever waiting for {path}");
                self.shell.fail(Fault::hangs(story)).await
            }
        }
    }

    /// The same with a tag where it has tags: a tagged ERROR is never seen then.
    pub(super) async fn get_tagged(&self, path: &str) -> Option<String> {
        if self.dialect.get() < 4 && !self.link {
            return self.get(path).await;
        }
        let tag = self.tag('G');
        self.shell.say(format!("{tag} GET {path}"));
        let wanted = format!("{tag} {path}");
        match self.wait_for_ever(&wanted, Errors::AnyAge).await {
            Reply::Line(line) => Some(self.value_in(&line, &wanted).await),
            Reply::Error(_) => None,
        }
    }
}
