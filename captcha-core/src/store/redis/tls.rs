//! TLS to the server: by rustls, with certificates that are always verified.

use ::redis::{Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo, TlsCertificates};
use rustls::crypto::{CryptoProvider, ring};

use crate::error::CaptchaError;

/// Certificates in PEM; those that this machine trusts, where none are given.
#[derive(Clone, Default)]
pub(super) struct Certificates {
    pub(super) roots: Option<Vec<u8>>,
    pub(super) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl Certificates {
    /// The address with what it takes to verify who is there.
    pub(super) fn equip(&self, info: ConnectionInfo) -> Result<ConnectionInfo, CaptchaError> {
        if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Ok(info);
        }
        // A process has one; the host's own goes before.
        if CryptoProvider::get_default().is_none() {
            // Another thread was first, then.
            let _ = ring::default_provider().install_default();
        }
        let certificates = TlsCertificates {
            client_tls: (self.client.clone()).map(|(client_cert, client_key)| ClientTlsConfig {
                client_cert,
                client_key,
            }),
            root_cert: self.roots.clone(),
        };
        let unreadable = |error| {
            CaptchaError::configuration(
                "the certificates for Redis cannot be read: give PEM, such as the bytes of ca.crt",
            )
            .caused_by(error)
        };
        let client = Client::build_with_tls(info, certificates).map_err(unreadable)?;
        Ok(client.get_connection_info().clone())
    }
}
