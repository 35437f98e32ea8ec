"""Plans that say what is not so: nobody is shown them as the truth, signs them or applies them."""

import json
from datetime import UTC, datetime
from io import StringIO

import duckdb
import pytest
from rich.console import Console

from candid_assets.deployment.computed_plan import computed_plan
from candid_assets.deployment.plan_text import show_computed
from candid_assets.gate import signatures
from candid_assets.gate.deployments import PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import (
    CatalogChange,
    ChangedFile,
    ChangedRows,
    Evidence,
    HeldTable,
    HoldPlan,
    RestorePlan,
)
from candid_assets.gate.records import write_record
from candid_assets_tests.deployment.gated import (
    Gated,
    approval,
    git,
    published_sample,
    put_decision,
)

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
CODE = "candid_assets/warehouse/builds.py"
OTHERWISE = "says otherwise than what is computed"


def _changed(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.edit(CODE, '"""', '"""Other. ')
    gated.green()
    return gated.plan()


def _false(gated: Gated, plan, **said):
    """A plan written by hand: another's content and whatever words somebody likes."""
    lie = plan.model_copy(update=said)
    write_record(gated.root / "deployments" / PLANS, lie)
    gated.commit("chore: a plan")
    return lie


def _refused_everywhere(gated: Gated, plan, words=OTHERWISE):
    with pytest.raises(GateError, match=words):
        gated.decide(plan)
    # Signed by other means, such as an older program: it is not applied either.
    unsigned = approval(plan)
    signature = signatures.sign(unsigned.signed, gated.keys["ani"])
    put_decision(gated, plan, unsigned.model_copy(update={"signature": signature}))
    gated.commit("chore: signed")
    with pytest.raises(GateError, match=words):
        gated.apply(plan)
    assert gated.records.applied()[-1].plan != plan.digest


HARMLESS = CatalogChange(
    kind="model",
    name="ready.dim_stock",
    change="non-breaking",
    what=("its description",),
    downstream=(),
    rows=ChangedRows(),
)
BREAKING = HARMLESS.model_copy(update={"change": "breaking"})
INVENTED = {"sample": Evidence(at="2026-01-01T00:00:00+00:00", code="0" * 64)}
LIES = {
    "no change at all": {"changes": ()},
    "a harmless change": {"changes": (HARMLESS,)},
    "another change than the one": {"changes": (BREAKING,)},
    "no code": {"code": ()},
    "harmless code": {"code": (ChangedFile(file="docs.py", what="added", change="non-breaking"),)},
    "no evidence": {"evidence": {}},
    "evidence of another content": {"evidence": INVENTED},
    "only one kind of evidence": {"evidence": {"tests": Evidence(at="2026")}},
    "another commit of today": {"base_commit": "0" * 40},
    "a rollback": {"rollback_of": 1},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_plan_written_by_hand_is_neither_signed_nor_applied(gated: Gated, lie):
    plan = _changed(gated)
    pattern = "no earlier deployment" if lie == "a rollback" else OTHERWISE
    _refused_everywhere(gated, _false(gated, plan, **LIES[lie]), pattern)
    assert gated.decide(plan).plan == plan.digest


def test_rows_that_the_sample_does_not_show_are_refused(gated: Gated):
    plan = _changed(gated)
    published_sample(gated)
    true = gated.plan()
    (change,) = true.changes
    assert change.rows.rows_only_before == 50
    lie = change.model_copy(
        update={"rows": change.rows.model_copy(update={"rows_only_before": 0, "before": ()})}
    )
    _refused_everywhere(gated, _false(gated, true, changes=(lie,)))
    assert plan.digest != true.digest


def test_rows_that_cannot_be_computed_here_are_not_shown_as_true(gated: Gated):
    plan = _changed(gated)
    (change,) = plan.changes
    rows = ChangedRows(rows_before=7, rows_after=7, rows_only_before=0, rows_only_after=0)
    lie = _false(gated, plan, changes=(change.model_copy(update={"rows": rows}),))
    shown = StringIO()
    computed = computed_plan(gated.settings(), gated.installation, lie)
    show_computed(Console(file=shown, width=200), computed)
    assert "0 rows go" not in shown.getvalue()
    assert "rows not computed: no sample is published here" in shown.getvalue()


def test_a_table_that_nothing_holds_back_is_no_reason_to_sign(gated: Gated):
    plan = _changed(gated)
    published_sample(gated, env="production")
    held = HeldTable(
        env="production", table="toko__stock", cause="rows_vanished", message="", fix=""
    )
    _refused_everywhere(gated, _false(gated, plan, held=(held,)))


def test_evidence_that_this_computer_has_not_seen_is_shown_as_unsigned(gated: Gated):
    plan = _changed(gated)
    notes = computed_plan(gated.settings(), gated.installation, plan).notes
    assert all("on this computer" in note for note in notes)
    for file in (gated.data / "evidence").rglob("*.json"):
        file.unlink()
    notes = computed_plan(gated.settings(), gated.installation, plan).notes
    assert len(notes) == 2
    assert all("unsigned, the proposer's word alone" in note for note in notes)


def test_a_rollback_of_another_content_is_refused(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    true = gated.plan(rollback="1")
    now = gated.records.plan(gated.records.applied()[-1].plan)
    for lie in (
        {"changes": ()},
        {"content": now.content},
        {"commit": git(gated.root, "rev-parse", "HEAD")},
    ):
        _refused_everywhere(gated, _false(gated, true, **lie))
    gated.decide(true)
    assert gated.apply(true).number == 3


def test_replaced_object_of_git_does_not_hide_a_change(gated: Gated):
    old = git(gated.root, "rev-parse", f"HEAD:{MODEL}")
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    git(gated.root, "replace", old, git(gated.root, "rev-parse", f"HEAD:{MODEL}"))
    gated.green()
    (change,) = gated.plan().changes
    assert (change.name, change.change) == ("ready.dim_stock", "breaking")


def test_restore_under_another_files_name_is_not_signed(gated: Gated, tmp_path):
    file = tmp_path / "monday.tar.gz"
    file.write_bytes(b"monday's backup")
    lie = RestorePlan(
        format=1,
        kind="restore",
        base=gated.records.applied()[-1].digest,
        commit=gated.records.applied()[-1].commit,
        file=file.name,
        sha256="e" * 64,
    )
    write_record(gated.root / "deployments" / PLANS, lie)
    gated.commit("chore: a plan")
    with pytest.raises(GateError, match="not on this computer"):
        gated.decide(lie)
    with pytest.raises(GateError, match=OTHERWISE):
        gated.decide(lie, backup=file)


def test_a_hold_that_production_does_not_have_is_not_signed(gated: Gated):
    lie = HoldPlan(
        format=1,
        kind="hold",
        base=gated.records.applied()[-1].digest,
        workbook="toko",
        tab="stock",
        content_before="a" * 64,
        content_hash="b" * 64,
        cause="rows_vanished",
        message="one row fewer",
        rows_before=100,
        rows_now=99,
    )
    write_record(gated.root / "deployments" / PLANS, lie)
    gated.commit("chore: a plan")
    with pytest.raises(GateError, match="holds back no content"):
        gated.decide(lie)


def test_hold_that_makes_little_of_what_is_lost_is_not_signed(gated: Gated):
    file = published_sample(gated, env="production")
    with duckdb.connect(str(file)) as made:
        facts = {
            "workbook": "toko",
            "tab": "stock",
            "cause": "rows_vanished",
            "content_before": "a" * 64,
            "content_hash": "b" * 64,
            "rows_before": 100,
            "rows_now": 2,
            "message": "98 rows are gone",
            "first_seen": datetime(2026, 1, 1, tzinfo=UTC),
        }
        made.execute(
            f'insert into meta.holds ({", ".join(facts)}, "table", title, run_id) values'
            f" ({', '.join('?' for _ in facts)}, 'toko__stock', 'Stok', 'r1')",
            [*facts.values()],
        )
    true = HoldPlan(
        format=1,
        kind="hold",
        base=gated.records.applied()[-1].digest,
        **{n: v for n, v in facts.items() if n not in ("first_seen",)},
    )
    lie = true.model_copy(update={"message": "one row fewer", "rows_now": 99})
    for plan in (lie, true):
        write_record(gated.root / "deployments" / PLANS, plan)
    gated.commit("chore: plans")
    with pytest.raises(GateError, match=OTHERWISE):
        gated.decide(lie)
    assert gated.decide(true).plan == true.digest


def test_what_a_refusal_is_shown_is_marked_as_unchecked(gated: Gated):
    plan = _changed(gated)
    lie = _false(gated, plan, changes=())
    assert json.loads(gated.decide(lie, approve=False).model_dump_json())["decision"] == "refuse"
