//! What a hostile client sends to a listener for clients.
//! Never a command that changes anything: only what nobody may send, and questions.

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::secret::Secret;

use super::random_bytes;
use crate::faults::Fault;

/// Questions of one flood.
const FLOOD: usize = 300;

/// The bytes of `deed`; none for what is done without any.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most kinds of faults are nothing for a client"
)]
pub(super) fn bytes_of(
    deed: Fault,
    kind: WireKind,
    password: Option<Secret>,
    rng: &mut Rng,
) -> Vec<u8> {
    let mut wire = kind.connect(password);
    let mut bytes = Vec::new();
    match deed {
        Fault::HostileGarbage => bytes = random_bytes(rng, 2000),
        Fault::HostileHalf => {
            wire.start(&mut bytes);
            wire.encode("PROTOCOL 7", &mut bytes);
            let kept = rng.between(1, bytes.len() as u64 - 1);
            bytes.truncate(usize::try_from(kept).unwrap_or(1));
        }
        Fault::HostileLength => {
            bytes = match kind {
                WireKind::SkypeProxy => vec![0xff, 0xff, 0xff, 0x7f],
                WireKind::Len8 => vec![0xff],
                WireKind::Skypenet => b"LOGIN ".to_vec(),
                WireKind::Skyped => b"USERNAME ".to_vec(),
                WireKind::Auto => vec![0xff, 0xff, 0xff],
            };
            bytes.extend(random_bytes(rng, 64 * 1024));
        }
        Fault::HostileTurn => {
            wire.start(&mut bytes);
            wire.encode("PROTOCOL 7", &mut bytes);
            bytes.extend(random_bytes(rng, 2000));
        }
        Fault::HostileFlood => {
            wire.start(&mut bytes);
            for number in 0..FLOOD {
                let question = match rng.below(4) {
                    0 => "SEARCH FRIENDS",
                    1 => "SEARCH CHATMESSAGES",
                    2 => "GET USERSTATUS",
                    _ => "PING",
                };
                wire.encode(&format!("#{number} {question}"), &mut bytes);
            }
        }
        Fault::HostileDrip => {
            wire.start(&mut bytes);
            wire.encode("PROTOCOL 7", &mut bytes);
            wire.encode("PING", &mut bytes);
        }
        _ => {}
    }
    bytes
}
