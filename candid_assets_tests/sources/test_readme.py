"""What the README shows of sources is taken as it stands there, but for the addresses."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets_tests.postgres import PASSWORD, Postgres
from candid_assets_tests.sources.api.orders_api import ORDERS, SEEN, Api, body, clean, order
from candid_assets_tests.sources.installation import HEAD, Installation, discovered

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
SECTION = PAGE.read_text().partition("\n## Databases, APIs and files")[2].partition("\n## ")[0]
EXAMPLES = [e for e in re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL) if "servers:" in e]
ROLES = ("reader", "candid_reader")
MOVEMENTS = """
create table movements (id int primary key, changed_at timestamptz not null);
insert into movements select n, now() from generate_series(1, 50) n
"""


def example(kind: str) -> str:
    """Return the one example of a kind of source."""
    (text,) = [e for e in EXAMPLES if f"type: {kind}" in e]
    return str(text)


def connect(place: Installation, workbook: str, servers: str) -> None:
    """Put an example's servers into the head of a workbook."""
    head = HEAD.partition("servers:")[0].format(name=workbook)
    folder = place.settings.catalog_dir / "workbooks" / workbook
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contract.yaml").write_text(head + servers)


def discover(place: Installation, monkeypatch: pytest.MonkeyPatch, **meant: str) -> str:
    """Run the README's commands of discover whose source is meant; return the workbook."""
    (shown, actual), *_ = meant.items()
    commands = re.findall(r'`candid discover "?(\S+?)"? --workbook (\w+)`', SECTION)
    ((source, workbook),) = [(s, w) for s, w in commands if shown in s]
    done = discovered(place, monkeypatch, re.sub(rf"\S*{shown}\b", actual, source), workbook)
    assert done.exit_code == 0, done.output
    return str(workbook)


def address(postgres: Postgres) -> str:
    return f"postgresql://reader@127.0.0.1:{postgres.port}/gudang"


def all_well(place: Installation) -> None:
    findings = list(check_sources(place.settings, place.catalog()))
    assert findings
    assert {f.state for f in findings} == {"ok"}, findings


@pytest.fixture
def gudang(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """The database of the README with the roles that it names and a table of 50 rows."""
    monkeypatch.setenv("CANDID_PASSWORD_GUDANG", PASSWORD)
    with psycopg.connect(postgres.url(), autocommit=True) as server:
        server.execute("create database gudang")
        for role in ROLES:
            server.execute(
                f"create role {role} login password '{PASSWORD}' in role pg_read_all_data"
            )
        try:
            with psycopg.connect(postgres.url("gudang"), autocommit=True) as connection:
                connection.execute(MOVEMENTS)
                yield connection
        finally:
            server.execute("drop database gudang with (force)")
            for role in ROLES:
                server.execute(f"drop role {role}")


def test_the_database_is_discovered_and_read_as_shown(
    place: Installation,
    postgres: Postgres,
    gudang: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert discover(place, monkeypatch, gudang=address(postgres)) == "gudang"
    assert place.run().succeeded, place.failures()
    assert place.query("select count(*) from clean.gudang__movements") == [(50,)]
    shown = example("postgresql").replace("db.internal", "127.0.0.1")
    connect(place, "gudang", shown.replace("5432", str(postgres.port)))
    gudang.execute("insert into movements values (51, now())")
    all_well(place)
    assert place.run().succeeded, place.failures()
    assert place.query("select count(*) from clean.gudang__movements") == [(51,)]


def test_a_table_that_grows_is_declared_as_shown(
    place: Installation,
    postgres: Postgres,
    gudang: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    discover(place, monkeypatch, gudang=address(postgres))
    (cursor, overlap) = re.findall(r"`(cursor): (\w+)` and `(overlap): ([^`]+)`", SECTION)[0][1::2]
    (movements,) = [t for t in place.catalog().tabs if t.name == "movements"]
    growing = (
        f"customProperties:\n  - {{property: cursor, value: {cursor}}}\n"
        f"  - {{property: overlap, value: {overlap}}}\n"
    )
    written = movements.path.read_text()
    assert "customProperties:\n" not in written.partition("properties:")[0]
    movements.path.write_text(growing + written)
    assert place.run().succeeded, place.failures()
    gudang.execute("insert into movements values (51, now())")
    assert place.run().succeeded, place.failures()
    assert place.query("select count(*) from clean.gudang__movements") == [(51,)]


def test_a_folder_is_discovered_and_read_as_shown(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    rows = "".join(f"A-{n},{n}\n" for n in range(1, 30))
    (folder / "sales.csv").write_text("Nota,Jumlah\n" + rows)
    assert discover(place, monkeypatch, exports=str(folder)) == "exports"
    assert place.run().succeeded, place.failures()
    assert place.query("select count(*) from clean.exports__sales") == [(29,)]
    (folder / "sales.csv").write_text("Nota,Jumlah\n" + rows + "A-30,30\n")
    connect(place, "exports", example("local").replace("/srv/ekspor", str(folder)))
    all_well(place)
    assert place.run().succeeded, place.failures()
    assert place.query("select count(*) from clean.exports__sales") == [(30,)]


def test_an_api_is_read_as_shown(
    place: Installation, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDID_PASSWORD_TOKO", "geheim")
    message = {"1": [order(1), order(2)], "2": [order(3)]}

    def answer(_: str, query: dict[str, str], headers: dict[str, str]) -> tuple:
        if headers.get("authorization") != "Bearer geheim":
            return 401, {}, b"{}"
        at = query.get("after", "1")
        return body({"data": message[at], "meta": {"next": "2" if at == "1" else None}})

    api.answer = answer
    connect(place, "toko", example("api").replace("https://api.example.com", api.url))
    place.table("toko", "orders", ORDERS)
    all_well(place)
    assert place.run().succeeded, place.failures()
    assert place.query(SEEN) == [clean(1), clean(2), clean(3)]


def test_every_example_of_a_source_is_tried_here() -> None:
    assert len(EXAMPLES) == len([example(k) for k in ("postgresql", "local", "api")])
