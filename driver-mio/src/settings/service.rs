//! What the options of the service mean.
//! Never opens a socket or the data folder: the command does.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use imo2sproxy_core::config::{Limits, Registration, ServiceConfig};

use super::RecordSettings;
use crate::address;
use crate::cli::{LogFormat, ServiceArgs};
use crate::data_folder::DataFolder;
use crate::failure::Failure;

/// All that a service on its own is started with.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct ServiceSettings {
    /// What the machine is told.
    pub(crate) config: ServiceConfig,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Certificate chain and private key, if it speaks TLS.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Where things are kept.
    pub(crate) data: DataFolder,
    /// How the log is written.
    pub(crate) log_format: LogFormat,
    /// Where the state of the service is to be asked for.
    pub(crate) admin: Option<SocketAddr>,
    /// What is recorded.
    pub(crate) recording: RecordSettings,
}

impl ServiceSettings {
    /// Reads the options of the service.
    ///
    /// # Errors
    /// If they are wrong, or do not go together.
    pub(crate) fn of_service(args: ServiceArgs) -> Result<Self, Failure> {
        let address = address::parse_socket(&args.listen).ok_or_else(|| {
            Failure::usage(format!(
                "--listen {}: write ADDR:PORT, as in 127.0.0.1:8080 or [::1]:8080",
                args.listen
            ))
        })?;
        let tls = args.tls_cert.zip(args.tls_key);
        if tls.is_none() && !address::is_private(address.ip()) {
            return Err(Failure::usage(format!(
                "--listen {address}: passwords would cross the network unencrypted; give --tls-cert and --tls-key, or \
                 listen on 127.0.0.1 behind a server that does TLS"
            )));
        }
        let registration = if args.open_registration {
            Registration::Open
        } else {
            Registration::Closed
        };
        Ok(Self {
            config: ServiceConfig {
                registration,
                poll_hold: Duration::from_secs(args.poll_hold.into()),
                limits: Limits::default(),
            },
            address,
            tls,
            data: DataFolder::choose(args.data_dir, Some("service"))?,
            log_format: args.log.log_format,
            admin: args.admin.as_deref().map(super::admin).transpose()?,
            recording: args.record.into(),
        })
    }
}
