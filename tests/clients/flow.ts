// Creates, updates and lists a status with the client that hey-api generates from the document. Arguments: the base URL and a
// token.

import { createBuildStatus, listCommitStatuses, updateBuildStatus } from "./client";
import { client } from "./client/client.gen";

declare const process: { argv: string[] };

function expect(condition: boolean | undefined, what: unknown): asserts condition {
  if (!condition) {
    throw new Error(JSON.stringify(what));
  }
}

async function main(): Promise<void> {
  client.setConfig({ baseUrl: process.argv[2] as "https://api.bitbucket.org/2.0", auth: () => process.argv[3] });
  const commit = { workspace: "acme", repo_slug: "rocket", commit: "e10dae226959c2194f2b07b077c07762d93821cf" };
  const url = "https://ci.example.com/builds/{commit.hash}";

  for (const expected of [201, 200]) {
    const body = { key: "typescript", state: "INPROGRESS" as const, url, refname: null };
    const created = await createBuildStatus({ path: commit, body });
    expect(created.response?.status === expected, created.error);
    expect(created.data?.state === "INPROGRESS" && created.data.refname === null, created.data);
  }

  const path = { ...commit, key: "typescript" };
  const body = { type: "build", key: "typescript", state: "SUCCESSFUL" as const, url, description: "42 tests passed" };
  const updated = await updateBuildStatus({ path, body });
  expect(updated.data?.state === "SUCCESSFUL" && updated.data.commit?.hash === commit.commit, updated);

  const page = await listCommitStatuses({ path: commit, query: { pagelen: 100 } });
  const states = page.data?.values.filter((status) => status.key === "typescript").map((status) => status.state);
  expect(states?.join() === "SUCCESSFUL", page);

  const refused = await createBuildStatus({ path: commit, body: { key: "k".repeat(41), state: "FAILED", url } });
  const error = refused.error;
  expect(refused.response?.status === 400 && typeof error === "object" && "key" in (error.error.fields ?? {}), error);
  console.log("typescript: created, overwritten, updated, listed, refused");
}

main().catch((error) => {
  console.error(error);
  (process as { exitCode?: number }).exitCode = 1;
});
