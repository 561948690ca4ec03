//! Where a server is.

use std::net::IpAddr;

/// The address of a server's completions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The whole address.
    pub(super) completions: String,
    /// Whether it is on this machine.
    pub(super) is_loopback: bool,
    /// Whether what is sent there is encrypted.
    pub(super) is_encrypted: bool,
}

impl Address {
    /// The address of the completions of the server at `url`, which may end in `/v1` or in the whole
    /// path already.
    ///
    /// # Errors
    /// If it is no plain http or https address.
    pub(super) fn parse(url: &str) -> anyhow::Result<Self> {
        let trimmed = url.trim().trim_end_matches('/');
        let (is_encrypted, rest) = match trimmed.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => anyhow::bail!(
                "--endpoint: expected an address such as http://127.0.0.1:8000, found `{url}`"
            ),
        };
        let authority = rest.split('/').next().unwrap_or_default();
        // Not shown: what stands before the @ may be a password.
        anyhow::ensure!(
            !authority.contains('@'),
            "--endpoint: expected an address without a user or password; the key belongs in an \
             environment variable"
        );
        anyhow::ensure!(
            !authority.is_empty() && !rest.contains(['?', '#', ' ']),
            "--endpoint: expected a host, and neither `?` nor `#`, found `{url}`"
        );
        let completions = if trimmed.ends_with("/v1/completions") {
            trimmed.to_owned()
        } else if trimmed.ends_with("/v1") {
            format!("{trimmed}/completions")
        } else {
            format!("{trimmed}/v1/completions")
        };
        Ok(Self { completions, is_loopback: is_loopback(authority), is_encrypted })
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions_are_found_from_any_spelling() {
        for url in
            ["http://h:8000", "http://h:8000/", "http://h:8000/v1", "http://h:8000/v1/completions"]
        {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.completions, "http://h:8000/v1/completions");
            assert!(!address.is_loopback && !address.is_encrypted);
        }
        let hosted = Address::parse("https://example.org/api/v1/").unwrap();
        assert_eq!(hosted.completions, "https://example.org/api/v1/completions");
        assert!(hosted.is_encrypted);
    }

    #[test]
    fn this_machine_is_recognised() {
        for url in
            ["http://localhost:1", "http://127.0.0.1", "http://[::1]:8000/v1", "http://LOCALHOST"]
        {
            assert!(Address::parse(url).unwrap().is_loopback, "{url}");
        }
        for url in ["http://10.0.0.1", "http://localhost.example.org", "http://[fe80::1]"] {
            assert!(!Address::parse(url).unwrap().is_loopback, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_showing_a_password() {
        for url in ["", "localhost:8000", "ftp://h", "http://", "http://h/v1?key=x", "http://a b"] {
            assert!(Address::parse(url).is_err(), "{url}");
        }
        let told = Address::parse("https://me:secret@h/v1").unwrap_err().to_string();
        assert!(!told.contains("secret"), "{told}");
    }
}
