//! Accepts and serves connections, and resets them if a fault requires it.

use std::{
    collections::HashMap,
    fmt, io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
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
    task::{AbortHandle, Id, JoinError, JoinSet},
};

use super::fault::Disconnect;

/// The maximum number of bytes of a head before hyper responds with 431; the sandbox's own limit is lower.
const HEAD_BUFFER_BYTES: usize = 512 * 1024;
/// The maximum number of headers before hyper responds with 431.
const MAX_READ_HEADERS: usize = 2_000;
/// The delay before the next attempt if no connection can be accepted and none is idle.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);
/// To make room, one in this many idle connections is closed.
const IDLE_SHARE: usize = 16;

/// Accepts connections until the future is dropped, which closes all of them; `read_timeout` limits how long the head
/// of a request may take to arrive.
pub(crate) async fn serve(listener: TcpListener, router: Router, read_timeout: Duration) {
    let mut connections = Connections::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.add(stream, &router, read_timeout),
                // Without a free file handle, idle connections make room for new ones.
                Err(_) if connections.close_idle() => tokio::task::yield_now().await,
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            },
            Some(ended) = connections.tasks.join_next_with_id() => connections.remove(ended),
        }
    }
}

/// The open connections.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    open: HashMap<Id, (AbortHandle, Arc<Activity>)>,
    /// Counts requests, so that connections can be ordered by their last one.
    clock: Arc<AtomicU64>,
}

/// Whether a connection is in use.
#[derive(Debug, Default)]
struct Activity {
    is_busy: AtomicBool,
    /// The count at the end of its last request.
    last: AtomicU64,
}

impl Connections {
    fn add(&mut self, stream: TcpStream, router: &Router, read_timeout: Duration) {
        let clock = Arc::clone(&self.clock);
        let activity = Arc::new(Activity { is_busy: AtomicBool::new(false), last: AtomicU64::new(tick(&clock)) });
        let connection = serve_connection(stream, router.clone(), read_timeout, Arc::clone(&activity), clock);
        let handle = self.tasks.spawn(connection);
        self.open.insert(handle.id(), (handle, activity));
    }

    fn remove(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
    }

    /// Closes some of the idle connections, the longest idle first; returns whether there are any.
    fn close_idle(&mut self) -> bool {
        let idle = self.open.values().filter(|(_, activity)| !activity.is_busy.load(Relaxed));
        let mut idle: Vec<_> = idle.map(|(handle, activity)| (activity.last.load(Relaxed), handle)).collect();
        idle.sort_unstable_by_key(|(last, _)| *last);
        idle.iter().take(idle.len() / IDLE_SHARE + 1).for_each(|(_, handle)| handle.abort());
        !idle.is_empty()
    }
}

fn tick(clock: &AtomicU64) -> u64 {
    clock.fetch_add(1, Relaxed)
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    read_timeout: Duration,
    activity: Arc<Activity>,
    clock: Arc<AtomicU64>,
) {
    let resets = Arc::new(AtomicBool::new(false));
    let stream = ResettableStream { stream, resets: Arc::clone(&resets) };
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        activity.is_busy.store(true, Relaxed);
        let (response, resets) = (router.call(request), Arc::clone(&resets));
        let (activity, clock) = (Arc::clone(&activity), Arc::clone(&clock));
        async move {
            let response = response.await;
            activity.is_busy.store(false, Relaxed);
            activity.last.store(tick(&clock), Relaxed);
            match response {
                Ok(response) if response.extensions().get::<Disconnect>().is_none() => Ok(response),
                _ => {
                    resets.store(true, Relaxed);
                    Err(Disconnected)
                }
            }
        }
    });
    // Only the client or a fault ends a connection early; there is nothing to report.
    let _ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_buf_size(HEAD_BUFFER_BYTES)
        .max_headers(MAX_READ_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Ends a connection without a response.
#[derive(Debug)]
struct Disconnected;

impl fmt::Display for Disconnected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is reset")
    }
}

impl std::error::Error for Disconnected {}

/// A connection that a fault can reset.
struct ResettableStream {
    stream: TcpStream,
    resets: Arc<AtomicBool>,
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.resets.load(Relaxed) {
            // If that fails, the connection is closed instead.
            let _closed = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
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
