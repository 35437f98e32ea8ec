"""The tab that a shop publishes into, before and after, and how it is published."""

from typing import Any

from candid_assets.deployment.publications import plan_publication, publish
from candid_assets.gate.plans import PublicationPlan, TabPublication
from candid_assets.gate.signatures import sign
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Dated, SampleWorkbook
from candid_assets_tests.deployment.gated import Gated, approval, put_decision
from candid_assets_tests.tab_cells import without_trailing_blanks

BEFORE: list[list[Any]] = [
    ["Papan", "lama"],
    ["P900", Dated(45886, "dd/mm/yyyy")],
    ["P901", None, "catatan"],
]
STOCK: list[list[Any]] = [["Kode", "Jumlah"], ["P001", 1]]
AFTER: list[list[Any]] = [["sku", "quantity"], ["P001", 1], ["P002", 2.5]]


def cells_of(books: SandboxServer, title: str = "Papan") -> list[list[Any]]:
    """Return what a tab holds."""
    book = SampleWorkbook.load(books.folder / "Toko.json")
    return without_trailing_blanks(next(tab.rows for tab in book.tabs if tab.title == title))


def plan_into(
    board: Gated, title: str = "Papan", source: str = "ready.dim_stock"
) -> PublicationPlan:
    """Plan a publication into a tab."""
    return plan_publication(board.settings(), board.installation, source, "toko", title)


def publish_as(board: Gated, plan: PublicationPlan) -> TabPublication:
    """Do what a plan says."""
    return publish(board.settings(), board.installation, plan)


def signed_by_hand(board: Gated, plan: PublicationPlan) -> None:
    """Record an approval that `candid approve` refuses to sign."""
    unsigned = approval(plan)
    signature = sign(unsigned.signed, board.keys["ani"])
    put_decision(board, plan, unsigned.model_copy(update={"signature": signature}))
    board.commit()
