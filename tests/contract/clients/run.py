"""Runs each client's script against a sandbox of its own, and compares the verdicts with docs/clients.md.

Arguments: bbstatus, the commit of the seed, and `--write` to write the page instead.
"""

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parents[2] / "docs/clients.md"
SCRIPTS = {"atlassian_client.py": sys.executable, "bitbucket_client.js": "node", "oauth_client.py": sys.executable}
INTRODUCTION = """# Third-party clients against the sandbox

Written by `cargo xtask contract --write` and compared by `cargo xtask contract`: each client runs unmodified against
`bbstatus sandbox`, and each operation checks the response (tests/contract/clients).

"""
bbstatus, commit, *options = sys.argv[1:]


def verdicts(script, program):
    """The client's name and version, and the verdict on each operation."""
    start = [bbstatus, "sandbox", "--quiet", "--seed", str(FOLDER / "seed.json")]
    with subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            run = [program, str(FOLDER / script), sandbox.stdout.readline(), commit]
            lines = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        finally:
            sandbox.kill()
    first, *others = map(json.loads, lines)
    return first["client"], {line["operation"]: line["verdict"] for line in others}


def table(reports):
    rows = [("operation", *reports), ("---",) * (len(reports) + 1)]
    operations = dict.fromkeys(operation for report in reports.values() for operation in report)
    rows += [(operation, *(report.get(operation, "") for report in reports.values())) for operation in operations]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


reports = dict(verdicts(*script) for script in SCRIPTS.items())
assert all(reports.values()), f"a client tried no operation: {reports}"
failures = [
    f"{client}, {operation}: {verdict}"
    for client, report in reports.items()
    for operation, verdict in report.items()
    if verdict != "works"
]
if failures:
    sys.exit("\n".join(failures))
page = INTRODUCTION + table(reports)
if "--write" in options:
    PAGE.write_text(page)
elif PAGE.read_text() != page:
    sys.exit("docs/clients.md is not what the clients do; run: cargo xtask contract --write")
