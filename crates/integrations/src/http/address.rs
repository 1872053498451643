//! Which addresses may be called. A user types the address of an on-premises server, and names are
//! answered by whoever owns them: without this, the worker would call the office's neighbours, or the
//! metadata service of its own cloud, on a stranger's behalf.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

/// Where a provider's servers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the internet: private addresses are refused.
    Internet,
    /// At the customer's: private addresses are allowed too.
    OnPremises,
}

/// Which addresses a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressPolicy {
    /// Where the provider's servers stand.
    pub reach: Reach,
    /// Whether this machine itself may be called.
    pub allow_loopback: bool,
}

impl AddressPolicy {
    /// Whether a connection to the address may be made.
    pub fn allows(self, address: IpAddr) -> bool {
        match Kind::of(address) {
            Kind::Public => true,
            Kind::Private => self.reach == Reach::OnPremises,
            Kind::Loopback => self.allow_loopback,
            Kind::Special => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Private,
    Loopback,
    /// Link-local (with the metadata services of clouds), multicast, unspecified, reserved: nobody's
    /// server.
    Special,
}

impl Kind {
    /// By the registries of special-purpose addresses (RFC 6890, IANA).
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v4(v4: Ipv4Addr) -> Self {
        let [a, b, c, _] = v4.octets();
        if v4.is_loopback() {
            return Self::Loopback;
        }
        if v4.is_private() || (a == 100 && (64..128).contains(&b)) {
            return Self::Private;
        }
        let reserved = a == 0
            || a >= 240
            || v4.is_link_local()
            || v4.is_multicast()
            || v4.is_documentation()
            || (a, b, c) == (192, 0, 0)
            || (a == 198 && (b == 18 || b == 19));
        if reserved { Self::Special } else { Self::Public }
    }

    fn of_v6(v6: Ipv6Addr) -> Self {
        if v6.is_loopback() {
            return Self::Loopback;
        }
        // An IPv4 address in IPv6 clothes is what it is inside: mapped, NAT64, 6to4.
        let inner = match v6.segments() {
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Some((high, low))
            }
            [0x2002, high, low, ..] => Some((high, low)),
            _ => None,
        };
        if let Some((high, low)) = inner {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            return Self::of_v4(Ipv4Addr::new(a, b, c, d));
        }
        let first = v6.segments()[0];
        if first & 0xfe00 == 0xfc00 {
            return Self::Private;
        }
        // Only 2000::/3 is given out, and 2001:db8::/32 of it is for documents.
        let global = first & 0xe000 == 0x2000 && v6.segments()[..2] != [0x2001, 0xdb8];
        if global { Self::Public } else { Self::Special }
    }
}

/// A name or address that leads where the policy does not allow.
#[derive(Debug, thiserror::Error)]
#[error("the address leads into a network that this provider may not be in")]
pub(super) struct Forbidden;

/// Looks names up and gives only allowed addresses; the connection is made to exactly these, so a
/// second answer of the name server changes nothing.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    inner: DefaultResolver,
    policy: AddressPolicy,
}

impl GuardedResolver {
    pub(super) fn new(policy: AddressPolicy) -> Self {
        Self { inner: DefaultResolver::default(), policy }
    }
}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // Without TLS nothing leaves this machine.
        let plain = uri.scheme_str() != Some("https");
        let mut allowed = self.empty();
        for address in &found {
            let to_itself = Kind::of(address.ip()) == Kind::Loopback;
            if self.policy.allows(address.ip()) && (to_itself || !plain) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() { Err(ureq::Error::Other(Box::new(Forbidden))) } else { Ok(allowed) }
    }

    fn empty(&self) -> ResolvedSocketAddrs {
        ResolvedSocketAddrs::from_fn(|_| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(address: &str, reach: Reach) -> bool {
        AddressPolicy { reach, allow_loopback: false }.allows(address.parse().expect(address))
    }

    #[test]
    fn only_public_addresses_are_called_on_the_internet() {
        for public in
            ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"]
        {
            assert!(allowed(public, Reach::Internet), "{public}");
        }
        for forbidden in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "2001:db8::1",
        ] {
            assert!(!allowed(forbidden, Reach::Internet), "{forbidden}");
        }
    }

    #[test]
    fn a_customers_server_may_be_private_but_never_special() {
        for private in ["10.0.0.1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"] {
            assert!(allowed(private, Reach::OnPremises), "{private}");
        }
        for special in
            ["169.254.169.254", "127.0.0.1", "fe80::1", "0.0.0.0", "::ffff:169.254.169.254"]
        {
            assert!(!allowed(special, Reach::OnPremises), "{special}");
        }
        let here = AddressPolicy { reach: Reach::Internet, allow_loopback: true };
        assert!(here.allows("127.0.0.1".parse().expect("an address")));
        assert!(!here.allows("10.0.0.1".parse().expect("an address")));
    }
}
