"""Runs atlassian-python-api against a sandbox: prints a line of JSON for each operation.

Arguments: the line that `bbstatus sandbox` prints, and the commit of the seed.
"""

import json
import sys
import urllib.request
from importlib.metadata import version

from atlassian.bitbucket import Cloud
from requests import HTTPError

sandbox, commit_hash = json.loads(sys.argv[1]), sys.argv[2]
URL = "https://ci.example.com/42"
cloud = Cloud(sandbox["url"].removesuffix("/2.0"), username=sandbox["email"], password=sandbox["token"])


def plan(fault):
    request = urllib.request.Request(sandbox["control_url"] + "/faults", json.dumps(fault).encode(), method="POST")
    urllib.request.urlopen(request)


def refused(call, status, text):
    """The difference from the expected status and text of a refusal; none if it is as expected."""
    try:
        call()
    except HTTPError as error:
        if error.response.status_code == status and text in f"{error} {error.response.text}":
            return
        raise
    raise AssertionError("it was accepted")


def workspace():
    assert cloud.workspaces.get("acme").slug == "acme"


def repository():
    assert cloud.workspaces.get("acme").repositories.get("rocket").slug == "rocket"


def of_commit():
    return cloud.repositories.get("acme", "rocket").commits.get(commit_hash)


def commit():
    assert of_commit().hash == commit_hash


def create():
    assert of_commit().add_build("unit-tests", URL)["state"] == "INPROGRESS"


def overwrite():
    assert of_commit().add_build("unit-tests", URL, "42 tests", "engine", "INPROGRESS")["description"] == "42 tests"
    assert of_commit().add_build("unit-tests", URL, "43 tests", "engine", "STOPPED")["state"] == "STOPPED"


def update():
    build = of_commit().get_build("lint") if of_commit().add_build("lint", URL) else None
    build.update(key="lint", state="FAILED", url=URL, name="Lint", description="3 problems")
    assert build.failed and build.name == "Lint"


def get():
    build = of_commit().get_build("lint")
    assert build.failed and build.description == "3 problems" and build.commit == commit_hash
    assert build.created_on.tzinfo is not None


def list_of_40():
    before = len(list(of_commit().builds()))
    for number in range(40):
        of_commit().add_build(f"job-{number}", URL, state="SUCCESSFUL")
    assert len(list(of_commit().builds())) == before + 40


def pull_request():
    request = cloud.repositories.get("acme", "rocket").pullrequests.get(7)
    assert request.source_branch == "engine" and request.is_open
    assert [commit.hash for commit in request.commits] == [commit_hash]
    assert any(build.key == "unit-tests" for build in request.builds())


def key_of_41_characters():
    text = "Ensure this value has at most 40 characters (it has 41)."
    refused(lambda: of_commit().add_build("k" * 41, URL), 400, text)


def rate_limit():
    # With `Retry-After` this client would retry by itself.
    plan({"fault": "rate-limited", "method": "POST"})
    refused(lambda: of_commit().add_build("limited", URL), 429, "Rate limit for this resource has been exceeded")


OPERATIONS = {
    "workspace": workspace,
    "repository": repository,
    "commit": commit,
    "create": create,
    "overwrite": overwrite,
    "update": update,
    "get": get,
    "list of 40": list_of_40,
    "pull request": pull_request,
    "key of 41 characters": key_of_41_characters,
    "429": rate_limit,
}

print(json.dumps({"client": f"atlassian-python-api {version('atlassian-python-api')}"}))
for operation, check in OPERATIONS.items():
    try:
        check()
        verdict = "works"
    except Exception as error:  # any exception is the verdict
        verdict = f"{type(error).__name__}: {error}"
    print(json.dumps({"operation": operation, "verdict": verdict}))
