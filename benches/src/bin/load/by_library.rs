//! The calls with this project's library.

use benches::{BUILD_URL, COMMIT, DESCRIPTION, KEY, NAME, TOKEN};
use bitbucket_build_status::{BuildStatus, Client, Commit, Credentials, State};

use crate::{Caller, Outcome};

#[derive(Clone)]
pub(crate) struct Library(Commit);

impl Library {
    pub(crate) fn new(url: &str) -> Outcome<Self> {
        let client = Client::builder().credentials(Credentials::access_token(TOKEN)?).base_url(url).build()?;
        Ok(Self(client.commit("acme", "rocket", COMMIT)?))
    }
}

impl Caller for Library {
    async fn update(&mut self) -> Outcome<usize> {
        let update = self.0.update(KEY).state(State::Successful).url(BUILD_URL).name(NAME).description(DESCRIPTION);
        Ok(length(&update.send().await?))
    }

    async fn get(&mut self) -> Outcome<usize> {
        Ok(length(&self.0.get(KEY).await?))
    }
}

fn length(status: &BuildStatus) -> usize {
    status.url.as_ref().map_or(0, String::len)
}
