//! Whether the service still answers on the lane of the calls: something is sent that it sends back.
//! Never concerns the session: nothing is counted, nothing acknowledged, and nobody else sees it.
//!
//! See `core/docs/imo-protocol.md`, "HTTP".

use alloc::format;
use alloc::vec::Vec;

use super::login::State;
use super::{Link, LinkOutput};
use crate::config::Upstream;
use crate::http::lane::{LaneError, Ticket};
use crate::http::{Request, Response, form};
use crate::time::Now;

/// An echo that has not come back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Echo {
    ticket: Ticket,
    /// It was sent before, on a connection that has died.
    again: bool,
}

impl Link {
    /// Asks for an echo; answered by [`LinkOutput::Echoed`], within two `Limits::request_wait`. While one is under way no
    /// further one is sent, and both are answered by it.
    pub fn ask_echo(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        if self.state != State::Online {
            out.push(LinkOutput::Echoed(false));
        } else if self.echo.is_none() {
            self.send_echo(now, false, out);
        }
    }

    /// Where the service is.
    #[must_use]
    pub const fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// True while an echo is awaited.
    #[must_use]
    pub const fn awaits_echo(&self) -> bool {
        self.echo.is_some()
    }

    fn send_echo(&mut self, now: Now, again: bool, out: &mut Vec<LinkOutput>) {
        let mut body = Vec::new();
        form::append(&mut body, "method", "echo");
        let data = format!(r#"{{"t":"{}"}}"#, now.wall.as_millis());
        form::append(&mut body, "data", &data);
        let request = Request::post_form(self.rpc_path(), body);
        let ticket = self.submit_at_home(now, request, self.limits.request_wait, out);
        self.echo = Some(Echo { ticket, again });
    }

    /// The echo that a request on the lane of the calls was for, if it was for one; it is not under way any more.
    pub(super) fn echo_of(&mut self, ticket: Ticket) -> Option<Echo> {
        self.echo.take_if(|echo| echo.ticket == ticket)
    }

    /// Takes what came of it. Any answer shows that the way leads to a service that works: one that knows no echo
    /// refuses it.
    pub(super) fn echoed(
        &mut self,
        now: Now,
        echo: Echo,
        result: &Result<Response, LaneError>,
        out: &mut Vec<LinkOutput>,
    ) {
        match result {
            Ok(response) => out.push(LinkOutput::Echoed(response.status < 500)),
            // A connection that died while it was idle is no news.
            Err(LaneError::Lost(_)) if !echo.again && self.state == State::Online => {
                self.send_echo(now, true, out);
            }
            Err(_) => out.push(LinkOutput::Echoed(false)),
        }
        self.pump(now, out);
        self.fetch_next(now, out);
    }

    /// The session is over, and its connections are closed.
    pub(super) fn fail_echo(&mut self, out: &mut Vec<LinkOutput>) {
        if let Some(Echo { ticket, .. }) = self.echo.take() {
            self.withdraw(ticket, out);
            out.push(LinkOutput::Echoed(false));
        }
    }

    /// Panics if an echo is awaited without a session. To be called between inputs.
    pub(super) fn check_echo(&self) {
        assert!(
            self.echo.is_none() || matches!(self.state, State::Online | State::SigningOff),
            "an echo is awaited in a session"
        );
    }
}
