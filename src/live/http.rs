//! Plain HTTP/1.1 with a server of this machine: one request a connection (RFC 9112).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest line of a head that is read.
const LINE: u64 = 16 << 10;

/// The most lines of a head that are read.
const LINES: usize = 200;

/// The address of a server on this machine.
#[derive(Clone, Debug)]
pub(super) struct Address {
    host: String,
    port: u16,
    path: String,
}

/// An answer: its head, and a body that is read piece by piece.
pub(super) struct Answer {
    /// The number and the words of its status.
    pub(super) status: String,
    headers: Vec<(String, String)>,
    stream: BufReader<TcpStream>,
    is_chunked: bool,
    /// The bytes left of the body, or of its chunk.
    left: u64,
}

impl Address {
    /// Reads a URL; none unless it leads to this machine, without encryption.
    pub(super) fn of(url: &str) -> Option<Address> {
        let rest = url.strip_prefix("http://")?.split('#').next()?;
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, 80),
        };
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if host != "localhost" && !address.is_ok_and(|address| address.is_loopback()) {
            return None;
        }
        let path = path.strip_prefix('/').unwrap_or(path).bytes().map(|byte| match byte {
            b'!'..=b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        Some(Address {
            host: host.to_owned(),
            port,
            path: format!("/{}", path.collect::<String>()),
        })
    }

    /// Sends a request and reads the head of the answer.
    pub(super) async fn ask(
        &self,
        method: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let Address { host, port, path } = self;
        let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), *port)).await?;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += "\r\n";
        stream.write_all(&[request.as_bytes(), body].concat()).await?;
        Answer::read_head(BufReader::new(stream)).await
    }
}

impl Answer {
    async fn read_head(mut stream: BufReader<TcpStream>) -> io::Result<Answer> {
        let first = read_line(&mut stream).await?;
        let Some((_, status)) =
            first.split_once(' ').filter(|(version, _)| version.starts_with("HTTP/1."))
        else {
            return Err(io::Error::other("it does not speak HTTP/1.1"));
        };
        let mut headers = Vec::new();
        loop {
            let line = read_line(&mut stream).await?;
            if line.is_empty() || headers.len() == LINES {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let status = status.trim().to_owned();
        let mut answer = Answer { status, headers, stream, is_chunked: false, left: 0 };
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        answer.is_chunked =
            answer.header("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked"));
        answer.left = if answer.is_chunked { 0 } else { length.unwrap_or(u64::MAX) };
        Ok(answer)
    }

    /// A header, by its name in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Appends the next piece of the body; false at its end.
    pub(super) async fn read(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        if self.is_chunked && self.left == 0 {
            let mut size = read_line(&mut self.stream).await?;
            if size.is_empty() {
                // It ended the chunk before.
                size = read_line(&mut self.stream).await?;
            }
            let size = size.split(';').next().unwrap_or_default().trim();
            self.left = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            self.is_chunked = self.left > 0;
        }
        if self.left == 0 {
            return Ok(false);
        }
        let piece = self.stream.fill_buf().await?;
        let taken = piece.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        body.extend_from_slice(&piece[..taken]);
        self.stream.consume(taken);
        self.left -= taken as u64;
        Ok(taken > 0)
    }
}

/// A line without its end.
async fn read_line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.take(LINE).read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn only_this_machine_is_local() {
        for url in ["http://127.0.0.1:3000/mcp", "http://localhost/", "http://[::1]:1/mcp"] {
            assert!(Address::of(url).is_some(), "{url}");
        }
        for url in [
            "https://127.0.0.1/mcp",
            "http://example.com/mcp",
            "http://localhost.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost:80@example.com/",
            "http://example.com:80#@localhost/",
            "http://169.254.169.254/",
            "ftp://localhost/",
            "localhost:3000",
            "",
        ] {
            assert!(Address::of(url).is_none(), "{url}");
        }
    }

    #[test]
    fn an_address_has_a_port_and_a_path_that_breaks_no_line() {
        for (url, port, path) in [
            ("http://localhost", 80, "/"),
            ("http://[::1]?a=b#c", 80, "/?a=b"),
            ("http://[::1]:81/mcp/", 81, "/mcp/"),
            ("http://127.0.0.1:82/a b\r\nX: ä", 82, "/a%20b%0D%0AX:%20%C3%A4"),
        ] {
            let address = Address::of(url).unwrap();
            assert_eq!((address.port, &*address.path), (port, path), "{url}");
        }
    }
}
