//! The HTTP method CONNECT (RFC 9110, section 9.3.6): one request, one head as the answer.
//! Never reads a body: behind the head of a success stands the service, and behind a refusal nothing we want.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::http::{Headers, Method, head};
use imo2sproxy_core::io::ProxyFault;
use imo2sproxy_core::secret::Secret;

use super::{ANSWER_BYTES_MAX, Credentials};

/// The answer to a CONNECT, as far as it has come.
pub(super) struct Connect(RecvBuf);

impl std::fmt::Debug for Connect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connect").finish_non_exhaustive()
    }
}

impl Connect {
    /// Appends the request to `tx`.
    pub(super) fn begin(
        credentials: Option<&Credentials>,
        host: &str,
        port: u16,
        tx: &mut Vec<u8>,
    ) -> Self {
        let target = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let mut headers = Headers::new();
        headers.push("Host", &target);
        if let Some(Credentials { user, password }) = credentials {
            let pair = Secret::new(format!("{user}:{}", password.reveal()));
            let value = Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair.reveal())));
            headers.push("Proxy-Authorization", value.reveal());
        }
        head::write_request_line(&Method::Other("CONNECT".into()), &target, tx);
        tx.extend_from_slice(headers.as_wire().as_bytes());
        tx.extend_from_slice(b"\r\n");
        Self(RecvBuf::new())
    }

    /// Takes bytes of the answer; true once it is a whole success.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Result<bool, ProxyFault> {
        self.0.push(bytes);
        loop {
            let answer = head::take_response(&mut self.0, ANSWER_BYTES_MAX);
            let Some(head) = answer.map_err(|_| ProxyFault::Garbled)? else {
                return Ok(false);
            };
            return match head.status {
                // We ask for no other protocol.
                101 => Err(ProxyFault::Garbled),
                100..200 => continue,
                200..300 if self.0.is_empty() => Ok(true),
                200..300 => Err(ProxyFault::Garbled),
                407 => Err(ProxyFault::Credentials),
                502..=504 => Err(ProxyFault::NoWay),
                _ => Err(ProxyFault::Refused),
            };
        }
    }
}
