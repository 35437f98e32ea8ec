"""No query takes more rows, time or memory than it may, and ends with a sentence."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.query_process import read_apart

pytestmark = pytest.mark.slow

LIMITS = QueryLimits(rows=1_000, seconds=2.0, memory=300_000_000)
TOO_MUCH = {
    "repeated text": "select repeat('x', 10000000000)",
    "large text": "select repeat('x', 2000000000)",
    "texts": "select repeat('x', 5000000) from range(5000)",
    "text of numbers": "select string_agg(range::varchar, '') from range(1000000000)",
    "list": "select range(1000000000000)",
    "lists": "select list(range) from range(1000000000)",
    "list of lists": "select [range(10000000) for n in range(1000)]",
    "cross join": "select sum(a.range * b.range % 7) from range(100000000) a, range(100000000) b",
    "sorted": "select * from range(1000000000) order by hash(range)",
    "endless recursion": "with recursive r as (select 1 n union all select n + 1 from r)"
    " select max(n) from r",
    "doubled rows": "with recursive r as (select 1 n union all select unnest([n, n]) from r)"
    " select count(*) from r",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "published" / "candid.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        bootstrap(connection, "sample")
    return path


@pytest.mark.parametrize("attack", TOO_MUCH)
def test_query_that_takes_too_much_ends_with_a_sentence(published: Path, attack: str) -> None:
    began = time.monotonic()
    with pytest.raises(WarehouseError) as refused:
        read_apart(published, TOO_MUCH[attack], LIMITS)
    assert refused.value.message
    assert time.monotonic() - began < 30


def test_rows_beyond_the_limit_are_never_computed(published: Path) -> None:
    answer = read_apart(published, "select * from range(1000000000000)", LIMITS)
    assert (answer["env"], len(answer["rows"]), answer["more"]) == ("sample", 1_000, True)


def test_process_of_a_query_takes_no_more_memory_than_it_may(published: Path) -> None:
    watched = (
        "import resource, sys; from pathlib import Path;"
        "from candid_assets.warehouse.query_process import read_apart, QueryLimits\n"
        "limits = QueryLimits(10, 5.0, 300_000_000)\n"
        "try: read_apart(Path(sys.argv[1]), sys.argv[2], limits)\n"
        "except Exception as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    for sql in (TOO_MUCH["large text"], TOO_MUCH["texts"]):
        command = [sys.executable, "-c", watched, str(published), sql]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "CANDID_QUERY_MEMORY" in printed
        assert int(printed.split()[-1]) * 1024 < 650_000_000


def test_interrupt_from_the_keyboard_ends_a_query(published: Path) -> None:
    settings = {"CANDID_ENV": "sample", "CANDID_DATA_DIR": str(published.parents[2])}
    data = published.parents[2] / "sample"
    if not data.exists():
        data.symlink_to(published.parents[1])
    command = [sys.executable, "-m", "candid_assets.cli", "query", TOO_MUCH["cross join"]]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert b"published snapshot" in first, first + process.stdout.read()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert process.returncode != 0
    assert time.monotonic() - began < 25
