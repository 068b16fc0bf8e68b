//! Updates a status on a server of its own, and says what arrived there and what came back.

use std::{
    error::Error,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread,
};

use bitbucket_build_status::{Client, Credentials, State};

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base_url = format!("http://{}/2.0", listener.local_addr()?);
    let server = thread::spawn(move || echo(&listener));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(async {
        let credentials = Credentials::access_token("t0ken")?;
        let bitbucket = Client::builder().base_url(base_url).credentials(credentials).build()?;
        let commit = bitbucket.commit("acme", "rocket", "e10dae226959c2194f2b07b077c07762d93821cf")?;
        commit.update("unit-tests").state(State::Successful).url("https://ci.example.com/42").send().await
    })?;
    let request = server.join().map_err(|_| "the server panicked")??;
    println!("{request}: {}", status.state);
    Ok(())
}

/// Answers one request with its own body, which is a status too; gives the request's first line.
fn echo(listener: &TcpListener) -> io::Result<String> {
    let (stream, _) = listener.accept()?;
    let mut reader = BufReader::new(&stream);
    let mut request_line = String::new();
    reader.read_line(&mut request_line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap_or(0),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    write!(&stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n")?;
    (&stream).write_all(&body)?;
    Ok(request_line.trim_end().to_owned())
}
