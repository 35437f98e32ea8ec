"""The memory that the server takes for the largest queries of one viewer, all at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from candid_assets.web.query_limits import MOST_ALIASES
from candid_assets_tests.end_to_end.served.conftest import processes_of

pytestmark = pytest.mark.served

ASSET = """{ id assetKey { path } jobNames opVersion groupName description
  dependencyKeys { path } dependedByKeys { path } tags { key value } kinds
  metadataEntries { label description ... on TextMetadataEntry { text } }
  definition: assetChecksOrError { ... on AssetChecks { checks { name description } } } }"""
HEAVY = "{ " + " ".join(f"a{n}: assetNodes {ASSET}" for n in range(MOST_ALIASES // 2)) + " }"
LIGHT = f"{{ assetNodes {ASSET} }}"
MEGABYTES = 400


def resident(pid):
    """Return the megabytes that a process and its children hold."""
    total = 0
    for process in processes_of(pid):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))
    return total / 1024


def asked(served, query):
    return requests.post(
        f"{served.origin}/graphql",
        json={"query": query},
        headers={"Authorization": f"Bearer {served.tokens['dimas']}"},
        timeout=600,
    ).status_code


def test_one_viewer_cannot_take_the_servers_memory(served):
    assert asked(served, LIGHT) == 200
    before, peaks, done = resident(served.pid), [], threading.Event()

    def watch():
        while not done.wait(0.1):
            peaks.append(resident(served.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: asked(served, HEAVY), range(8)))
    finally:
        done.set()
        watcher.join()
    assert set(statuses) <= {200, 413, 429}
    assert max(peaks) - before < MEGABYTES, (before, max(peaks), statuses)
    assert asked(served, LIGHT) == 200
