//! What every client program runs in: its connection, its clock, and the threads it is written as.
//! Never hears of a protocol.
//!
//! The real programs are threads that block until a line comes or a time is over. Here a thread is a future,
//! polled after every line and every tick; it waits with [`Shell::until`] and [`Shell::sleep`].

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use imo2sproxy_core::time::Instant;

use super::fault::Fault;
use super::screen::Screen;
use crate::person::Person;

/// How long a wait lasts that has no limit in the real program, before it counts as one for ever.
pub(super) const FOR_EVER: Duration = Duration::from_secs(300);

type Thread = Pin<Box<dyn Future<Output = ()>>>;

struct Inner {
    title: String,
    person: Person,
    now: Cell<Instant>,
    stirred: Cell<u64>,
    fresh: RefCell<Vec<Thread>>,
    alarms: RefCell<Vec<Instant>>,
    screen: RefCell<Screen>,
    faults: RefCell<Vec<Fault>>,
    forgiving: Cell<bool>,
    over: Cell<bool>,
}

/// The surroundings of one client program. A clone is the same.
#[derive(Clone)]
pub(super) struct Shell(Rc<Inner>);

impl Shell {
    pub(super) fn new(title: String, person: Person) -> Self {
        Self(Rc::new(Inner {
            title,
            person,
            now: Cell::new(Instant::ZERO),
            stirred: Cell::new(0),
            fresh: RefCell::default(),
            alarms: RefCell::default(),
            screen: RefCell::default(),
            faults: RefCell::default(),
            forgiving: Cell::new(false),
            over: Cell::new(false),
        }))
    }

    pub(super) fn person(&self) -> &Person {
        &self.0.person
    }

    pub(super) fn now(&self) -> Instant {
        self.0.now.get()
    }

    pub(super) fn set_now(&self, now: Instant) {
        self.0.now.set(now);
    }

    pub(super) fn screen(&self) -> Ref<'_, Screen> {
        self.0.screen.borrow()
    }

    pub(super) fn screen_mut(&self) -> RefMut<'_, Screen> {
        self.0.screen.borrow_mut()
    }

    pub(super) fn faults(&self) -> Vec<Fault> {
        self.0.faults.borrow().clone()
    }

    pub(super) fn forgive(&self) {
        self.0.forgiving.set(true);
    }

    /// Says a line to the gateway.
    pub(super) fn say(&self, line: impl AsRef<str>) {
        if !self.0.over.get() {
            self.0.person.say(line.as_ref());
        }
    }

    /// Notes that the real program would have gone wrong, and ends this one: a test fails with it at once
    /// unless it has asked to see the faults.
    pub(super) fn fault(&self, fault: Fault) {
        assert!(
            self.0.forgiving.get(),
            "{} of {:?} {fault}",
            self.0.title,
            self.screen().handle
        );
        self.0.faults.borrow_mut().push(fault);
        self.0.over.set(true);
        self.0.fresh.borrow_mut().clear();
    }

    /// True once a fault has ended the program.
    pub(super) fn is_over(&self) -> bool {
        self.0.over.get()
    }

    /// Starts a thread.
    pub(super) fn spawn(&self, thread: impl Future<Output = ()> + 'static) {
        self.0.fresh.borrow_mut().push(Box::pin(thread));
    }

    /// Lets all who wait look again.
    pub(super) fn stir(&self) {
        self.0.stirred.set(self.0.stirred.get() + 1);
    }

    /// Waits until `look` finds something, at most for `within`.
    pub(super) async fn until<T>(
        &self,
        within: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let by = self.now() + within;
        let mut seen = None;
        poll_fn(|_| {
            let stirred = Some(self.0.stirred.get());
            if seen != stirred {
                seen = stirred;
                if let Some(found) = look() {
                    return Poll::Ready(Some(found));
                }
            }
            if by <= self.now() {
                return Poll::Ready(None);
            }
            self.0.alarms.borrow_mut().push(by);
            Poll::Pending
        })
        .await
    }

    /// Waits until `look` finds something; when that takes too long, `story` says what the real program is
    /// stuck with, and the thread ends here.
    pub(super) async fn until_or_hang<T>(
        &self,
        within: Duration,
        story: &str,
        look: impl FnMut() -> Option<T>,
    ) -> T {
        match self.until(within, look).await {
            Some(found) => found,
            None => self.fail(Fault::hangs(story)).await,
        }
    }

    /// Notes a fault; the thread ends here.
    pub(super) async fn fail<T>(&self, fault: Fault) -> T {
        self.fault(fault);
        std::future::pending().await
    }

    /// Does nothing for a while.
    pub(super) async fn sleep(&self, time: Duration) {
        self.until(time, || None::<()>).await;
    }

    /// When a thread wants to go on by itself.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if !self.0.fresh.borrow().is_empty() {
            return Some(Instant::ZERO);
        }
        self.0.alarms.borrow().iter().min().copied()
    }

    /// Lets all threads go as far as they come.
    pub(super) fn run(&self, threads: &mut Vec<Thread>) {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let stirred = self.0.stirred.get();
            threads.append(&mut self.0.fresh.borrow_mut());
            self.0.alarms.borrow_mut().clear();
            threads.retain_mut(|thread| thread.as_mut().poll(&mut context).is_pending());
            if self.is_over() {
                threads.clear();
                self.0.alarms.borrow_mut().clear();
            }
            if self.0.stirred.get() == stirred && self.0.fresh.borrow().is_empty() {
                return;
            }
        }
    }
}

/// The threads of a program.
pub(super) type Threads = Vec<Thread>;
