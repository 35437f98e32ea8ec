"""What Dagster shows of an event where its details cannot be put together."""

from types import SimpleNamespace

import dagster as dg
import pytest

from candid_assets.orchestration import execute_refresh
from candid_assets.refresh.events import Built, Checked, Unchanged
from candid_assets.warehouse.check_results import CheckResult

BUILT = Built("clean", "kios__jual", 3, "abc", 0.1)
CHECK = CheckResult("values_present", "clean", "kios__jual", False, "2 blanks", "error", True)


@pytest.fixture
def context():
    """A context that selects the table, and remembers what was logged."""
    said = []
    return SimpleNamespace(
        selected_asset_keys={dg.AssetKey(["clean", "kios__jual"])},
        selected_asset_check_keys={execute_refresh._check_key(CHECK)},
        log=SimpleNamespace(error=said.append),
        said=said,
    )


@pytest.fixture
def failing(monkeypatch):
    """Details of every kind that cannot be put together."""

    def broken(*_):
        raise RuntimeError("no details")

    for name in ("column_lineage", "_metadata"):
        monkeypatch.setattr(execute_refresh, name, broken)
    return SimpleNamespace(
        checks={("clean", "kios__jual"): [CHECK]},
        lineage=None,
        pictures=None,
        materialization=broken,
    )


def test_a_built_table_is_shown_without_details_that_fail(context, failing):
    (shown,) = execute_refresh._shown(context, BUILT, failing)
    assert shown.asset_key == dg.AssetKey(["clean", "kios__jual"])
    assert shown.data_version == dg.DataVersion("abc")
    assert "no details" in context.said[0]


def test_a_verdict_that_cannot_be_shown_ends_no_run(context, failing):
    for event in (Checked(CHECK), Unchanged("clean", "kios__jual")):
        shown = execute_refresh._shown(context, event, failing)
        assert not [one for one in shown if isinstance(one, dg.AssetCheckEvaluation)]
    assert len(context.said) == 2


def test_a_verdict_is_shown_without_samples_that_fail(context, failing, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(execute_refresh, "_sample_table", None)
    event = Checked(execute_refresh.replace(CHECK, samples=("not a sample",)))
    (shown,) = execute_refresh._shown(context, event, failing)
    assert (shown.check_name, shown.passed) == ("values_present", False)


def test_what_a_run_did_not_select_is_not_shown(context, failing):
    context.selected_asset_keys = set()
    assert execute_refresh._shown(context, BUILT, failing) == []
    assert context.said == []


def test_an_unchanged_table_says_so(context):
    shown = execute_refresh._shown(
        context, Unchanged("clean", "kios__jual"), SimpleNamespace(checks={})
    )
    (observation,) = shown
    assert observation.asset_key == dg.AssetKey(["clean", "kios__jual"])
    assert observation.description.startswith("Unchanged")


def test_keys_of_a_step_are_collected_once_however_often_dagster_asks():
    keys, asked = {dg.AssetKey(["clean", "kios__jual"])}, []

    def collect():
        asked.append(1)
        return keys

    step = SimpleNamespace(get_output_asset_keys=collect)
    execute_refresh._ask_once(SimpleNamespace(get_step_execution_context=lambda: step))
    assert [step.get_output_asset_keys() for _ in range(3)] == [keys] * 3
    assert len(asked) == 1
