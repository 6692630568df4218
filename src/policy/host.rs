//! The host of an address.

/// The host that an address of the web names, in small letters and without a dot at its end; none for
/// what is no such address.
pub fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    (is_web && !host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_an_address_is_looked_at() {
        for (address, found) in [
            ("https://Example.com./a?b#c", Some("example.com")),
            ("http://user:word@evil.test:8080", Some("evil.test")),
            ("https://example.com@evil.test/", Some("evil.test")),
            ("https://[::1]:80/x", Some("::1")),
            ("ftp://example.com", None),
            ("example.com", None),
            ("https:///", None),
        ] {
            assert_eq!(host(address).as_deref(), found, "{address}");
        }
    }
}
