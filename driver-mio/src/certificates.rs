//! What listeners with TLS show to their clients.
//! Never opens one, and never makes a certificate twice.

use std::sync::Arc;

use imo2sproxy::event_loop::Bound;
use imo2sproxy::tls;
use imo2sproxy_core::io::ListenerId;
use rustls::ServerConfig;

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::own_certificate;
use crate::settings::DaemonSettings;
use crate::settings::doors::{Certificate, Door};

/// The certificates of a daemon that keeps its own in a data folder.
#[derive(Default)]
pub(crate) struct Certificates {
    /// Its own, once a listener has needed it.
    own: Option<Arc<ServerConfig>>,
}

impl Certificates {
    /// Forgets what was read, so that it is read again. What is kept nowhere stays.
    pub(crate) fn expire(&mut self, data: &DataFolder) {
        if *data != DataFolder::Memory {
            self.own = None;
        }
    }

    /// A listener of these settings, without its socket.
    ///
    /// # Errors
    /// If a file cannot be used, or our own certificate cannot be made or kept.
    pub(crate) fn bound(
        &mut self,
        listener: ListenerId,
        door: &Door,
        settings: &DaemonSettings,
    ) -> Result<Bound<()>, Failure> {
        Ok(Bound {
            listener,
            socket: (),
            tls: self.of(door, &settings.data)?,
            plain_too: door.plain_too.then_some(settings.config.limits.guess_wait),
            heralds: door.heralds.clone(),
        })
    }

    /// What a listener needs for TLS; `None` if it speaks none.
    fn of(&mut self, door: &Door, data: &DataFolder) -> Result<Option<Arc<ServerConfig>>, Failure> {
        match &door.tls {
            None => Ok(None),
            Some(Certificate::Files(cert, key)) => tls::server_config(cert, key)
                .map(Some)
                .map_err(|error| Failure::usage(error.to_string())),
            Some(Certificate::Own) => {
                if self.own.is_none() {
                    self.own = Some(own_certificate::of(data)?);
                }
                Ok(self.own.clone())
            }
        }
    }
}
