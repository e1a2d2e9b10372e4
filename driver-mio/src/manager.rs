//! The service manager that has started this process, if one has: it is told when the process serves, and when it ends.
//! Never waits for it, and never fails because of it.

use std::sync::atomic::{AtomicBool, Ordering};

use sd_notify::NotifyState;

/// Whether the process has said that it serves. Commands that only pass by have nothing to tell.
static SERVES: AtomicBool = AtomicBool::new(false);

/// True if a service manager has started this process.
pub(crate) fn is_there() -> bool {
    ["NOTIFY_SOCKET", "INVOCATION_ID"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Whoever connects is served from now on.
pub(crate) fn ready() {
    SERVES.store(true, Ordering::Relaxed);
    tell(NotifyState::Ready);
}

/// The process is about to end.
pub(crate) fn stopping() {
    if SERVES.load(Ordering::Relaxed) {
        tell(NotifyState::Stopping);
    }
}

fn tell(state: NotifyState<'_>) {
    // Without a manager nothing is sent; one that does not listen has nobody to complain to.
    let _ = sd_notify::notify(&[state]);
}
