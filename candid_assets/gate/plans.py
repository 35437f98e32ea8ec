"""What plans, decisions and deployments record: one frozen model each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from candid_assets.gate.content import Content
from candid_assets.gate.records import Fact, HashedRecord, canonical

ChangeClass = Literal["breaking", "non-breaking", "indirect"]
Cell: TypeAlias = bool | int | float | str | None
Row: TypeAlias = Mapping[str, str | None]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Address = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9][0-9]{0,6}$")]
"""A cell as a sheet calls it, within what a sheet can hold."""
_CLASS: Final = Field(validation_alias="class", serialization_alias="class")


class ChangedRows(Fact):
    """Rows of the sample that a change adds and removes, and counts of them."""

    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()
    rows_before: int | None = None
    rows_after: int | None = None
    rows_only_before: int | None = None
    rows_only_after: int | None = None
    not_computed: str = ""
    """Why there are no rows."""


class CatalogChange(Fact):
    """One thing of the catalog that is added, removed or changed."""

    kind: str
    """`workbook`, `contract`, `model`, `metric`, `job` or `destination`."""
    name: str
    change: ChangeClass = _CLASS
    what: tuple[str, ...]
    downstream: tuple[str, ...]
    """Every table that is made from it, directly or not."""
    rows: ChangedRows


class ChangedFile(Fact):
    """One file of the code or the setup that is added, removed or changed."""

    file: str
    what: Literal["added", "removed", "changed"]
    change: ChangeClass = _CLASS


class HeldTable(Fact):
    """A table that an environment holds back while the plan is made."""

    env: str
    table: str
    cause: str
    message: str
    fix: str


class Evidence(Fact):
    """When a refresh of the sample, or the tests, passed with which content."""

    at: str
    code: str = ""
    catalog: str = ""
    setup: str = ""
    approvers: str = ""
    run_id: str = ""
    tabs: int | None = None
    tests: int | None = None


class PlanRecord(HashedRecord):
    """The fields of every kind of plan."""

    format: Literal[1]
    base: str | None
    """The digest of the deployment that it starts from."""
    commit: str | None = None
    proposers: tuple[str, ...] = ()
    """Who wrote what a deployment brings and who planned it, as git's authors."""
    approvals: int = Field(default=1, ge=1)
    """How many people it asks to approve it."""


class DeploymentPlan(PlanRecord):
    """Brings production to a commit, or back to an earlier deployment."""

    kind: Literal["deployment"]
    base_commit: str | None
    commit: str
    rollback_of: int | None
    """The number of the deployment that it goes back to."""
    content: Content
    changes: tuple[CatalogChange, ...]
    code: tuple[ChangedFile, ...]
    held: tuple[HeldTable, ...]
    evidence: Mapping[Literal["sample", "tests"], Evidence]


class PublicationPlan(PlanRecord):
    """Writes cells into a tab of a source, or gives them back what they held."""

    kind: Literal["publication"]
    env: str
    commit: str
    workbook: str
    spreadsheet_id: str
    sheet_id: int
    title: str
    before: Digest
    """The hash of the tab's cells as they were when the plan was made."""
    after: Digest
    cells: Mapping[Address, tuple[Cell, Cell]]
    """Old and new value by address, such as `B7`."""
    source: str = ""
    """`ready.<table>` or `metrics:<spoke>`; of an undo, blank."""
    undo_of: str = ""
    """The digest of the publication that it takes back."""


class RestorePlan(PlanRecord):
    """Puts production back as a backup holds it."""

    kind: Literal["restore"]
    commit: str
    file: str
    sha256: Digest


class RepairPlan(PlanRecord):
    """Keeps one line of deployments that were applied apart, and voids the others."""

    kind: Literal["repair"]
    keeps: Digest
    """The last deployment of the line that is kept."""
    voids: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class HeldContent:
    """The content that a tab has, and the one that would take its place."""

    workbook: str
    tab: str
    content_before: str
    content_hash: str


class HoldPlan(PlanRecord):
    """Lets a content of a tab that was held back take the place of the one before."""

    kind: Literal["hold"]
    workbook: str
    tab: str
    content_before: str
    content_hash: str
    cause: str
    message: str
    rows_before: int
    rows_now: int

    @property
    def held(self) -> HeldContent:
        """The content that it lets through."""
        return HeldContent(self.workbook, self.tab, self.content_before, self.content_hash)


Plan: TypeAlias = DeploymentPlan | PublicationPlan | RestorePlan | HoldPlan | RepairPlan
PLAN: Final[TypeAdapter[Plan]] = TypeAdapter(Annotated[Plan, Field(discriminator="kind")])


class Decision(HashedRecord):
    """What a person decided about a plan, with the person's signature."""

    format: Literal[1]
    kind: Literal["decision"]
    decision: Literal["approve", "refuse"]
    plan: str
    principal: str
    reason: str
    at: str
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is of."""
        return canonical(self.model_dump(exclude={"signature"}))


class Deployment(HashedRecord):
    """A plan that was applied to production."""

    format: Literal[1]
    kind: Literal["applied"]
    number: int
    previous: str | None
    """The digest of the deployment before it."""
    plan: Digest
    commit: str
    by: str
    at: str
    approvers: str
    """The list of approvers that it deployed, as text."""

    def __str__(self) -> str:
        """Return its number and commit."""
        return f"deployment {self.number} (commit {self.commit[:12]})"


class TabPublication(HashedRecord):
    """A plan that was written into a tab."""

    format: Literal[1]
    kind: Literal["published"]
    plan: str
    approved_by: tuple[str, ...]
    at: str
    cells: int


DECISION: Final = TypeAdapter(Decision)
DEPLOYMENT: Final = TypeAdapter(Deployment)
