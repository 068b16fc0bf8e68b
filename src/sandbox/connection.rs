//! Connections: accepted, served, and cut where a fault asks for it.

use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::Router;
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// How much of a head is read before the connection is answered by 431; rules of the sandbox come before.
const HEAD_BUFFER: usize = 512 * 1024;
/// How many headers are read before the connection is answered by 431.
const MOST_HEADERS: usize = 2_000;
/// How long to wait where no further connection can be accepted, such as with no file handle left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// In a response's extensions: cut the connection instead of sending it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutOff;

/// Accepts connections until it is dropped, and all of them with it; `read_timeout` is how long the head of a request may
/// take.
pub(crate) async fn serve(listener: TcpListener, router: Router, read_timeout: Duration) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(serve_connection(stream, router.clone(), read_timeout)); }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, read_timeout: Duration) {
    let cut = Arc::new(AtomicBool::new(false));
    let wire = Wire { stream, cut: Arc::clone(&cut) };
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (answer, cut) = (router.call(request), Arc::clone(&cut));
        async move {
            match answer.await {
                Ok(response) if response.extensions().get::<CutOff>().is_none() => Ok(response),
                _ => {
                    cut.store(true, Ordering::Relaxed);
                    Err(Cut)
                }
            }
        }
    });
    // What ends a connection early is the client's doing or a fault's; there is nobody to tell.
    let _ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_buf_size(HEAD_BUFFER)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(wire), service)
        .await;
}

/// Ends a connection without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// A connection that is reset, not closed, when it is to be cut.
struct Wire {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cut.load(Ordering::Relaxed) {
            // Where that fails the connection is closed instead: cut all the same.
            let _closed = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
