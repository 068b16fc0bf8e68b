//! The sandbox's thread and runtime.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpSocket},
    runtime,
    sync::oneshot,
};

use super::connection;
use crate::error::{Details, Error, ErrorKind, Result};

/// How many connections may wait to be accepted while the thread is busy.
const MAX_PENDING_CONNECTIONS: u32 = 4096;

/// Serves until it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens, calls `create` with the address, and serves the router that it returns; returns its other value.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it cannot listen on the host and port,
    /// [`Other`](crate::ErrorKind::Other) if no thread can be started, and the errors of `create`.
    pub(crate) fn start<T: Send + 'static>(
        host: &str,
        port: u16,
        read_timeout: Duration,
        create: impl FnOnce(SocketAddr) -> Result<(Router, T)> + Send + 'static,
    ) -> Result<(Self, T)> {
        let failed = |cause: io::Error| -> Error {
            let text = match cause.kind() {
                io::ErrorKind::AddrInUse => format!("port {port} is in use"),
                _ => format!("cannot listen on {host}:{port}: {cause}"),
            };
            Details { field: Some("port"), ..Details::new(ErrorKind::InvalidInput, text) }.into()
        };
        let not_started = |cause| Error::new(ErrorKind::Other, format!("the sandbox could not be started: {cause}"));
        let addresses: Vec<_> = (host, port).to_socket_addrs().map_err(failed)?.collect();
        let (stop, stopped) = oneshot::channel();
        let (started, outcome) = mpsc::channel();
        let thread = thread::Builder::new().name("bitbucket-sandbox".to_owned()).spawn(move || {
            let runtime = match runtime::Builder::new_current_thread().enable_io().enable_time().build() {
                Ok(runtime) => runtime,
                Err(cause) => return drop(started.send(Ok(Err(not_started(cause))))),
            };
            let listening = runtime.block_on(async { listen(&addresses) });
            let (listener, address) = match listening.and_then(|listener| Ok((listener.local_addr()?, listener))) {
                Ok((address, listener)) => (listener, address),
                Err(cause) => return drop(started.send(Err(cause))),
            };
            let (router, created) = match create(address) {
                Ok(created) => created,
                Err(error) => return drop(started.send(Ok(Err(error)))),
            };
            // Fails only if the caller no longer exists; then `stopped` is ready.
            let _received = started.send(Ok(Ok(created)));
            runtime.block_on(async {
                tokio::select! {
                    () = connection::serve(listener, router, read_timeout) => {}
                    _ = stopped => {}
                }
            });
        });
        let server = Self { stop: Some(stop), thread: Some(thread.map_err(not_started)?) };
        let outcome = outcome.recv().unwrap_or_else(|_| Err(io::Error::other("the server thread panicked")));
        let created = outcome.map_err(failed)??;
        Ok((server, created))
    }
}

/// Listens on the first of these addresses on which that is possible. Must be called within a runtime.
fn listen(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut problem = io::Error::new(io::ErrorKind::AddrNotAvailable, "it has no address");
    for address in addresses {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Like std and tokio: connections of an earlier server in TIME_WAIT do not block the port.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        match socket.bind(*address).and_then(|()| socket.listen(MAX_PENDING_CONNECTIONS)) {
            Ok(listener) => return Ok(listener),
            Err(cause) => problem = cause,
        }
    }
    Err(problem)
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            // A panic of the thread was printed to stderr already, and the port is free either way.
            let _panicked = thread.join();
        }
    }
}
