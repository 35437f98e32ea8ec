"""Damages files of every kind of store, one by one, and looks at what a refresh makes of each.

Each seed copies a small installation, damages one file of one kind in one way, and refreshes after
one of four edits. The outcome must be one of three: *healed* (everything is as without damage, and
the file is whole or no longer used), *named* (an error with a fix, and what was published before
stays to the byte), or *harmless* (the file says nothing). Anything else is a fault: damaged content
read as data, published, or an error without a fix.

`python -m candid_assets_tests.torture.damage [COUNT] [FIRST_SEED] [KIND …]` prints the figures.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from candid_assets.errors import CandidError
from candid_assets.refresh.record import Record
from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import Settings
from candid_assets_tests.history.shop import Shop, opened_shop

STORES = {
    "landing": "landing/*/*/*.parquet",
    "warehouse": "warehouse.duckdb",
    "snapshot": "published/candid.duckdb",
    "catalog": "catalogs/*.zip",
    "lineage": "lineage/*.json",
    "accepted holds": "gate/accepted.json",
}
"""Kind of store to its files."""
WAYS = ("bit", "bit", "bit", "byte", "block", "cut", "emptied", "swapped", "deleted", "zeros")
EDITS: dict[str, dict[str, object]] = {
    "nothing": {},
    "content that was there before": {"C2": "1.000"},
    "new content": {"C2": "8.000"},
    "forced": {},
}
LAYERS = ("raw", "clean", "quarantine", "ready")


@dataclass(frozen=True)
class Outcome:
    """What became of one damage."""

    seed: int
    kind: str
    way: str
    edit: str
    verdict: str
    """`healed`, `named`, `harmless`, or the fault in words."""
    seconds: float

    @property
    def is_fault(self) -> bool:
        return self.verdict not in ("healed", "named", "harmless")


class Damages:
    """An installation that is copied and damaged again and again."""

    def __init__(self, shop: Shop, scratch: Path) -> None:
        self.shop, self.scratch = shop, scratch
        shop.refresh()
        shop.edit("Penjualan", C2="3.000")
        shop.refresh()
        gate = shop.settings.data_dir / "gate"
        gate.mkdir(exist_ok=True)
        (gate / "accepted.json").write_text("[]")
        lineage = shop.settings.data_dir / "lineage"
        lineage.mkdir(exist_ok=True)
        (lineage / "mart_daily.json").write_text("{}")
        self.base = scratch / "base"
        shutil.copytree(shop.settings.data_dir, self.base)
        self.before = tables_of(self.base / "published" / "candid.duckdb")
        self.expected = {edit: self._undamaged(edit) for edit in EDITS}

    def try_seed(self, seed: int, kinds: tuple[str, ...]) -> Outcome:
        """Damage one file as the seed says and refresh."""
        chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        kind = kinds[seed % len(kinds)]
        way, edit = chance.choice(WAYS), chance.choice(tuple(EDITS))
        with self._copy() as settings:
            file = chance.choice(sorted(settings.data_dir.glob(STORES[kind])))
            others = sorted(settings.data_dir.glob(STORES[kind]))
            damage(file, way, others, chance)
            published = settings.published_file
            content = published.read_bytes() if published.exists() else b""
            started = time.monotonic()
            verdict = self._verdict(settings, edit, content, kind)
            return Outcome(seed, kind, way, edit, verdict, time.monotonic() - started)

    def _verdict(self, settings: Settings, edit: str, content: bytes, kind: str) -> str:
        published = settings.published_file
        try:
            record = self._refresh(settings, edit)
        except CandidError as error:
            there = published.read_bytes() if published.exists() else b""
            fault = "no fix" if not error.fix else "published all the same"
            return "named" if error.fix and there == content else f"{fault}: {error}"
        except Exception as error:
            return f"raw {type(error).__name__}: {error}"
        try:
            tables = tables_of(published)
        except duckdb.Error as error:
            return f"the snapshot cannot be read: {error}"
        if record.failures:
            return self._verdict_on_failures(record, tables, edit)
        different = differing(tables, self.expected[edit])
        if different:
            return f"succeeded with other data in {different}"
        return "harmless" if kind in ("lineage", "accepted holds") else "healed"

    def _verdict_on_failures(self, record: Record, tables: dict[str, list[str]], edit: str) -> str:
        if any(not failure.fix for failure in record.failures):
            return "a failure without a fix"
        good = (self.before, self.expected[edit])
        wrong = [name for name, rows in tables.items() if rows not in [g.get(name) for g in good]]
        return f"other data in {wrong}" if wrong else "named"

    def _undamaged(self, edit: str) -> dict[str, list[str]]:
        with self._copy() as settings:
            self._refresh(settings, edit)
            return tables_of(settings.published_file)

    def _refresh(self, settings: Settings, edit: str):
        self.shop.edit("Penjualan", **{"C2": "3.000"} | EDITS[edit])
        installation = Shop(self.shop.root, self.shop.server, settings, self.shop.session)
        return installation.refresh(force=edit == "forced")

    @contextmanager
    def _copy(self) -> Iterator[Settings]:
        root = Path(tempfile.mkdtemp(dir=self.scratch))
        changed = {"data_root": root}
        settings = self.shop.settings.model_copy(update=changed).for_env("staging")
        shutil.copytree(self.base, settings.data_dir)
        try:
            yield settings
        finally:
            shutil.rmtree(root)


def damage(file: Path, way: str, others: list[Path], chance: random.Random) -> None:
    """Damage a file in one way, at a place that the seed chooses."""
    content = bytearray(file.read_bytes())
    file.chmod(0o644)
    at = chance.randrange(max(len(content), 1))
    changes: dict[str, Callable[[], bytes]] = {
        "bit": lambda: bytes([content[at] ^ (1 << chance.randrange(8))]),
        "byte": lambda: bytes([(content[at] + chance.randrange(1, 256)) % 256]),
        "block": lambda: chance.randbytes(min(512, len(content) - at)),
        "zeros": lambda: bytes(min(4096, len(content) - at)),
    }
    if way in changes and content:
        new = changes[way]()
        content[at : at + len(new)] = new
        file.write_bytes(content)
    elif way == "cut":
        file.write_bytes(content[:at])
    elif way == "deleted":
        file.unlink()
    elif way == "swapped" and len(others) > 1:
        other = chance.choice([path for path in others if path != file])
        file.write_bytes(other.read_bytes())
    else:
        file.write_bytes(b"")


def tables_of(snapshot: Path) -> dict[str, list[str]]:
    """Return every row of every table that readers see, without the moment of its loading."""
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where list_contains(?, schema_name)",
            [list(LAYERS)],
        ).fetchall()
        rows = {}
        for schema, table in names:
            query = f"""select columns(lambda c: c <> '_loaded_at') from "{schema}"."{table}\""""
            rows[f"{schema}.{table}"] = sorted(map(repr, connection.execute(query).fetchall()))
    return rows


def differing(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Return the tables that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@contextmanager
def damages(root: Path, server: SandboxServer) -> Iterator[Damages]:
    """Yield an installation to damage."""
    with opened_shop(root / "shop", server) as shop:
        yield Damages(shop, root)


def main(arguments: list[str]) -> int:
    """Try the seeds and print the figures; return 1 where there is a fault."""
    count = int(arguments[0]) if arguments else 200
    first = int(arguments[1]) if len(arguments) > 1 else 0
    kinds = tuple(arguments[2:]) or tuple(STORES)
    outcomes = []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        with SandboxServer(root / "books", quota=False) as server, damages(root, server) as tried:
            for seed in range(first, first + count):
                outcomes.append(tried.try_seed(seed, kinds))
                if outcomes[-1].is_fault:
                    print(f"FAULT {outcomes[-1]}", flush=True)
    figures = Counter((o.kind, "fault" if o.is_fault else o.verdict) for o in outcomes)
    for (kind, verdict), number in sorted(figures.items()):
        print(f"{kind:16} {verdict:10} {number}")
    faults = sum(outcome.is_fault for outcome in outcomes)
    longest = max((o.seconds for o in outcomes if o.verdict == "named"), default=0)
    print(f"{len(outcomes)} damages, {faults} faults, named within {longest:.1f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
