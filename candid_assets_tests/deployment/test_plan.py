"""`candid plan`: what is compared, how it is classed, and what is refused."""

import pytest

from candid_assets.contract_changes.sql_changes import only_adds
from candid_assets.gate.errors import GateError
from candid_assets_tests.deployment.gated import Gated, git, published_sample

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
TAB = "candid_assets/catalog/workbooks/toko/stock.yaml"


def _changes(plan):
    return {c.name: (c.change, c.what, c.downstream) for c in plan.changes}


def test_a_first_plan_lists_all_that_production_does_not_have(fresh: Gated):
    fresh.green()
    plan = fresh.plan()
    assert fresh.records.plan(plan.digest) == plan
    assert plan.base is None
    assert _changes(plan)["clean.toko__stock"][0] == "non-breaking"
    assert git(fresh.root, "status", "--porcelain") == ""
    assert git(fresh.root, "log", "-1", "--format=%s") == f"chore: plan {plan.digest[:12]}"


def test_the_same_commit_gives_the_same_plan_again(fresh: Gated):
    fresh.green()
    assert fresh.plan().digest == fresh.plan().digest


def test_rows_before_and_after_come_from_thepublished_sample(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    published_sample(gated)
    (change,) = gated.plan().changes
    rows = change.rows
    assert (rows.rows_before, rows.rows_after) == (99, 49)
    assert (rows.rows_only_before, rows.rows_only_after) == (50, 0)
    assert rows.before[0] == {"sku": "P1", "quantity": "1"}
    assert rows.after == ()


def test_a_sample_of_another_catalog_gives_no_rows(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    published_sample(gated, "0" * 64)
    (change,) = gated.plan().changes
    assert "another catalog" in change.rows.not_computed


def test_changed_where_clause_is_breaking_and_lists_the_removed_rows(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    changes = _changes(gated.plan())
    assert changes["ready.dim_stock"] == (
        "breaking",
        ("its SQL makes other values or rows",),
        (),
    )


def test_tightened_rule_is_a_breaking_change_with_its_dependent_models(gated: Gated):
    gated.edit(TAB, "logicalType: integer,", "logicalType: integer, required: true,")
    gated.green()
    changes = _changes(gated.plan())
    assert changes["clean.toko__stock"][0] == "breaking"
    assert changes["clean.toko__stock"][2] == ("ready.dim_stock",)
    assert changes["ready.dim_stock"][0] == "indirect"


def test_another_description_is_not_breaking_and_reaches_nothing(gated: Gated):
    gated.edit(TAB, "description: Pieces.", "description: Pieces on the shelf.")
    gated.green()
    changes = _changes(gated.plan())
    assert list(changes) == ["clean.toko__stock"]
    assert changes["clean.toko__stock"][0] == "non-breaking"


def test_a_change_of_code_is_named_by_its_file(gated: Gated):
    gated.edit("candid_assets/names.py", '"""The one place', '"""The only place')
    gated.green()
    (file,) = gated.plan().code
    assert (file.file, file.what, file.change) == ("candid_assets/names.py", "changed", "breaking")


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("select a from t", "select a /* why */\nfrom t", None),
        ("select a from t", "select a, b from t", True),
        ("select a from t", "select b, a from t", True),
        ("select a from t", "select a, unnest(b) as b from t", False),
        ("select a from t", "select a, b from t where a > 1", False),
        ("select a from t", "select a, * from t", False),
        ("select distinct a from t", "select distinct a, b from t", False),
        ("select a, b from t", "select a from t", False),
        ("select a from t", "this is no SQL at all", False),
    ],
)
def test_only_added_columns_are_not_breaking(old, new, answer):
    assert only_adds(old, new) is answer


def test_a_dirty_tree_is_not_planned(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 1", commit=False)
    with pytest.raises(GateError, match=r"dirty.*dim_stock"):
        gated.plan()


def test_a_commit_whose_sample_was_not_green_is_not_planned(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 1")
    gated.green("tests")
    with pytest.raises(GateError, match=r"sample was green.*candid run, with --force"):
        gated.plan()


def test_a_commit_whose_tests_were_not_run_is_not_planned(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 1")
    gated.green("sample")
    with pytest.raises(GateError, match=r"tests were not run.*make test"):
        gated.plan()


def test_green_tests_of_other_tests_do_not_count(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 1")
    gated.green()
    folder = gated.root / "candid_assets_tests"
    folder.mkdir()
    (folder / "test_new.py").write_text("def test_it(): assert False\n")
    gated.commit()
    with pytest.raises(GateError, match="tests were not run"):
        gated.plan()


def test_what_production_runs_already_is_not_planned_again(gated: Gated):
    with pytest.raises(GateError, match="runs this already"):
        gated.plan()


def test_an_earlier_deployment_comes_back_by_one_plan(gated: Gated):
    first = gated.records.applied()[0]
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    plan = gated.plan(rollback="1")
    assert plan.commit == first.commit
    assert _changes(plan)["ready.dim_stock"][0] == "breaking"
    gated.decide(plan)
    assert gated.apply(plan).number == 3
    assert "quantity > 0" in (gated.root / MODEL).read_text()
    assert gated.check().number == 3


def test_a_rollback_names_a_deployment_there_was(gated: Gated):
    with pytest.raises(GateError, match="no earlier deployment is '7'"):
        gated.plan(rollback="7")
