// Runs node-bitbucket against a sandbox: prints a line of JSON for each operation.
// Arguments: the line that `bbstatus sandbox` prints, and the commit of the seed.

const assert = require("node:assert");
const { Bitbucket } = require("bitbucket");

const sandbox = JSON.parse(process.argv[2]);
const commit = process.argv[3];
const auth = { username: sandbox.email, password: sandbox.token };
const bitbucket = new Bitbucket({ baseUrl: sandbox.url, auth, notice: false });
const of = { workspace: "acme", repo_slug: "rocket" };
const url = "https://ci.example.com/42";

const set = (key, state, more = {}) =>
  bitbucket.commitstatuses.createBuildStatus({ ...of, commit, _body: { type: "build", key, state, url, ...more } });

const refused = async (call, status, text) => {
  const error = await call().then(() => assert.fail("it was accepted"), (error) => error);
  assert.strictEqual(error.status, status, String(error));
  assert.ok(JSON.stringify(error.error ?? error.message).includes(text), String(error));
};

const operations = {
  workspace: async () => {
    const { data } = await bitbucket.workspaces.getWorkspace({ workspace: "acme" });
    assert.strictEqual(data.slug, "acme");
  },
  repository: async () => {
    const { data } = await bitbucket.repositories.get(of);
    assert.strictEqual(data.full_name, "acme/rocket");
  },
  commit: async () => {
    const { data } = await bitbucket.commits.get({ ...of, commit });
    assert.strictEqual(data.hash, commit);
  },
  create: async () => {
    const { status, headers } = await set("unit-tests", "INPROGRESS");
    assert.strictEqual(status, 201);
    assert.ok(headers.location.endsWith("/statuses/build/unit-tests"));
  },
  overwrite: async () => {
    const { status, data } = await set("unit-tests", "STOPPED", { description: "42 tests" });
    assert.deepStrictEqual([status, data.state, data.description], [200, "STOPPED", "42 tests"]);
  },
  update: async () => {
    await set("lint", "INPROGRESS");
    const _body = { state: "FAILED", url, name: "Lint", description: "3 problems" };
    const { data } = await bitbucket.commitstatuses.updateBuildStatus({ ...of, commit, key: "lint", _body });
    assert.deepStrictEqual([data.state, data.name], ["FAILED", "Lint"]);
  },
  get: async () => {
    const { data } = await bitbucket.commitstatuses.getBuildStatus({ ...of, commit, key: "lint" });
    assert.deepStrictEqual([data.state, data.commit.hash], ["FAILED", commit]);
  },
  "list of 40": async () => {
    const all = async () => {
      let { data } = await bitbucket.commitstatuses.list({ ...of, commit });
      const values = [...data.values];
      while (bitbucket.hasNextPage(data)) {
        ({ data } = await bitbucket.getNextPage(data));
        values.push(...data.values);
      }
      return values.length;
    };
    const before = await all();
    for (let number = 0; number < 40; number += 1) await set(`job-${number}`, "SUCCESSFUL");
    assert.strictEqual(await all(), before + 40);
  },
  "pull request": async () => {
    const { data } = await bitbucket.pullrequests.get({ ...of, pull_request_id: 7 });
    assert.deepStrictEqual([data.source.branch.name, data.state], ["engine", "OPEN"]);
    const commits = await bitbucket.pullrequests.listCommits({ ...of, pull_request_id: 7 });
    assert.deepStrictEqual(commits.data.values.map((one) => one.hash), [commit]);
    const statuses = await bitbucket.commitstatuses.listPullRequestStatuses({ ...of, pull_request_id: 7 });
    assert.ok(statuses.data.values.some((one) => one.key === "unit-tests"));
  },
  "key of 41 characters": () =>
    refused(() => set("k".repeat(41), "FAILED"), 400, "Ensure this value has at most 40 characters (it has 41)."),
  429: async () => {
    const fault = { fault: "rate-limited", retry_after: 1, method: "POST" };
    await fetch(`${sandbox.control_url}/faults`, { method: "POST", body: JSON.stringify(fault) });
    await refused(() => set("limited", "FAILED"), 429, "Rate limit for this resource has been exceeded");
  },
};

const names = ["workspace", "repository", "commit", "create", "overwrite", "update", "get", "list of 40", "pull request",
  "key of 41 characters", "429"];

(async () => {
  console.log(JSON.stringify({ client: `node-bitbucket ${require("bitbucket/package.json").version}` }));
  for (const operation of names) {
    const verdict = await operations[operation]().then(() => "works", (error) => `${error.name}: ${error.message}`);
    console.log(JSON.stringify({ operation, verdict }));
  }
})();
