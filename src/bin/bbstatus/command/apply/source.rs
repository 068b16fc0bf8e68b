//! Lines from a file or from stdin, read beside the calls and only as fast as they are sent.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    path::Path,
    thread,
};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::credentials::is_stdin;

/// The most bytes of a line.
const LONGEST: usize = 1024 * 1024;
/// How many lines are read ahead.
const AHEAD: usize = 64;

/// A line as it was read.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// How many bytes have been read with it.
    pub(super) read: u64,
    /// The text, or why there is none.
    pub(super) text: Result<Vec<u8>, String>,
}

/// The lines, and how many bytes they are, where that is known.
pub(super) struct Source {
    pub(super) lines: Receiver<Line>,
    pub(super) length: Option<u64>,
}

impl Source {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (sender, lines) = channel(AHEAD);
        let length = if is_stdin(path) {
            thread::spawn(move || read(BufReader::new(io::stdin()), &sender));
            None
        } else {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            thread::spawn(move || read(BufReader::new(file), &sender));
            metadata.is_file().then_some(metadata.len())
        };
        Ok(Self { lines, length })
    }
}

/// Reads to the end, or until nobody wants more.
fn read(mut input: impl BufRead, lines: &Sender<Line>) {
    let (mut number, mut read) = (0, 0);
    loop {
        number += 1;
        let text = match next(&mut input, &mut read) {
            Ok(Some(text)) if text.trim_ascii().is_empty() => continue,
            Ok(Some(text)) if text.len() > LONGEST => Err(format!("expected at most {LONGEST} bytes, got more")),
            Ok(Some(text)) => Ok(text),
            Ok(None) => return,
            Err(cause) => {
                let text = Err(format!("it and what follows could not be read: {cause}"));
                let _ = lines.blocking_send(Line { number, read, text });
                return;
            }
        };
        if lines.blocking_send(Line { number, read, text }).is_err() {
            return;
        }
    }
}

/// Reads a line, of one that is too long only the beginning; none at the end.
fn next(input: &mut impl BufRead, read: &mut u64) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let mut length = input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut text)?;
    if length > LONGEST && text.last() != Some(&b'\n') {
        length += input.skip_until(b'\n')?;
    }
    *read += length as u64;
    Ok((length > 0).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, next};

    #[test]
    fn a_line_that_is_too_long_does_not_hide_the_next() {
        let input = [vec![b'a'; 3 * LONGEST], b"\nb\n\nc".to_vec()].concat();
        let (mut input, mut read) = (&*input, 0);
        assert_eq!(next(&mut input, &mut read).unwrap().unwrap().len(), LONGEST + 1);
        assert_eq!(read, 3 * LONGEST as u64 + 1);
        for expected in [Some(&b"b\n"[..]), Some(b"\n"), Some(b"c"), None] {
            assert_eq!(next(&mut input, &mut read).unwrap().as_deref(), expected);
        }
    }
}
