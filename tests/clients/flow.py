"""Creates, updates and lists a status with the client that openapi-python-client generates from the document.

Arguments: the folder of the generated package `bitbucket`, the base URL, and a token.
"""

import sys

sys.path.insert(0, sys.argv[1])

from bitbucket.api.commit_statuses import create_build_status, list_commit_statuses, update_build_status
from bitbucket.client import AuthenticatedClient
from bitbucket.models.build_status_create import BuildStatusCreate
from bitbucket.models.build_status_update import BuildStatusUpdate
from bitbucket.models.state import State

commit = {
    "workspace": "acme",
    "repo_slug": "rocket",
    "commit": "e10dae226959c2194f2b07b077c07762d93821cf",
}
url = "https://ci.example.com/builds/{commit.hash}"
client = AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3], raise_on_unexpected_status=True)

new = BuildStatusCreate(key="python", state=State.INPROGRESS, url=url, name="Python", refname=None)
for expected in (201, 200):
    created = create_build_status.sync_detailed(**commit, client=client, body=new)
    assert created.status_code == expected, created
    assert created.parsed.state == "INPROGRESS" and created.parsed.refname is None, created.parsed

change = BuildStatusUpdate(type_="build", key="python", state=State.SUCCESSFUL, url=url, description="42 tests passed")
updated = update_build_status.sync(**commit, key="python", client=client, body=change)
assert updated.state == "SUCCESSFUL" and updated.commit.hash_ == commit["commit"], updated

page = list_commit_statuses.sync(**commit, client=client, pagelen=100)
assert [status.state for status in page.values if status.key == "python"] == ["SUCCESSFUL"], page

refused = BuildStatusCreate(key="k" * 41, state=State.FAILED, url=url)
error = create_build_status.sync_detailed(**commit, client=client, body=refused)
assert error.status_code == 400 and "key" in error.parsed.error.fields.additional_properties, error
print("python: created, overwritten, updated, listed, refused")
