import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from candid_assets.contracts.header_text import normalise
from candid_assets.contracts.load import load_catalog
from candid_assets.names import SPOKES
from candid_assets.settings import PACKAGE
from candid_assets_tests.reports.openlineage_reader import read_event

CATALOG = load_catalog(PACKAGE / "catalog")
TABS = {(w.title, t.title): t for w in CATALOG.workbooks for t in w.tabs}


@pytest.fixture(scope="module")
def truth(sample):
    installation, _ = sample
    return json.loads((installation.data / "sandbox" / "truth.json").read_text())


def test_the_sample_has_ninety_tabs_and_142_000_rows_in_seven_workbooks(sample, truth):
    _, summary = sample
    assert (summary["workbooks"], summary["tabs"]) == (7, 90)
    assert sum(t["rows"] for t in truth["tabs"]) == pytest.approx(142_000, rel=0.01)
    assert summary["rows_landed"] == sum(t["grid_rows"] for t in truth["tabs"])


def test_a_full_refresh_needs_at_most_forty_reads_of_sheets(sample):
    assert sample[1]["sheets_reads"] <= 40
    assert sample[1]["drive_reads"] <= 8


def test_every_row_is_clean_quarantined_or_dropped_as_the_truth_says(sample, truth):
    installation, _ = sample
    ledgers = {
        row[0]: row[1:]
        for row in installation.query(
            'select "table", rows_read, rows_raw, rows_clean, rows_quarantined, rows_dropped'
            " from meta.ledger"
        )
    }
    assert len(ledgers) == 90
    for expected_tab in truth["tabs"]:
        table = TABS[expected_tab["workbook"], expected_tab["tab"]].table
        expected = (expected_tab["grid_rows"], expected_tab["grid_rows"])
        expected += (expected_tab["clean"], expected_tab["quarantined"], expected_tab["dropped"])
        assert ledgers[table] == expected, table


def test_every_planted_defect_has_its_expected_outcome_and_no_other_row_is_rejected(sample, truth):
    installation, _ = sample
    planted = {(TABS[d["workbook"], d["tab"]].table, d["row"]) for d in truth["defects"]}
    quarantine, clean, dropped = _outcomes(installation, planted)
    missed = []
    for defect in truth["defects"]:
        tab = TABS[defect["workbook"], defect["tab"]]
        place = (tab.table, defect["row"])
        if defect["outcome"] == "dropped":
            right = dropped.get(place) == defect["rule"]
        elif defect["outcome"] == "quarantine":
            reasons = quarantine.get(place, [])
            right = any(
                r["reason"] == defect["reason"] and defect["cell"] in (None, r["cell"])
                for r in reasons
            )
        else:
            column = next(
                c.name for c in tab.columns if normalise(c.header) == normalise(defect["column"])
            )
            right = place in clean and _text(clean[place][column]) == defect["expected"]
        if not right:
            missed.append(defect)
    assert missed == []
    assert [p for p in (*quarantine, *dropped) if p not in planted] == []


def _outcomes(installation, expected):
    """Return all that was quarantined or dropped, and the clean ones among the expected rows."""
    quarantine, clean = {}, {}
    with installation.snapshot() as snapshot:
        for tab in CATALOG.tabs:
            for row, reasons in snapshot.execute(
                f"select _row, _reasons from quarantine.{tab.table}"
            ).fetchall():
                quarantine[tab.table, row] = reasons
            names = [c.name for c in tab.columns]
            columns = ", ".join(f'"{name}"' for name in names)
            rows = [row for table, row in expected if table == tab.table]
            for row, *values in snapshot.execute(
                f"select _row, {columns} from clean.{tab.table} where list_contains(?, _row)",
                [rows],
            ).fetchall():
                clean[tab.table, row] = dict(zip(names, values, strict=True))
        dropped = {
            (table, row): rule
            for table, row, rule in snapshot.execute(
                'select "table", _row, rule from meta.dropped_rows'
            ).fetchall()
        }
    return quarantine, clean, dropped


def _text(value):
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case Decimal():
            return format(value.normalize(), "f")
    return str(value)


def test_quarantined_cells_are_linked(sample):
    installation, _ = sample
    links = installation.query(
        "select r.link, r.cell from quarantine.finance_master__invoices, unnest(_reasons) as u(r)"
    )
    assert links
    assert all(link.endswith(f"&range={cell}") for link, cell in links)


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("stock", "select sum(abs(difference_qty)) from ready.mart_stock_reconciliation"),
        ("invoices", "select sum(abs(difference_idr)) from ready.mart_invoice_reconciliation"),
        ("sell-in", "select sum(abs(difference_qty)) from ready.mart_sell_in_reconciliation"),
    ],
)
def test_totals_reconcile_across_workbooks(sample, what, sql):
    assert sample[0].query(sql) == [(0,)], what


def test_the_hub_and_each_of_the_eight_spokes_have_their_tables(sample):
    kinds = Counter((m.spoke, m.kind) for m in CATALOG.models)
    assert kinds["hub", "dimension"] >= 5
    assert all(kinds[spoke, "fact"] and kinds[spoke, "mart"] for spoke in SPOKES)
    counts = {
        name
        for (name,) in sample[0].query(
            "select table_name from duckdb_tables() where schema_name = 'ready'"
        )
    }
    assert counts == {m.name for m in CATALOG.models}


def test_the_five_invariants_are_evaluated_on_every_tab(sample):
    differences = sample[0].query(
        "select name, count(*), bool_and(passed), bool_and(blocking) from meta.checks"
        " where name in ('rows_conserved', 'rerun_identical') and layer = 'clean'"
        " or name = 'swapped_whole' and layer = 'clean'"
        " or name in ('read_complete', 'sheet_untouched') group by name"
    )
    assert len(differences) == 5
    assert all(row[1:] == (90, True, True) for row in differences)


def test_the_report_says_what_was_done_what_to_note_and_what_next(sample):
    report = Path(sample[1]["report"]).read_text()
    for heading in ("## What was done", "## Data-quality notes", "## Next steps"):
        assert heading in report
    assert "**sample**" in report
    assert "&range=" in report


def test_a_second_run_builds_nothing_reads_nothing_and_says_so(sample):
    installation, _ = sample
    published = installation.data / "sample" / "published" / "candid.duckdb"
    before = published.stat().st_mtime_ns
    code, summary, output = installation.run()
    assert (code, summary["assets_built"], summary["sheets_reads"]) == (0, 0, 0)
    assert "Nothing changed" in output
    assert published.stat().st_mtime_ns == before


def test_query_refuses_to_write_and_status_answers(sample):
    installation, _ = sample
    refused = installation.invoke("query", "drop table ready.dim_product")
    assert refused.exit_code == 1
    assert "refused" in refused.stderr
    answer = installation.invoke("query", "select count(*) as n from ready.dim_calendar", "--json")
    assert json.loads(answer.stdout) == [{"n": 1096}]
    status = json.loads(installation.candid("status", "--json").stdout)
    assert status["env"] == "sample"
    assert status["failures"] == []


def test_dagsters_history_has_the_verdict_of_every_check_and_every_table_of_the_run(sample):
    installation, summary = sample
    history = installation.data / "sample" / "dagster" / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(history)) as index:
        verdicts = dict(
            index.execute(
                "select execution_status, count(*) from asset_check_executions"
                " where run_id = ? group by 1",
                [summary["run_id"]],
            )
        )
        built = index.execute(
            "select count(*) from event_logs where run_id = ?"
            " and dagster_event_type = 'ASSET_MATERIALIZATION'",
            [summary["run_id"]],
        ).fetchone()
    assert verdicts == {"SUCCEEDED": summary["checks_passed"], "FAILED": summary["checks_failed"]}
    assert built == (summary["assets_built"],)


@dataclass
class Edited:
    """Two runs: an outlet renamed and a payment doubled; both put back."""

    outlet: tuple[int, str]
    """Row and name."""
    payment: tuple[int, str, int, str]
    """Row, period, amount and the link of its cell."""
    runs: list[dict[str, Any]]
    built: list[set[tuple[str, str]]]
    names: list[str]
    """The outlet's name after each run."""
    tables: list[list[Any]]
    """What hangs on the outlet before the first and after each run."""
    shares: list[Any]
    """The metric of the payment before the first and after each run."""
    explained: str
    """What explains the metric while the payment is doubled."""


OUTLETS = "ready.dim_outlet", "clean.coreos__outlets"
SHARE = (
    "metric = 'overtime_pay_share' and grain = 'month' and dimension = 'all'"
    " and period_start = '{}'"
)


def _explained(installation, period):
    asked = ("ready.metric_values", "--where", SHARE.format(period), "--column", "value")
    return installation.invoke("explain", *asked, "--json").stdout


@pytest.fixture(scope="module")
def edited(sample):
    installation, _ = sample

    def edit(workbook, tab, cell, value):
        done = installation.invoke("sandbox", "edit", workbook, tab, f"{cell}={value}")
        assert done.exit_code == 0, done.stderr

    def looked():
        tables.append([installation.query(f"from {name} order by all") for name in OUTLETS])
        asked = f"select value from ready.metric_values where {SHARE.format(period)}"
        shares.append(installation.query(asked))

    def run(expected):
        code, summary, output = installation.run()
        assert code == expected, output
        runs.append(summary)
        table = 'select layer, "table" from meta.tables where run_id = ?'
        built.append(set(installation.query(table, [summary["run_id"]])))
        ((named,),) = installation.query(f"select outlet_name from {OUTLETS[1]} where _row = {row}")
        names.append(named)
        looked()

    runs, built, names, tables, shares = [], [], [], [], []
    ((name, row),) = installation.query(
        "select outlet_name, _row from clean.coreos__outlets order by _row limit 1"
    )
    ((paid_row, period, paid),) = installation.query(
        "select _row, period_date::varchar, overtime_idr::bigint"
        " from clean.finance_master__payroll order by overtime_idr desc, _row limit 1"
    )
    cell = next(
        cell
        for one in json.loads(_explained(installation, period))["inputs"]
        for row_behind in one["rows"]
        for sheet_row in row_behind["sheet_rows"]
        if sheet_row["table"] == "clean.finance_master__payroll" and sheet_row["row"] == paid_row
        for cell in sheet_row["cells"]
        if cell["column"] == "overtime_idr"
    )
    looked()
    edit("CoreOS", "Outlet", f"B{row}", "Toko Sementara")
    edit("Finance_Master", "Payroll", cell["cell"], paid * 2)
    run(1)  # net pay is not what its parts come to now
    explained = _explained(installation, period)
    edit("CoreOS", "Outlet", f"B{row}", name)
    edit("Finance_Master", "Payroll", cell["cell"], paid)
    run(0)
    assert cell["link"].endswith(f"&range={cell['cell']}")
    payment = (paid_row, period, paid, cell["link"])
    return Edited((row, name), payment, runs, built, names, tables, shares, explained)


def test_edited_and_reverted_cell_rebuilds_only_its_dependents(edited):
    _, name = edited.outlet
    there, back = edited.built
    tabs = {table for layer, table in there if layer != "ready"}
    assert tabs == {"coreos__outlets", "finance_master__payroll"}
    assert ("ready", "dim_outlet") in there
    below = {("clean", table) for table in tabs}
    for model in CATALOG.models:  # in the order in which they are built
        if below & set(model.inputs):
            below.add(("ready", model.table))
    assert {key for key in there if key[0] == "ready"} <= below
    assert len(below) < len(CATALOG.models)
    assert back == there
    # Two workbooks: what they hold, thrice, and before and after it how they are arranged.
    assert edited.runs[0]["sheets_reads"] <= 12
    assert max(run["drive_reads"] for run in edited.runs) <= 7
    before, renamed, later = edited.tables
    assert later == before
    assert all(was != now for was, now in zip(before, renamed, strict=True))
    assert edited.names == ["Toko Sementara", name]


def test_edited_cell_changes_its_metric_and_explain_names_the_cell(edited):
    _, _, paid, _ = edited.payment
    before, doubled, after = edited.shares
    assert before == after != doubled
    assert f'"value": {paid * 2}' in edited.explained or f'"value": "{paid * 2}' in edited.explained
    pages = []
    for run in edited.runs:
        report = Path(run["report"]).read_text()
        assert "| overtime_pay_share | year 2025-01-01 |" in report
        assert "| net_sales |" not in report.partition("## Metrics that moved")[2]
        pages.append(Path(run["report"]).with_suffix(".html").read_text())
    there, back = (re.search(r'data-metric="overtime_pay_share">.*?<b>(.*?)</b>', p) for p in pages)
    assert there[1].split(" → ") == back[1].split(" → ")[::-1]


def test_every_openlineage_event_of_the_refresh_is_one_of_the_standard(sample):
    installation, summary = sample
    folder = installation.data / "sample" / "openlineage"
    (file,) = folder.glob(f"*_{summary['run_id'][:8]}.ndjson")
    events = [read_event(json.loads(line)) for line in file.read_text().splitlines()]
    built = {out.name for event in events for out in event.outputs or ()}
    facets = {
        (dataset.name.partition(".")[0], name)
        for event in events
        for dataset in (*(event.inputs or ()), *(event.outputs or ()))
        for name in {
            **(dataset.facets or {}),
            **(getattr(dataset, "inputFacets", None) or {}),
            **(getattr(dataset, "outputFacets", None) or {}),
        }
    }
    wanted = ("schema", "columnLineage", "outputStatistics", "dataQualityAssertions")
    assert {(layer, name) for layer in ("clean", "ready") for name in wanted} <= facets
    assert len(built) == summary["assets_built"] - summary["tabs"]
    assert {event.run.runId for event in (events[0], events[-1])} == {summary["run_id"]}
