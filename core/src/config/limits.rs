//! How much of everything there may be, and how long anything may take.
//! Never says what happens at a limit but in words: whoever reaches it does that.

use core::time::Duration;

/// The size of every queue, buffer and wait, with what happens when it is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Longest frame from a client that has not logged in, in bytes; beyond it the connection is closed.
    pub frame_bytes_before_login: usize,
    /// Longest frame from a client, in bytes; beyond it the connection is closed.
    pub frame_bytes: usize,
    /// Longest message body, in bytes of UTF-8; beyond it the client gets an error and nothing is sent.
    pub body_bytes: usize,
    /// Calls of one account waiting for the service; beyond it reading from the clients that asked pauses
    /// and resumes at half.
    pub calls_waiting: usize,
    /// Bytes of such calls; the same happens.
    pub call_bytes_waiting: usize,
    /// Unsent bytes to a client above which no command is read from it.
    pub unsent_bytes_soft: usize,
    /// Unsent bytes to a client above which it is closed.
    pub unsent_bytes: usize,
    /// Longest HTTP head, in bytes; beyond it the connection is dropped.
    pub head_bytes: usize,
    /// Longest HTTP body from a service, in bytes; beyond it the connection is dropped and the link backs off.
    pub response_bytes: usize,
    /// Longest HTTP body to the service, in bytes; beyond it the answer is 413.
    pub request_bytes: usize,
    /// Redirects followed for one request; the next one is an error.
    pub redirects: usize,
    /// Messages of an account kept for `GET CHATMESSAGE`; the oldest that were read leave first.
    pub messages_kept: usize,
    /// Messages of an account held in memory; older ones are read from the store when asked for.
    pub messages_cached: usize,
    /// Unread messages the service stores for an account; beyond it the sender is refused.
    pub unread_messages: usize,
    /// Events waiting for one session of the service; beyond it messages stay in the store until it catches up.
    pub session_events: usize,
    /// Message identities remembered for each sender, against doubles.
    pub mids: usize,
    /// Bytes that an account of the daemon has in memory, beside one answer of the service that is being read; beyond it
    /// new contacts, chats and commands are refused or wait, and what was there before is kept (`core/docs/memory.md`).
    pub account_bytes: usize,
    /// Contacts of an account, requests included; beyond it further ones are refused. As many members of one group chat
    /// are known.
    pub contacts: usize,
    /// Chats that an account of the daemon remembers; beyond it those leave that were not written in for longest and have
    /// no mark, but for group chats that it is in, and group chats and marks are refused if there are only such.
    pub chats: usize,
    /// Client programs of an account of which it is remembered how far they were told of messages; beyond it the one that
    /// was away for longest is forgotten.
    pub cursors: usize,
    /// Groups of contacts that the user of the daemon makes; a further one is refused.
    pub contact_groups: usize,
    /// Longest mood text, name, topic, or text of a contact request at the service, in bytes; a longer one is refused.
    pub text_bytes: usize,
    /// Group chats of one account at the service; beyond it further ones are refused.
    pub groups: usize,
    /// Members of one group chat at the service; beyond it further ones are refused.
    pub group_members: usize,
    /// People that one search at the service finds; further ones are left out.
    pub search_results: usize,
    /// Requests of one session that wait to be done; a further one is to be sent again later.
    pub session_requests: usize,
    /// Calls that the service takes from one request; those behind are not acknowledged.
    pub request_calls: usize,
    /// Calls of one account that ring or run at once at the service; a further one is refused.
    pub calls: usize,
    /// Calls of an account that the daemon remembers, those that go on included; beyond it those that are over are
    /// forgotten, oldest first, and further ones that come are not told of.
    pub calls_kept: usize,
    /// Largest picture of an account, in bytes; a larger one is refused, and one from a service is not looked at.
    pub avatar_bytes: usize,
    /// Bytes of changes that calls of one request make at the service; the calls behind the one that reaches it are
    /// not acknowledged.
    pub request_changes: u64,
    /// Bytes of pictures that an account keeps in memory; beyond it the oldest are forgotten, the newest stays.
    pub avatars_cached: usize,
    /// Pictures of an account that wait to be fetched from the service; further ones are not fetched.
    pub fetches: usize,
    /// Sessions of one account at the service; beyond it the oldest ends.
    pub sessions: usize,
    /// Logins of accounts to one service under way at once; further accounts wait for their turn. As many accounts are
    /// read from the store at once at the start.
    pub logins: usize,
    /// Open connections that have not logged in, in all; beyond it new ones are closed, and at random from half of it on.
    /// At the service those that have carried nothing for a session with an account; there it is the bound of sessions
    /// without an account, too: beyond it the oldest ends.
    pub unauthenticated: usize,
    /// Of those connections, from one address (an IPv6 /64 is one); beyond it new ones are closed. Loopback is not counted so.
    pub unauthenticated_per_address: usize,
    /// Bytes that those without an account may make the service hold in all: parts of requests, requests that wait, notices
    /// that they do not take. Beyond it the one who holds most is dropped: a request is answered with 503, a session ends.
    pub unauthenticated_bytes: usize,
    /// Failed logins of one account from one address within [`Limits::login_window`] until such are refused unseen.
    pub login_failures: usize,
    /// See [`Limits::login_failures`].
    pub login_window: Duration,
    /// How long logins are refused unseen at first; doubles each time.
    pub lockout_first: Duration,
    /// How long at most.
    pub lockout_last: Duration,
    /// Accounts and addresses whose failed logins are remembered; beyond it the oldest are forgotten.
    pub lockouts: usize,
    /// Users at once that are none of the accounts ([`passthrough`](super::Config::passthrough)); beyond it further ones are refused.
    pub guests: usize,
    /// Longest time that such a user's first client waits for the service; after it the client is refused. Some give up after
    /// ten seconds.
    pub guest_wait: Duration,
    /// How long such a user stays signed on without clients.
    pub guest_linger: Duration,
    /// Longest time the first bytes of a client take to tell what it speaks, where a listener takes several transports;
    /// after it the connection is closed.
    pub guess_wait: Duration,
    /// Longest time a client takes to log in; after it the connection is closed. At the service a connection that has not
    /// carried anything for a session with an account is closed then, or behind the request that is being answered.
    pub login_wait: Duration,
    /// Files of one account that are written or read for its clients at once; commands that want more wait.
    pub files: usize,
    /// Longest time a client takes to answer when a file is pushed to it; after it the connection is closed.
    pub slot_wait: Duration,
    /// How often a client is told that its connection lives, on transports that have words for it; at least a second
    /// apart.
    pub keep_alive_every: Duration,
    /// Longest time notices wait for a client to say what it speaks.
    pub notice_wait: Duration,
    /// Longest time a client's `SEARCH FRIENDS` waits for the contact list.
    pub roster_wait: Duration,
    /// Longest time nothing leaves towards a client that has unsent bytes; after it the connection is closed.
    pub client_stall: Duration,
    /// Longest wait for the answer to a poll.
    pub poll_wait: Duration,
    /// Longest wait for the answer to any other request upstream, its connection included.
    pub request_wait: Duration,
    /// Longest wait for a picture from the service.
    pub fetch_wait: Duration,
    /// First upper bound of the wait before a reconnect; doubles up to the next one.
    pub backoff_first: Duration,
    /// Last upper bound of the wait before a reconnect.
    pub backoff_last: Duration,
    /// How often the service is told that the user is there; at least a second apart.
    pub activity_every: Duration,
    /// How long the result of a message may lag behind its acknowledgement; then the latter is the result.
    pub result_wait: Duration,
    /// How long a call rings at the service before it is over.
    pub ring_wait: Duration,
    /// Longest time a connection to the service may be idle, or take for one request.
    pub http_idle: Duration,
    /// Longest drain; after it what is left is dropped.
    pub drain_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes_before_login: 4 * 1024,
            frame_bytes: 256 * 1024,
            body_bytes: 32 * 1024,
            calls_waiting: 256,
            call_bytes_waiting: 512 * 1024,
            unsent_bytes_soft: 64 * 1024,
            unsent_bytes: 256 * 1024,
            head_bytes: 16 * 1024,
            response_bytes: 4 * 1024 * 1024,
            request_bytes: 1024 * 1024,
            redirects: 5,
            messages_kept: 2_000,
            messages_cached: 32,
            unread_messages: 100_000,
            session_events: 256,
            mids: 1_000,
            account_bytes: 1024 * 1024,
            contacts: 2_000,
            chats: 1_000,
            cursors: 64,
            contact_groups: 256,
            text_bytes: 4 * 1024,
            groups: 256,
            group_members: 256,
            search_results: 50,
            session_requests: 8,
            request_calls: 256,
            calls: 8,
            calls_kept: 100,
            avatar_bytes: 256 * 1024,
            request_changes: 4 * 1024 * 1024,
            avatars_cached: 512 * 1024,
            fetches: 16,
            sessions: 16,
            logins: 4,
            unauthenticated: 256,
            unauthenticated_per_address: 10,
            unauthenticated_bytes: 8 * 1024 * 1024,
            login_failures: 5,
            login_window: Duration::from_secs(30),
            lockout_first: Duration::from_secs(30),
            lockout_last: Duration::from_secs(3600),
            lockouts: 10_000,
            guests: 1_000,
            guest_wait: Duration::from_secs(8),
            guest_linger: Duration::from_secs(600),
            guess_wait: Duration::from_secs(5),
            login_wait: Duration::from_secs(30),
            files: 16,
            slot_wait: Duration::from_secs(10),
            keep_alive_every: Duration::from_secs(60),
            notice_wait: Duration::from_secs(5),
            roster_wait: Duration::from_secs(3),
            client_stall: Duration::from_secs(60),
            poll_wait: Duration::from_secs(60),
            request_wait: Duration::from_secs(30),
            fetch_wait: Duration::from_secs(8),
            backoff_first: Duration::from_secs(1),
            backoff_last: Duration::from_secs(30),
            activity_every: Duration::from_secs(300),
            result_wait: Duration::from_secs(10),
            ring_wait: Duration::from_secs(60),
            http_idle: Duration::from_secs(120),
            drain_wait: Duration::from_secs(10),
        }
    }
}
