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

/// The host of an address as browsers read it, whatever the scheme: slashes too few or too many and other
/// forms of the dot do not matter. None where there is none.
pub fn url_host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once(':')?;
    let rest = rest.trim_start_matches(['/', '\\']);
    let known = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".").to_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    (known && !scheme.is_empty() && !host.is_empty()).then(|| host.to_owned())
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
