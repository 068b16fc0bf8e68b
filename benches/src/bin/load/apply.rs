//! Creates the statuses of an NDJSON file by hand on reqwest; `bbstatus apply` is compared with it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _, stdout},
    path::Path,
    sync::Arc,
};

use benches::handwritten::{State, Status, Update};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::{Outcome, by_reqwest::client};

#[derive(Deserialize)]
struct Line {
    commit: String,
    key: String,
    state: State,
    url: String,
}

/// The line that is printed for each status.
#[derive(Serialize)]
struct Applied {
    commit: String,
    key: String,
    state: State,
    status: u16,
}

/// Creates a status for each line of the file, several at a time, and prints a line for each.
pub(crate) async fn run(file: &Path, concurrency: usize, base: &str, token: Arc<str>) -> Outcome<()> {
    let client = client()?;
    let mut output = stdout().lock();
    let mut under_way = JoinSet::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        if under_way.len() == concurrency
            && let Some(joined) = under_way.join_next().await
        {
            writeln!(output, "{}", serde_json::to_string(&joined??)?)?;
        }
        let url = format!("{base}/repositories/acme/rocket/commit/{}/statuses/build", line.commit);
        under_way.spawn(create(client.clone(), url, Arc::clone(&token), line));
    }
    while let Some(joined) = under_way.join_next().await {
        writeln!(output, "{}", serde_json::to_string(&joined??)?)?;
    }
    Ok(())
}

async fn create(client: reqwest::Client, url: String, token: Arc<str>, line: Line) -> Outcome<Applied> {
    let body =
        Update { kind: "build", key: &line.key, state: line.state, name: None, description: None, url: &line.url };
    let response = client.post(url).bearer_auth(token).json(&body).send().await?.error_for_status()?;
    let status = response.status().as_u16();
    let created: Status = response.json().await?;
    Ok(Applied { commit: created.commit.hash, key: created.key, state: created.state, status })
}
