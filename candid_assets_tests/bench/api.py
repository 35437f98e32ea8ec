"""How long the API takes for one metric series, and a page, while ten ask at once.

Alone: `python -m candid_assets_tests.bench.api DATA`, where DATA holds a refreshed sample.
"""

import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from candid_assets.contracts.load import load_catalog
from candid_assets.settings import REPOSITORY, Settings
from candid_assets.web.errors import UsersError
from candid_assets.web.users import User, Users, new_token
from candid_assets_tests.bench.figure import Figure

CLIENTS = 10
ASKED = 60
WARM = 5
READER = "bench"
LOOKS = 0.5
"""Seconds for which a viewer looks at a page."""
PAGES = (
    *("", "/metrics", "/metrics?status=off_target", "/mend", "/mend?workbook=sales_master"),
    *("/tables", "/tables?layer=clean", "/tables?layer=quarantine", "/search?q=outlet", "/runs"),
    *("/changes", "/tables/ready.fct_order_lines", "/tables/clean.coreos__outlets"),
    *("/tables/ready.metric_values?sort=-value", "/tables/quarantine.coreos__outlets"),
)


def api_figures(data: Path) -> Iterator[Figure]:
    """Serve a refreshed sample as `candid serve` does and ask it for every metric in turn."""
    settings = Settings(CANDID_ENV="sample", CANDID_DATA_DIR=data)
    users = Users(settings.data_dir)
    token, key = new_token(None)
    with suppress(UsersError):
        users.remove(READER)
    users.add(User(name=READER, role="viewer", token=key))
    metrics = load_catalog(settings.catalog_dir).registry.metrics
    paths = [f"/api/v1/metrics/{m.name}?grain={g}" for m in metrics for g in m.grains]
    paths += [f"/api/v1/metrics/{m.name}?dimension={d}" for m in metrics for d in m.dimensions]
    pages = [f"/candid{path}" for path in PAGES]
    pages += [f"/candid/metrics/{m.name}" for m in metrics]
    with _served(data) as port:
        seconds = _asked_at_once(port, token, paths)
        looked = _asked_at_once(port, token, pages, LOOKS)
    name = f"API, one series, {CLIENTS} clients at once: p95"
    yield Figure(name, statistics.quantiles(seconds, n=20)[-1] * 1000, 100, "ms")
    name = f"a page, {CLIENTS} viewers: p95"
    yield Figure(name, statistics.quantiles(looked, n=20)[-1] * 1000, 200, "ms")


@contextmanager
def _served(data: Path) -> Iterator[int]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CANDID_")}
    environment |= {"CANDID_DATA_DIR": str(data), "DAGSTER_HOME": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-m", "candid_assets.cli", "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        matches = (re.search(r"http://127\.0\.0\.1:(\d+)", line) for line in process.stdout)
        yield int(next(match for match in matches if match)[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _asked_at_once(port: int, token: str, paths: list[str], pause: float = 0) -> list[float]:
    """Return how long each answer took; who looks at a page pauses before the next."""
    seconds: list[float] = []

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for n in range(ASKED + WARM):
            path = paths[(number + n * CLIENTS) * 7 % len(paths)]
            started = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path} was answered with {answer.status}")
            if n >= WARM:
                seconds.append(time.perf_counter() - started)
            time.sleep(pause)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(seconds) != CLIENTS * ASKED:
        raise SystemExit("a client was not answered")
    return seconds


def main() -> int:
    """Print the figures and return the exit code."""
    figures = list(api_figures(Path(sys.argv[1])))
    print(*figures, sep="\n")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
