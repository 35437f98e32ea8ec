"""`candid audit`: every rule of every published table by Great Expectations, and its Data Docs."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output

if TYPE_CHECKING:
    from candid_assets.quality.audited_table import AuditedTable


@click.command()
@with_output()
def audit(output: Output) -> Result:
    r"""Judge every rule of every published table by Great Expectations, and write its Data Docs.

    A refresh counts in SQL what breaks a rule and asks Great Expectations only about broken ones.
    This asks about all. Exits with 1 where a rule is broken, or where the two differ. The daemon
    does the same every morning; the page of runs shows what was audited.

    \b
    candid audit
    candid audit --json
    """
    from candid_assets.reports.audit_pages import audit_published

    console = output.console
    output.header()

    def show(table: "AuditedTable") -> None:
        for words in table.broken:
            console.print(f"✗ {table.relation}: {words}", style="red", soft_wrap=True)
        for words in table.disputed:
            console.print(f"! {table.relation}: {words}", style="yellow", soft_wrap=True)

    audited = audit_published(output.settings, show)
    console.print(audited.summary)
    console.print(f"pages: {audited.folder}", soft_wrap=True)
    result = {
        "tables": [asdict(table) for table in audited.tables],
        "rules": audited.rules,
        "failing": len(audited.failing),
        "pages": str(audited.folder),
    }
    return result, 1 if audited.failing else 0
