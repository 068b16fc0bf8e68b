"""Runs requests-oauthlib against a sandbox: prints a line of JSON for each operation.

Arguments: the line that `bbstatus sandbox` prints, and the commit of the seed.
"""

import json
import os
import sys
from importlib.metadata import version

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

# The sandbox speaks plain http.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
sandbox, commit_hash = json.loads(sys.argv[1]), sys.argv[2]
token_url, secret = sandbox["oauth_token_url"], sandbox["client_secret"]
session = OAuth2Session(client=BackendApplicationClient(client_id=sandbox["client_id"]))


def reports():
    address = f"{sandbox['url']}/repositories/acme/rocket/commit/{commit_hash}/statuses/build"
    status = {"key": "oauth", "state": "SUCCESSFUL", "url": "https://ci.example.com/42"}
    assert session.post(address, json=status).status_code in (200, 201)


def client_credentials():
    token = session.fetch_token(token_url, client_secret=secret)
    assert token["expires_in"] > 0
    reports()


def client_credentials_in_the_body():
    session.fetch_token(token_url, client_secret=secret, include_client_id=True)
    reports()


def refresh():
    old = session.token["access_token"]
    auth = (sandbox["client_id"], secret)
    assert session.refresh_token(token_url, auth=auth)["access_token"] != old
    reports()


OPERATIONS = {
    "client credentials": client_credentials,
    "client credentials in the body": client_credentials_in_the_body,
    "refresh": refresh,
}

print(json.dumps({"client": f"requests-oauthlib {version('requests-oauthlib')}"}))
for operation, check in OPERATIONS.items():
    try:
        check()
        verdict = "works"
    except Exception as error:  # any exception is the verdict
        verdict = f"{type(error).__name__}: {error}"
    print(json.dumps({"operation": operation, "verdict": verdict}))
