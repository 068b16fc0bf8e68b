//! The thread that serves a sandbox, with a runtime of its own.

use std::{
    io,
    net::TcpListener,
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::Router;
use tokio::{runtime, sync::oneshot};

use super::connection;

/// Serves until it is dropped.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves what arrives at this listener.
    pub(crate) fn start(listener: TcpListener, router: Router, read_timeout: Duration) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        let (started, outcome) = mpsc::channel();
        let thread = thread::Builder::new().name("bitbucket-sandbox".to_owned()).spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build();
            let prepared = runtime.and_then(|runtime| {
                let entered = runtime.enter();
                let listener = tokio::net::TcpListener::from_std(listener)?;
                drop(entered);
                Ok((runtime, listener))
            });
            let (runtime, listener) = match prepared {
                Ok(prepared) => prepared,
                Err(cause) => return drop(started.send(Err(cause))),
            };
            // Fails only if the caller is gone, and then `stopped` ends at once.
            let _received = started.send(Ok(()));
            runtime.block_on(async {
                tokio::select! {
                    () = connection::serve(listener, router, read_timeout) => {}
                    _ = stopped => {}
                }
            });
        })?;
        let server = Self { stop: Some(stop), thread: Some(thread) };
        outcome.recv().map_err(|_| io::Error::other("the server thread panicked"))??;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            // A panic of the thread has been reported on stderr, and the port is free either way.
            let _panicked = thread.join();
        }
    }
}
