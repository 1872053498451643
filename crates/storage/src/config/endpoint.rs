//! Addresses of servers.

use std::net::IpAddr;

use url::{Host, Url};

use super::Look;

/// Whether an address is this machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

impl Look<'_> {
    /// An address: whole, without credentials in it, and not in the clear over a network unless that
    /// is wanted.
    pub(super) fn endpoint(&mut self, name: &str, text: &str) -> Option<Url> {
        let Ok(url) = text.parse::<Url>() else {
            self.problem(format!("{name} is not an address like https://storage.example.com"));
            return None;
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) || self.given.allow_http => {}
            "http" => self.problem(format!(
                "{name} is plain http to {}: keys and documents could be read on the way. Use https, \
                 or set STORAGE_ALLOW_HTTP=true for a network that is yours alone",
                url.host_str().unwrap_or_default()
            )),
            _ => {
                self.problem(format!("{name} must begin with https://"));
                return None;
            }
        }
        if url.host_str().is_none_or(str::is_empty) {
            self.problem(format!("{name} names no host"));
            return None;
        }
        if !url.username().is_empty() || url.password().is_some() {
            self.problem(format!(
                "{name} holds a user name or password: use STORAGE_ACCESS_KEY_ID and \
                 STORAGE_SECRET_ACCESS_KEY"
            ));
            return None;
        }
        if url.query().is_some() || url.fragment().is_some() {
            self.problem(format!("{name} must be the server's address alone, without ? or #"));
            return None;
        }
        Some(url)
    }
}
