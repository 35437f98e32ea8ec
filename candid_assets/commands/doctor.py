"""`candid doctor`."""

from dataclasses import asdict
from itertools import chain

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.findings import Finding

MARKS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "failed": ("✗", "red")}


@click.command()
@click.option("--deep", is_flag=True, help="Read every byte of every store.")
@with_output()
def doctor(output: Output, deep: bool) -> Result:
    """Check this installation and say of everything wrong how to correct it.

    Exits with 1 if something must be corrected before a refresh can succeed.

    \b
    candid doctor
    candid doctor --deep
    CANDID_ENV=staging candid doctor --json
    """
    from candid_assets.maintenance.leftovers import check_leftovers
    from candid_assets.monitoring.doctor.findings import all_findings

    findings, env = [], None
    for finding in chain(
        all_findings(lambda: output.settings, deep=deep), check_leftovers(lambda: output.settings)
    ):
        if finding.check == "settings" and finding.state == "ok":
            output.header()
            env = output.settings.env
        findings.append(finding)
        if not output.as_json:
            _show(output, finding)
    broken = sum(finding.state == "failed" for finding in findings)
    if not output.as_json:
        verdict = (f"{broken} to correct", "red") if broken else ("Nothing to correct.", "green")
        output.print(*verdict)
    facts = {"env": env, "failed": broken, "findings": [asdict(finding) for finding in findings]}
    return facts, 1 if broken else 0


def _show(output: Output, finding: Finding) -> None:
    mark, colour = MARKS[finding.state]
    output.console.print(mark, style=colour, end=" ")
    output.print(f"{finding.check}: {finding.what}")
    if finding.state != "ok":
        output.print(f"    why: {finding.why}\n    fix: {finding.fix}")
