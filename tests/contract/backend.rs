use std::sync::Mutex;

use bitbucket_build_status::{
    Client, Commit, Credentials, State,
    mock::{self, Mock, MockServer, MockServerExt as _},
    sandbox::Sandbox,
};

use super::suite::{COMMIT, URL};

/// Something to run the contract against.
pub(super) enum Backend {
    /// Typed mocks, with the ids of those that the next claim replaces.
    Mocks(MockServer, Mutex<Vec<usize>>),
    /// A server, by its base URL.
    Url(String),
}

impl Backend {
    pub(super) async fn mocks() -> Self {
        Self::Mocks(MockServer::start_async().await, Mutex::default())
    }

    pub(super) fn client(&self) -> Client {
        let url = match self {
            Self::Mocks(server, _) => server.url("/2.0"),
            Self::Url(url) => url.clone(),
        };
        let credentials = Credentials::access_token(Sandbox::TOKEN).expect("a token");
        Client::builder().base_url(url).credentials(credentials).max_retries(0).build().expect("a client")
    }

    pub(super) fn commit(&self) -> Commit {
        self.client().commit("acme", "rocket", COMMIT).expect("a commit")
    }

    /// Makes sure that the commit has a status: reports it, or replaces the mocks.
    pub(super) async fn has(&self, key: &str, state: State) {
        let Self::Mocks(server, mock_ids) = self else {
            self.commit().set(key, state, URL).send().await.expect("a report");
            return;
        };
        delete_mocks(server, mock_ids);
        let mut mocks = vec![server.get_build_status(|when, then| {
            when.workspace("acme").repo_slug("rocket").commit(COMMIT).key(key);
            then.ok(&mock::build_status(key, state, URL));
        })];
        for state in State::ALL {
            let status = mock::build_status(key, state, URL);
            mocks.push(server.update_build_status(|when, then| {
                when.commit(COMMIT).key(key).body_key(key).state(state).url(URL).type_("build");
                then.ok(&status);
            }));
            mocks.push(server.create_build_status(|when, then| {
                when.commit(COMMIT).key(key).state(state).url(URL).type_("build");
                then.ok(&status);
            }));
        }
        add_ids(mock_ids, &mocks);
    }

    /// Makes sure that the commit has no status with this key.
    pub(super) async fn has_no(&self, key: &str) {
        let Self::Mocks(server, mock_ids) = self else {
            let known = self.commit().get(key).await;
            assert!(known.is_err_and(|error| error.is_not_found()), "{key} exists already");
            return;
        };
        delete_mocks(server, mock_ids);
        let missing = mock::error("Build status not found");
        let mut mocks = vec![
            server.get_build_status(|when, then| drop((when.key(key), then.not_found(&missing)))),
            server.update_build_status(|when, then| drop((when.key(key), then.not_found(&missing)))),
        ];
        for state in State::ALL {
            mocks.push(server.create_build_status(|when, then| {
                when.workspace("acme").repo_slug("rocket").commit(COMMIT).key(key).state(state);
                then.created(&mock::build_status(key, state, URL));
            }));
        }
        add_ids(mock_ids, &mocks);
    }

    /// Makes sure that a write with this name is refused.
    pub(super) fn refuses_name(&self, name: &str, problem: &str) {
        if let Self::Mocks(server, mock_ids) = self {
            delete_mocks(server, mock_ids);
            let refused = mock::field_error("name", problem);
            let mock = server.create_build_status(|when, then| drop((when.name(name), then.bad_request(&refused))));
            add_ids(mock_ids, &[mock]);
        }
    }

    /// Makes sure that the commit of another repository has statuses with these keys.
    pub(super) async fn lists(&self, repo_slug: &str, keys: &[&str]) {
        if let Self::Mocks(server, mock_ids) = self {
            delete_mocks(server, mock_ids);
            let page = mock::page(keys.iter().map(|key| mock::build_status(key, State::Failed, URL)));
            let mock = server.list_commit_statuses(|when, then| {
                when.workspace("acme").repo_slug(repo_slug).commit(COMMIT);
                then.ok(&page);
            });
            add_ids(mock_ids, &[mock]);
            return;
        }
        let commit = self.client().commit("acme", repo_slug, COMMIT).expect("a commit");
        for key in keys {
            commit.set(*key, State::Failed, URL).send().await.expect("a report");
        }
    }

    /// Makes sure that there is a pull request whose commits have no statuses.
    pub(super) fn has_empty_pull_request(&self, id: u64) {
        if let Self::Mocks(server, mock_ids) = self {
            delete_mocks(server, mock_ids);
            let mock = server.list_pull_request_statuses(|when, then| {
                when.workspace("acme").repo_slug("rocket").pull_request_id(id);
                then.ok(&mock::page([]));
            });
            add_ids(mock_ids, &[mock]);
        }
    }
}

fn add_ids(mock_ids: &Mutex<Vec<usize>>, mocks: &[Mock<'_>]) {
    mock_ids.lock().expect("a lock").extend(mocks.iter().map(Mock::id));
}

fn delete_mocks(server: &MockServer, mock_ids: &Mutex<Vec<usize>>) {
    for id in mock_ids.lock().expect("a lock").drain(..) {
        Mock::new(id, server).delete();
    }
}
