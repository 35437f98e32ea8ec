"""Records of former versions are read as they are, and what is no record is refused."""

import hashlib
import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import (
    DECISION,
    DEPLOYMENT,
    PLAN,
    DeploymentPlan,
    HeldContent,
    HoldPlan,
    PublicationPlan,
    RestorePlan,
    TabPublication,
)
from candid_assets.gate.records import canonical, digest_of, read_record, write_record

FORMER = Path(__file__).parent / "former"
"""Every kind of record, as it was written when plans were dictionaries."""
KINDS = {
    "plans": PLAN,
    "decisions": DECISION,
    "applied": DEPLOYMENT,
    "published": TypeAdapter(TabPublication),
}
FILES = sorted((FORMER / "deployments").rglob("*.json"))


def _former() -> Records:
    return Records(Installation(FORMER, FORMER / "catalog"))


def _plans(kind):
    return [plan for plan in _former().plans() if isinstance(plan, kind)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-2][:9]}-{file.stem[-8:]}")
def test_record_of_an_earlier_version_is_read_and_written_byte_for_byte(file, tmp_path):
    record = read_record(file, KINDS[file.relative_to(FORMER / "deployments").parts[0]])
    assert record.digest == file.stem.rpartition("-")[2]
    assert write_record(tmp_path, record).read_bytes() == file.read_bytes()


def test_every_kind_of_plan_has_a_model_of_its_own():
    first, *others = sorted(_plans(DeploymentPlan), key=lambda plan: plan.base is not None)
    assert (first.base_commit, first.evidence["tests"].at[:4]) == (None, "2026")
    (rollback,) = [plan for plan in others if plan.rollback_of is not None]
    assert (rollback.rollback_of, rollback.evidence) == (1, {})
    assert [table.cause for table in rollback.held] == ["rows_vanished"]
    shown = [c.rows for p in others for c in p.changes if c.rows.rows_only_before is not None]
    assert [(rows.rows_only_before, len(rows.before)) for rows in shown] == [(50, 5)]
    undo, publication = sorted(_plans(PublicationPlan), key=lambda plan: bool(plan.source))
    assert (publication.cells["B2"], undo.cells["B2"]) == ((45886, 1), (1, 45886))
    assert publication.cells["A4"][0] is True
    assert undo.undo_of == publication.digest
    (restore,) = _plans(RestorePlan)
    assert restore.file == "monday.tar.gz"
    (hold,) = _plans(HoldPlan)
    assert hold.held == HeldContent("toko", "stock", "a" * 64, "b" * 64)


def test_signatures_of_earlier_versions_are_still_valid():
    records = _former()
    chain = records.applied()
    assert [deployment.number for deployment in chain] == [1, 2, 3]
    for before, deployment in zip([None, *chain], chain, strict=False):
        records.verify_deployment(deployment, before)
    (hold,) = _plans(HoldPlan)
    assert records.require_approved(hold, chain[-1].approvers) == ["ani"]
    (refused,) = [p for p in records.plans() if records.decisions(p)[0].decision == "refuse"]
    with pytest.raises(GateError, match="was refused by budi"):
        records.require_approved(refused, chain[-1].approvers)


def _written(folder: Path, content: bytes, digest: str) -> Path:
    path = folder / f"{digest}.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("extra", [{"grants": "all"}, {"kind": "wish"}, {"sha256": "short"}])
def test_a_plan_with_other_fields_is_refused(tmp_path, extra):
    (restore,) = _plans(RestorePlan)
    fields = restore.as_json() | extra
    with pytest.raises(GateError, match=r"cannot be read.*restore it: git checkout"):
        read_record(_written(tmp_path, canonical(fields), digest_of(fields)), PLAN)


def test_a_plan_of_a_newer_version_is_refused_in_a_sentence(tmp_path):
    (restore,) = _plans(RestorePlan)
    fields = restore.as_json() | {"format": 3, "unheard_of": []}
    words = r"of version 3; this program \(candid .*\) knows versions up to 1.*install the candid"
    with pytest.raises(GateError, match=words):
        read_record(_written(tmp_path, canonical(fields), digest_of(fields)), PLAN)


def test_a_record_that_says_a_field_twice_is_refused(tmp_path):
    (restore,) = _plans(RestorePlan)
    fields = json.dumps(restore.as_json())
    content = fields.replace('{"format"', '{"file": "friday.tar.gz", "format"').encode()
    path = _written(tmp_path, content, hashlib.sha256(content).hexdigest())
    with pytest.raises(GateError, match="not in canonical JSON"):
        read_record(path, PLAN)
