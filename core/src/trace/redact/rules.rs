//! What is looked for in which stream.
//! Never looks for anything itself.

use super::super::header::MachineKind;
use super::herald::Herald;
use super::stream::Rules;
use super::view::View;
use crate::io::ConnId;

const SSID: Herald = Herald::Key(b"ssid\"");
pub(super) const PASSWORD: Herald = Herald::Key(b"passwd\"");
pub(super) const HASH: Herald = Herald::Key(b"hash\"");
const SET_COOKIE: Herald = Herald::Field(b"\nset-cookie:");
const COOKIE: Herald = Herald::Line(b"\ncookie: ");

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Way {
    Received,
    Sent,
}

/// What is looked for in which stream. What a machine draws from its seed is no secret in a trace that tells the seed.
pub(super) const fn rules(machine: MachineKind, partial: bool, conn: ConnId, way: Way) -> Rules {
    let heralds: &'static [Herald] = match (machine, conn, way, partial) {
        (_, ConnId::Upstream(_), Way::Received, _) => &[SSID, SET_COOKIE],
        (_, ConnId::Upstream(_), Way::Sent, false) => &[SSID, PASSWORD],
        (_, ConnId::Upstream(_), Way::Sent, true) => &[SSID, PASSWORD, COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Received, _) => &[PASSWORD, SSID, COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Sent, true) => &[SSID, SET_COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Sent, false) => &[SSID],
        (MachineKind::Proxy | MachineKind::Pair, ConnId::Client(_), _, _) => &[],
    };
    let is_http = matches!(machine, MachineKind::Service) || matches!(conn, ConnId::Upstream(_));
    let is_request = matches!(
        (conn, way),
        (ConnId::Client(_), Way::Received) | (ConnId::Upstream(_), Way::Sent)
    );
    let view = View {
        escapes: is_http && is_request,
        chunks: is_http,
    };
    let draws = matches!(
        (machine, conn, way, partial),
        (MachineKind::Service, ConnId::Client(_), Way::Sent, false)
    );
    let gives = matches!((conn, way), (ConnId::Upstream(_), Way::Sent));
    Rules {
        view,
        heralds,
        draws,
        gives,
    }
}
