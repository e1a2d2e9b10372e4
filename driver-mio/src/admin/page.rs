//! What the port for watchers shows: how well the process is, and its numbers in Prometheus' text form.
//! Never names an account, and never shows a secret.

use std::fmt::Write as _;

use imo2sproxy_core::io::{ProbeFault, Snapshot};
use imo2sproxy_core::trace::word_of;

use crate::event_loop::{Report, Verdict};

/// All that the link of an account may be.
const LINKS: [&str; 4] = ["online", "connecting", "refused", "offline"];

/// What is said if the event loop does not answer.
const STANDS_STILL: &str = "the event loop does not turn";

/// An answer.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Page {
    status: &'static str,
    kind: &'static str,
    text: String,
}

impl Page {
    /// A line of text.
    pub(super) fn plain(status: &'static str, line: &str) -> Self {
        Self {
            status,
            kind: "text/plain; charset=utf-8",
            text: format!("{line}\n"),
        }
    }

    /// The answer as it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Self { status, kind, text } = self;
        let length = text.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\n\r\n"
        );
        [head.as_bytes(), text.as_bytes()].concat()
    }
}

/// Whether all is well, which it is without a trouble.
pub(super) fn health(trouble: Option<&'static str>) -> Page {
    match trouble {
        None => Page::plain("200 OK", "ok"),
        Some(why) => Page::plain("503 Service Unavailable", why),
    }
}

/// What is wrong by what is known; no report if the event loop has not given one.
pub(super) fn trouble(report: Option<&Report>) -> Option<&'static str> {
    let Some(report) = report else {
        return Some(STANDS_STILL);
    };
    if report.draining {
        return Some("the process is about to end");
    }
    let links = links(report);
    let [online, connecting, refused, _] = links;
    let none_online = (online == 0 && connecting + refused > 0).then_some(if connecting == 0 {
        "no account is online: the service refuses their passwords"
    } else {
        "no account is online"
    });
    report.store_trouble.or(none_online)
}

/// What is wrong by what was tried; no verdict if the event loop has not given one.
pub(super) fn obstacle(verdict: Option<Verdict>) -> Option<&'static str> {
    match verdict {
        None => Some(STANDS_STILL),
        Some(verdict) => verdict.err().map(ProbeFault::explain),
    }
}

/// How many accounts there are of each of [`LINKS`].
fn links(report: &Report) -> [usize; 4] {
    let accounts = report.machines.iter().flat_map(|machine| match machine {
        Snapshot::Proxy { accounts, .. } => accounts.as_slice(),
        Snapshot::Service { .. } => &[],
    });
    let mut counts = [0; 4];
    for account in accounts {
        for (count, link) in counts.iter_mut().zip(LINKS) {
            *count += usize::from(account.link == link);
        }
    }
    counts
}

/// The text that Prometheus reads.
pub(super) fn metrics(report: &Report) -> Page {
    let mut text = Text(String::new());
    text.head("build_info", "gauge", "The version, as a label.");
    text.line("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.one("uptime_seconds", "How long it runs.", report.up.as_secs());
    text.one(
        "draining",
        "1 while it comes to an end.",
        u64::from(report.draining),
    );
    let failing = u64::from(report.store_trouble.is_some());
    text.one(
        "store_failing",
        "1 while the store fails or does not answer.",
        failing,
    );
    for machine in &report.machines {
        match machine {
            Snapshot::Proxy {
                strangers,
                accounts,
            } => {
                text.head(
                    "accounts",
                    "gauge",
                    "Accounts by their session with the service.",
                );
                for (link, count) in LINKS.into_iter().zip(links(report)) {
                    text.line("accounts", &[("link", link)], count as u64);
                }
                let clients: usize = accounts.iter().map(|account| account.clients).sum();
                let unsent: usize = accounts.iter().map(|account| account.unsent).sum();
                text.one("clients", "Clients that have logged in.", clients as u64);
                text.one("strangers", "Clients that have not.", *strangers as u64);
                let help = "Texts that the service has not taken yet.";
                text.one("unsent_texts", help, unsent as u64);
            }
            Snapshot::Service {
                connections,
                sessions,
                strangers,
            } => {
                let help = "Sessions of the service, signed on or not.";
                text.one("service_sessions", help, *sessions as u64);
                let help = "Those of them that have no account.";
                text.one("service_strangers", help, *strangers as u64);
                let help = "Connections to the service.";
                text.one("service_connections", help, *connections as u64);
            }
        }
    }
    text.traffic(report);
    Page {
        status: "200 OK",
        kind: "text/plain; version=0.0.4; charset=utf-8",
        text: text.0,
    }
}

struct Text(String);

impl Text {
    fn traffic(&mut self, report: &Report) {
        let bytes = report.bytes;
        let help = "Bytes received, without TLS.";
        self.head("received_bytes_total", "counter", help);
        let received = [
            ("clients", bytes.from_clients),
            ("services", bytes.from_services),
        ];
        for (from, count) in received {
            self.line("received_bytes_total", &[("from", from)], count);
        }
        self.head("sent_bytes_total", "counter", "Bytes sent, without TLS.");
        for (to, count) in [
            ("clients", bytes.to_clients),
            ("services", bytes.to_services),
        ] {
            self.line("sent_bytes_total", &[("to", to)], count);
        }
        self.head("events_total", "counter", "What has happened, by kind.");
        for (kind, count) in &report.events {
            self.line("events_total", &[("kind", word_of(*kind))], *count);
        }
    }

    fn one(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "gauge", help);
        self.line(name, &[], value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.0,
            "# HELP imo2sproxy_{name} {help}\n# TYPE imo2sproxy_{name} {kind}"
        );
    }

    /// All labels are words of our own, in which nothing has to be escaped.
    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let labels = match labels.as_slice() {
            [] => String::new(),
            labels => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "imo2sproxy_{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeMap;
    use std::time::Duration;

    use imo2sproxy_core::event::EventKind;
    use imo2sproxy_core::io::AccountSnapshot;

    use crate::event_loop::Bytes;

    fn report(links: &[&'static str]) -> Report {
        let accounts = links.iter().map(|link| AccountSnapshot {
            name: "alice".into(),
            link,
            clients: 2,
            unsent: 3,
        });
        Report {
            up: Duration::from_millis(61_900),
            draining: false,
            recording: false,
            machines: vec![Snapshot::Proxy {
                strangers: 1,
                accounts: accounts.collect(),
            }],
            store_trouble: None,
            events: BTreeMap::from([(EventKind::LinkOnline, 7)]),
            bytes: Bytes::default(),
        }
    }

    fn said(report: &Report) -> String {
        let page = health(trouble(Some(report)));
        format!("{} {}", &page.status[..3], page.text.trim_end())
    }

    #[test]
    fn it_is_well_while_an_account_is_online_or_none_should_be() {
        for (links, expected) in [
            (&["online", "connecting", "refused"][..], "200 ok"),
            (&["offline"], "200 ok"),
            (&[], "200 ok"),
            (&["connecting", "offline"], "503 no account is online"),
            (
                &["refused"],
                "503 no account is online: the service refuses their passwords",
            ),
        ] {
            assert_eq!(said(&report(links)), expected, "{links:?}");
        }
        let mut ill = report(&["online"]);
        ill.store_trouble = Some("the store cannot be written");
        assert_eq!(said(&ill), "503 the store cannot be written");
        ill.draining = true;
        assert_eq!(said(&ill), "503 the process is about to end");
        assert_eq!(health(trouble(None)).status, "503 Service Unavailable");
    }

    #[test]
    fn what_a_probe_has_found_out_is_told_in_a_line() {
        assert_eq!(obstacle(Some(Ok(()))), None);
        assert_eq!(obstacle(None), trouble(None));
        let faults = [
            ProbeFault::Store,
            ProbeFault::Service,
            ProbeFault::Ending,
            ProbeFault::Busy,
        ];
        let mut lines = faults.map(|fault| obstacle(Some(Err(fault))).unwrap());
        lines.sort_unstable();
        assert!(lines.windows(2).all(|two| two[0] != two[1]), "{lines:?}");
    }

    #[test]
    fn each_metric_is_explained_once_before_its_lines() {
        let mut told = report(&["online", "refused", "online"]);
        told.machines.push(Snapshot::Service {
            connections: 4,
            sessions: 5,
            strangers: 6,
        });
        let text = metrics(&told).text;
        for line in [
            "imo2sproxy_uptime_seconds 61",
            "imo2sproxy_accounts{link=\"online\"} 2",
            "imo2sproxy_accounts{link=\"refused\"} 1",
            "imo2sproxy_accounts{link=\"offline\"} 0",
            "imo2sproxy_clients 6",
            "imo2sproxy_strangers 1",
            "imo2sproxy_unsent_texts 9",
            "imo2sproxy_service_sessions 5",
            "imo2sproxy_events_total{kind=\"link-online\"} 7",
        ] {
            assert!(text.lines().any(|said| said == line), "{line} in {text}");
        }
        let mut explained = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                explained.push(rest.split(' ').next().unwrap());
            } else if !line.starts_with('#') {
                let name = line.split([' ', '{']).next().unwrap();
                assert_eq!(explained.last(), Some(&name), "{line}");
            }
        }
        let count = explained.len();
        explained.sort_unstable();
        explained.dedup();
        assert_eq!(explained.len(), count);
        assert!(!text.contains("alice"));
    }
}
