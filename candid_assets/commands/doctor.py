"""`candid doctor`: every check in turn, from the settings to Dagster's history."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from candid_assets.findings import Finding, mend, ok
from candid_assets.settings import Settings

MARKS = {"ok": "[green]✓[/]", "note": "[yellow]![/]", "mend": "[red]✗[/]"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def doctor(as_json: bool) -> None:
    """Check this installation and say of everything wrong how to mend it.

    Exits with 1 if something must be mended before a refresh can succeed.

    \b
    candid doctor
    CANDID_ENV=staging candid doctor --json
    """
    console = Console(stderr=as_json, highlight=False)
    findings = []
    env = None
    for finding in _findings():
        if finding.check == "settings" and finding.state == "ok":
            env = finding.what.split()[1].rstrip(",")
            console.print(f"candid · environment [bold]{env}[/] · {finding.what}")
        findings.append(finding)
        if not as_json:
            _show(console, finding)
    broken = [f for f in findings if f.state == "mend"]
    if as_json:
        told = {"env": env, "mend": len(broken), "findings": [asdict(f) for f in findings]}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif broken:
        console.print(f"[red]{len(broken)} to mend[/]")
    else:
        console.print("[green]Nothing to mend.[/]")
    sys.exit(1 if broken else 0)


def _show(console: Console, finding: Finding) -> None:
    console.print(f"{MARKS[finding.state]} {finding.check}: {escape(finding.what)}", soft_wrap=True)
    if finding.state != "ok":
        console.print(
            f"    why: {escape(finding.why)}\n    fix: {escape(finding.fix)}", soft_wrap=True
        )


def _findings() -> Iterator[Finding]:
    # Each check imports what it needs: a broken part must not keep the others from being told.
    from candid_assets.environment import prepare_environment

    try:
        settings = prepare_environment()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"])
            what = f"{name}={problem['input']!r}: {problem['msg']}"
            fix = f"set {name} to a value that is allowed, or unset it"
            yield mend("settings", what, "nothing starts with a wrong setting", fix)
        return
    yield ok("settings", f"environment {settings.env}, data in {settings.data_dir}")
    yield from _installation(settings)


def _installation(settings: Settings) -> Iterator[Finding]:
    from candid_assets.monitoring.doctor import installation

    yield installation.check_versions()
    found, catalog = installation.check_catalog(settings)
    yield from found
    yield from installation.check_folder(settings)
    yield installation.check_warehouse(settings)
    yield installation.check_published(settings)
    yield installation.check_history(settings)
    yield installation.check_users(settings)
    from candid_assets.monitoring.doctor import destinations, sources

    yield from sources.check_sources(settings, catalog)
    yield from destinations.check_destinations(settings, catalog)
