"""Whatever people do, each publication saved aside is built again, and a reader sees no difference.

Random sequences of edits, contracts, models and faults on a real server; the files are compared by
plain DuckDB.
"""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from candid_assets.history.rebuild import rebuild
from candid_assets_tests.history.shop import (
    DAILY_SQL,
    NOTES,
    SALES,
    opened_shop,
    same_tables,
)

pytestmark = pytest.mark.slow

CELLS = st.sampled_from(
    ["N1", "N2", None, 7, "1.000", "dua", "31/02/2025", "1 Agst 2025", "#REF!", "0812-3456-7890"]
)
CONTRACTS = {
    "workbooks/toko/sales.yaml": [
        SALES,
        SALES.replace("minimum: 0", "minimum: 10"),
        SALES.replace("primaryKey", "primaryKy"),
        SALES.replace("Jumlah (Rp)", "Harga"),
    ],
    "workbooks/toko/notes.yaml": [NOTES, NOTES.replace("required: true, ", "")],
    "models/sales/mart_daily.sql": [
        DAILY_SQL,
        DAILY_SQL.replace("sum(amount_idr)", "max(amount_idr)"),
        DAILY_SQL.replace("sum(amount_idr)", "sum(error('no'))"),
    ],
}
NUMBERS = itertools.count()


class Past(RuleBasedStateMachine):
    """A shop that things happen to."""

    server = None
    folder = None

    def __init__(self):
        super().__init__()
        root = self.folder / str(next(NUMBERS))
        root.mkdir()
        self._opened = opened_shop(root, self.server)
        self.shop = self._opened.__enter__()
        self.shop.refresh()
        self.dirty = False

    @rule(
        tab=st.sampled_from(["Penjualan", "Catatan"]),
        cell=st.tuples(st.sampled_from("AABC"), st.integers(1, 6)),
        value=CELLS,
    )
    def edit(self, tab, cell, value):
        self.shop.edit(tab, **{f"{cell[0]}{cell[1]}": value})
        self.dirty = True

    @rule(name=st.sampled_from(sorted(CONTRACTS)), number=st.integers(0, 3))
    def change_catalog(self, name, number):
        texts = CONTRACTS[name]
        self.shop.write(name, texts[number % len(texts)])
        self.dirty = True

    @precondition(lambda self: self.dirty)
    @rule(force=st.booleans())
    def refresh(self, force):
        self.shop.refresh(force=force)
        self.dirty = False

    @invariant()
    def nothing_is_half_done(self):
        assert not list((self.shop.settings.data_dir / "published").glob(".*"))

    def teardown(self):
        try:
            self.shop.refresh()
            for run_id, saved in self.shop.saved:
                target = self.shop.root / "again.duckdb"
                again = rebuild(self.shop.settings, run_id, target, datetime.now(UTC), None)
                assert again.differences == []
                assert same_tables(saved, again.file) == []
        finally:
            self._opened.__exit__(None, None, None)


def test_every_earlier_publication_can_be_rebuilt(books, tmp_path):
    class Here(Past):
        """The same on this test's server and folder."""

    Here.server, Here.folder = books, tmp_path
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=3,
            stateful_step_count=6,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
