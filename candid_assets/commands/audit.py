"""`candid audit`: every rule of every published table by Great Expectations, and its Data Docs."""

from dataclasses import asdict

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@with_output()
def audit(output: Output) -> Result:
    r"""Judge every rule of every published table by Great Expectations, and write its Data Docs.

    A refresh counts in SQL what breaks a rule and asks Great Expectations only about broken ones.
    This asks about all. Exits with 1 where a rule is broken, or where the two differ.

    \b
    candid audit
    candid audit --json
    """
    from candid_assets.atomic_files import write_whole
    from candid_assets.contracts.load import load_catalog
    from candid_assets.quality.full_audit import audit_tables
    from candid_assets.warehouse.database import open_published

    settings, console = output.settings, output.console
    output.header()
    folder = settings.reports_dir / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    rules, failing, lines = 0, 0, []
    with open_published(settings.published_file) as connection:
        for audited in audit_tables(connection, load_catalog(settings.catalog_dir)):
            write_whole(folder / f"{audited.relation}.html", audited.page)
            rules += audited.rules
            failing += bool(audited.broken or audited.disputed)
            line = asdict(audited)
            del line["page"]
            lines.append(line)
            for words in audited.broken:
                console.print(f"✗ {audited.relation}: {words}", style="red", soft_wrap=True)
            for words in audited.disputed:
                console.print(f"! {audited.relation}: {words}", style="yellow", soft_wrap=True)
    console.print(f"{len(lines)} tables, {rules} rules; in {failing} tables some are broken")
    console.print(f"pages: {folder}", soft_wrap=True)
    result = {"tables": lines, "rules": rules, "failing": failing, "pages": str(folder)}
    return result, 1 if failing else 0
