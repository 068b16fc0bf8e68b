//! A Bitbucket on loopback whose outage begins and ends at a given time.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use crate::{Outage, Window};

/// How often the server checks whether the outage has begun or ended.
const TICK: Duration = Duration::from_millis(10);

/// The requests that the server has received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// How many requests arrived, including those for a token.
    pub(crate) requests: usize,
    /// The state of the status that is shown.
    pub(crate) shown: Option<String>,
    /// When each report arrived, with its state.
    pub(crate) arrived: Vec<(Instant, String)>,
    /// When the response to each was sent.
    pub(crate) responded: usize,
}

/// The server. Its threads end with this program.
pub(crate) struct Server {
    shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
}

struct Shared {
    outage: Outage,
    window: Window,
    started: Instant,
    record: Mutex<Record>,
    connections: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Starts the server; the times of the outage count from now.
    pub(crate) fn start(outage: Outage, window: Window) -> io::Result<Self> {
        // Reserves the port while it refuses connections.
        let reserved = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = reserved.local_addr()?.as_socket().ok_or_else(|| io::Error::other("no address"))?;
        let shared = Arc::new(Shared {
            outage,
            window,
            started: Instant::now(),
            record: Mutex::default(),
            connections: Mutex::default(),
        });
        let listening = Listening::open(address, &shared)?;
        let running = Arc::clone(&shared);
        thread::spawn(move || {
            let _reserved = reserved;
            listening.follow(address, &running)
        });
        Ok(Self { shared, address })
    }

    pub(crate) fn record(&self) -> Record {
        self.shared.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The state of the port.
enum Listening {
    Open(TcpListener),
    /// Nothing listens: connections are refused.
    Refusing,
    /// The queue of connections is full, and the system drops each SYN.
    Full {
        _listener: Socket,
        _queued: Vec<Socket>,
    },
}

impl Listening {
    fn open(address: SocketAddr, shared: &Shared) -> io::Result<Self> {
        if !shared.is_out() {
            return Self::serving(address);
        }
        match shared.outage {
            Outage::Refuses => Ok(Self::Refusing),
            Outage::DropsSyn => {
                let listener = bound(address)?;
                listener.listen(0)?;
                let mut queued = Vec::new();
                // A queue of length 0 accepts one connection on Linux.
                for _ in 0..4 {
                    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
                    socket.set_nonblocking(true)?;
                    let _ = socket.connect(&address.into());
                    queued.push(socket);
                }
                Ok(Self::Full { _listener: listener, _queued: queued })
            }
            _ => Self::serving(address),
        }
    }

    fn serving(address: SocketAddr) -> io::Result<Self> {
        let socket = bound(address)?;
        socket.listen(64)?;
        socket.set_nonblocking(true)?;
        Ok(Self::Open(socket.into()))
    }

    /// Accepts connections, and changes with the outage.
    fn follow(mut self, address: SocketAddr, shared: &Arc<Shared>) -> io::Result<()> {
        let mut was_out = shared.is_out();
        loop {
            if shared.is_out() != was_out {
                was_out = !was_out;
                if matches!(shared.outage, Outage::Refuses | Outage::DropsSyn) {
                    // Open connections are lost too.
                    for connection in shared.connections.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                        let _ = connection.shutdown(std::net::Shutdown::Both);
                    }
                    drop(std::mem::replace(&mut self, Self::Refusing));
                    self = Self::open(address, shared)?;
                }
            }
            let accepted = if let Self::Open(listener) = &self { listener.accept().ok() } else { None };
            let Some((connection, _)) = accepted else {
                thread::sleep(TICK);
                continue;
            };
            connection.set_nonblocking(false)?;
            shared.connections.lock().unwrap_or_else(PoisonError::into_inner).push(connection.try_clone()?);
            let shared = Arc::clone(shared);
            // A client may disconnect early.
            thread::spawn(move || serve(connection, &shared));
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

impl Shared {
    fn is_out(&self) -> bool {
        self.window.contains(self.started.elapsed())
    }

    fn note(&self, change: impl FnOnce(&mut Record)) {
        change(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn serve(connection: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut writer = connection.try_clone()?;
    let mut reader = BufReader::new(connection);
    while let Some((is_for_token, body)) = read_request(&mut reader)? {
        let state = body["state"].as_str().unwrap_or_default().to_owned();
        shared.note(|record| {
            record.requests += 1;
            if !is_for_token {
                record.arrived.push((Instant::now(), state.clone()));
            }
        });
        let is_out = shared.is_out() && is_for_token == matches!(shared.outage, Outage::TokenDown);
        let failed = match shared.outage {
            _ if !is_out => None,
            Outage::Slow => {
                thread::sleep(Duration::from_secs(3));
                None
            }
            Outage::Silent => {
                // Until the client gives up.
                let _ = reader.fill_buf()?;
                return Ok(());
            }
            Outage::Unavailable | Outage::TokenDown => Some(("503 Service Unavailable", "")),
            Outage::RateLimited => Some(("429 Too Many Requests", "")),
            Outage::RateLimitedFor => Some(("429 Too Many Requests", "Retry-After: 20\r\n")),
            Outage::Unauthorized => Some(("401 Unauthorized", "")),
            Outage::None | Outage::Refuses | Outage::DropsSyn => None,
        };
        let (status, header, response) = match failed {
            Some((status, header)) => (status, header, json!({"type": "error", "error": {"message": status}})),
            None if is_for_token => {
                ("200 OK", "", json!({"access_token": "t", "token_type": "bearer", "expires_in": 7200}))
            }
            None => {
                shared.note(|record| record.shown = Some(state));
                ("201 Created", "", body)
            }
        };
        let text = response.to_string();
        let length = text.len();
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{header}\r\n");
        writer.write_all(format!("{head}{text}").as_bytes())?;
        shared.note(|record| record.responded += 1);
    }
    Ok(())
}

/// Whether the next request is for a token, and its body.
fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<(bool, Value)>> {
    let (mut line, mut length, mut is_for_token) = (String::new(), 0, None);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let text = line.trim_end().to_ascii_lowercase();
        is_for_token.get_or_insert(text.contains("/token"));
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        if text.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((is_for_token.unwrap_or_default(), serde_json::from_slice(&body).unwrap_or_default())))
}
