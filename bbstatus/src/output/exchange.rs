//! `-v`: each request and its response.

use bitbucket_build_status::Exchange;

use super::{sanitize, write_stderr};

/// The maximum number of characters of a body that are printed.
const SHOWN: usize = 4096;

/// Prints a request (`>`) and its outcome (`<`) to stderr, never with `Authorization`.
pub(crate) fn exchange(exchange: &Exchange<'_>, headers: bool) {
    let mut lines = vec![format!("> {} {}", exchange.method(), exchange.url())];
    if headers {
        lines.extend(exchange.request_headers().map(|(name, value)| format!("> {name}: {value}")));
    }
    lines.extend(exchange.request_body().map(|body| format!("> {}", shown(body))));
    let took = exchange.elapsed().as_millis();
    lines.push(match (exchange.status(), exchange.error()) {
        (Some(status), None) => format!("< {status} ({took} ms)"),
        (Some(status), Some(cause)) => format!("< {status}, then {cause} ({took} ms)"),
        (None, cause) => format!("< no response: {} ({took} ms)", cause.unwrap_or_default()),
    });
    if headers {
        // A cookie can be as good as a password, and so can the user or the query of a redirect.
        let shown = |name: &str, value: &str| match name {
            "set-cookie" => format!("< {name}: <hidden>"),
            "location" if value.contains('@') => format!("< {name}: <hidden>"),
            "location" => format!("< {name}: {}", value.split(['?', '#']).next().unwrap_or_default()),
            _ => format!("< {name}: {value}"),
        };
        lines.extend(exchange.response_headers().map(|(name, value)| shown(name, value)));
    }
    lines.extend(exchange.response_body().map(|body| format!("< {}", shown(body))));
    let text: String = lines.iter().flat_map(|line| [sanitize(line), "\n".into()]).collect();
    write_stderr(&text);
}

fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], body.len()),
        None => text.into_owned(),
    }
}
