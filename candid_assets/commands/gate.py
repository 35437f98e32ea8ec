"""`candid plan`, `candid approve` and `candid apply`."""

import json
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from candid_assets.commands.plan_text import show_plan
from candid_assets.environment import prepare_environment
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import Plan, PublicationPlan
from candid_assets.settings import Settings
from candid_assets.warehouse.errors import WarehouseError


@click.command()
@click.option("--rollback", metavar="DEPLOYMENT", default="", help="Back to an earlier deployment.")
@click.option("--publish", metavar="SOURCE", default="", help="ready.TABLE or metrics:SPOKE.")
@click.option("--into", metavar="WORKBOOK!TAB", default="", help="The tab to publish into.")
@click.option("--undo", metavar="DIGEST", default="", help="Take a publication back.")
@click.option("--restore", type=click.Path(path_type=Path), help="Take back a backup.")
@click.option("--list", "listed", is_flag=True, help="Every plan and deployment so far.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def plan(
    *,
    rollback: str,
    publish: str,
    into: str,
    undo: str,
    restore: Path | None,
    listed: bool,
    as_json: bool,
) -> None:
    r"""Say what this commit would change in production, and give it a digest to approve.

    Compares contracts, models, metrics, jobs and code with the last deployment; each change is
    breaking, non-breaking or indirect. Needs a clean git tree, a green refresh of the whole sample
    and a green run of all tests with exactly this content. Commits the plan to deployments/plans.

    \b
    candid plan
    candid plan --rollback 3
    candid plan --publish ready.mart_sales_monthly --into "coreos!Penjualan"
    candid plan --publish metrics:sales --into "coreos!Papan Metrik"
    candid plan --undo 1f0c22aa91b3
    candid plan --restore /mnt/backups/monday.tar.gz
    candid plan --list
    """
    from candid_assets.deployment.plan import plan_deployment
    from candid_assets.deployment.publications import plan_publication, plan_undo
    from candid_assets.deployment.restore_plan import plan_restore
    from candid_assets.sources.source_errors import SourceError

    settings, installation, console = _opened(as_json, "plan", of_sheet=bool(publish or undo))
    try:
        if listed:
            _list(Records(installation), console, as_json=as_json)
            return
        made: Plan
        if restore is not None:
            made = plan_restore(installation, restore)
        elif undo:
            made = plan_undo(settings, installation, undo)
        elif publish:
            workbook, _, title = into.partition("!")
            made = plan_publication(settings, installation, publish, workbook, title)
        else:
            made = plan_deployment(settings, installation, rollback)
    except (SourceError, WarehouseError) as error:
        refused(console, GateError(str(error), "candid doctor"), as_json=as_json)
    except GateError as error:
        refused(console, error, as_json=as_json)
    show_plan(console, made)
    console.print(f"\nto decide:  candid approve {made.digest[:12]}", soft_wrap=True)
    if as_json:
        click.echo(json.dumps({"digest": made.digest, **made.as_json()}, ensure_ascii=False))


@click.command()
@click.argument("digest")
@click.option("--refuse", is_flag=True, help="Record a refusal: this plan is never applied.")
@click.option("--reason", default="", help="A sentence for those who read the record.")
@click.option("--key", type=click.Path(path_type=Path), help="Your SSH key; default: git's.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def approve(
    digest: str, *, refuse: bool, reason: str, key: Path | None, yes: bool, as_json: bool
) -> None:
    r"""Approve or refuse a plan as a person in deployments/allowed_approvers.

    Signs the decision with your SSH key through ssh-keygen and commits it to
    deployments/decisions.

    \b
    candid approve 1f0c22aa91b3
    candid approve 1f0c22aa91b3 --key ~/.ssh/id_ed25519_sk
    candid approve 1f0c22aa91b3 --refuse --reason "the margin is before tax"
    """
    from candid_assets.deployment.approve import decide, own_key

    _, installation, console = _opened(as_json, "approve")
    try:
        found = Records(installation).plan(digest)
        show_plan(console, found)
        word = "refuse" if refuse else "approve"
        if not yes and not click.confirm(f"{word} plan {found.digest[:12]}?", err=as_json):
            raise GateError("nothing was decided", f"candid approve {found.digest[:12]}")
        decision = decide(
            installation, found.digest, key or own_key(), approve=not refuse, reason=reason
        )
    except GateError as error:
        refused(console, error, as_json=as_json)
    done = "refused" if refuse else "approved"
    console.print(f"plan {found.digest[:12]} {done} by {decision.principal}")
    if not refuse:
        console.print(f"next:  candid apply {found.digest[:12]}")
    if as_json:
        click.echo(json.dumps(decision.as_json(), ensure_ascii=False))


@click.command()
@click.argument("digest")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def apply(digest: str, *, as_json: bool) -> None:
    r"""Do exactly what an approved plan says, and record it in git.

    \b
    candid apply 1f0c22aa91b3
    """
    from candid_assets.deployment.apply import apply_deployment
    from candid_assets.deployment.publications import publish
    from candid_assets.sources.source_errors import SourceError

    settings, installation, console = _opened(as_json, "apply")
    try:
        found = Records(installation).plan(digest)
        if isinstance(found, PublicationPlan):
            written = publish(settings, installation, found)
            where = f"'{found.title}' ({settings.env})"
            console.print(f"[green]{written.cells} cells written[/] to {where}")
            console.print(f"to take it back:  candid plan --undo {found.digest[:12]}")
            if as_json:
                click.echo(json.dumps(written.as_json()))
            return
        deployment = apply_deployment(settings, installation, found)
    except SourceError as error:
        refused(console, GateError(error.message, error.fix), as_json=as_json)
    except GateError as error:
        refused(console, error, as_json=as_json)
    console.print(f"[green]{deployment}[/] by {deployment.by}")
    console.print("next:  CANDID_ENV=production candid run")
    if as_json:
        answer = {"deployment": deployment.number, "digest": deployment.digest}
        click.echo(json.dumps(answer | {"plan": found.digest, "commit": deployment.commit}))


def _list(records: Records, console: Console, *, as_json: bool) -> None:
    from candid_assets.deployment.plan import verified_chain

    chain = verified_chain(records)
    deployed = {d.plan: d.number for d in chain}
    plans: list[dict[str, Any]] = [
        {
            "digest": p.digest,
            "kind": p.kind,
            "commit": p.commit,
            "decisions": [f"{d.decision}: {d.principal}" for d in records.decisions(p)],
            "deployment": deployed.get(p.digest),
        }
        for p in records.plans()
    ]
    for line in plans:
        state = f"deployment {line['deployment']}" if line["deployment"] else "not applied"
        decided = ", ".join(line["decisions"]) or "undecided"
        console.print(f"{line['digest'][:12]}  {line['kind']:12} {state:14} {decided}")
    if as_json:
        click.echo(json.dumps(plans))


def _opened(
    as_json: bool, about: str, *, of_sheet: bool = False
) -> tuple[Settings, Installation, Console]:
    settings, console = prepare_environment(), Console(stderr=as_json, highlight=False)
    # A deployment is always about production; a publication is of the environment at work.
    shown = settings if of_sheet else settings.for_env("production")
    console.print(f"candid · environment [bold]{shown.env}[/] · {about} · {shown.data_dir}")
    return settings, Installation.of(settings), console


def refused(console: Console, error: GateError, *, as_json: bool) -> NoReturn:
    """Print what the gate refused and end the command."""
    console.print(f"[red]refused: {error.message}[/]\n  next: {error.fix}", soft_wrap=True)
    if as_json:
        click.echo(json.dumps({"refused": error.message, "next": error.fix}))
    raise SystemExit(1)
