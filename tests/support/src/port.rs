//! An address on which nothing listens.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// A port on loopback that refuses connections and is reserved as long as this value exists.
#[derive(Debug)]
pub struct ReservedPort {
    _bound: Socket,
    port: u16,
}

impl ReservedPort {
    /// Reserves a port.
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        // So that a server that is started later can listen on it (on Linux, while it is still reserved).
        socket.set_reuse_address(cfg!(unix)).expect("a socket option");
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a free port");
        let address = socket.local_addr().expect("a local address").as_socket().expect("an IPv4 address");
        Self { _bound: socket, port: address.port() }
    }

    /// The number of the port.
    pub fn number(&self) -> u16 {
        self.port
    }

    /// The base URL of a server on this port, without a path.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Default for ReservedPort {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::ErrorKind,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn a_reserved_port_refuses_connections() {
        let port = ReservedPort::new();
        let error = TcpStream::connect(("127.0.0.1", port.number())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn reserved_ports_differ() {
        let ports: Vec<_> = (0..100).map(|_| ReservedPort::new()).collect();
        assert_eq!(ports.iter().map(ReservedPort::number).collect::<BTreeSet<_>>().len(), 100);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_server_can_listen_on_a_port_that_is_still_reserved() {
        let port = ReservedPort::new();
        let listener = TcpListener::bind(("127.0.0.1", port.number())).unwrap();
        let _client = TcpStream::connect(("127.0.0.1", port.number())).unwrap();
        listener.accept().unwrap();
    }
}
