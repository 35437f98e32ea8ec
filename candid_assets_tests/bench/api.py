"""How long the API takes for one metric series while ten clients ask at once.

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
    with _served(data) as port:
        seconds = _asked_at_once(port, token, paths)
    slowest = statistics.quantiles(seconds, n=20)[-1] * 1000
    name = f"API, one series, {CLIENTS} clients at once: p95"
    yield Figure(name, slowest, 100, "ms")


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


def _asked_at_once(port: int, token: str, paths: list[str]) -> list[float]:
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
