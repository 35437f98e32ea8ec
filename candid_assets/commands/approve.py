"""`candid approve`."""

from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@click.argument("digest")
@click.option("--refuse", is_flag=True, help="Record a refusal: this plan is never applied.")
@click.option("--reason", default="", help="A sentence for those who read the record.")
@click.option("--key", type=click.Path(path_type=Path), help="Your SSH key; default: git's.")
@click.option("--backup", type=click.Path(path_type=Path), help="The file that a restore is of.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@with_output()
def approve(
    output: Output,
    digest: str,
    *,
    refuse: bool,
    reason: str,
    key: Path | None,
    backup: Path | None,
    yes: bool,
) -> Result:
    r"""Approve or refuse a plan as a person in deployments/allowed_approvers.

    What is shown is computed here, from what production runs and what it would run; a plan that
    says otherwise is refused. Signs the decision with your SSH key through ssh-keygen and commits
    it to deployments/decisions.

    \b
    candid approve 1f0c22aa91b3
    candid approve 1f0c22aa91b3 --key ~/.ssh/id_ed25519_sk
    candid approve 1f0c22aa91b3 --refuse --reason "the margin is before tax"
    """
    from candid_assets.deployment.approve import decide, own_key
    from candid_assets.deployment.computed_plan import computed_plan
    from candid_assets.deployment.plan_text import show_computed, show_plan
    from candid_assets.deployment.proposers import approvals_in_words
    from candid_assets.gate.content import Installation
    from candid_assets.gate.deployments import Records
    from candid_assets.gate.errors import GateError

    settings = output.settings
    installation = Installation.of(settings)
    output.header("approve", "production")
    plan = Records(installation).plan(digest)
    short = plan.digest[:12]
    if refuse:
        output.print("what the plan says of itself, which nobody has checked:")
        show_plan(output.console, plan)
    else:
        show_computed(output.console, computed_plan(settings, installation, plan, backup))
    output.print(approvals_in_words(installation, plan))
    word = "refuse" if refuse else "approve"
    if not yes and not click.confirm(f"{word} plan {short}?", err=output.as_json):
        raise GateError("nothing was decided", f"candid approve {short}")
    signer = key or own_key()
    decision = decide(
        settings,
        installation,
        plan.digest,
        signer,
        approve=not refuse,
        reason=reason,
        backup=backup,
    )
    output.print(f"plan {short} {word}d by {decision.principal}")
    if not refuse:
        output.print(f"next:  candid apply {short}")
    return decision.as_json(), 0
