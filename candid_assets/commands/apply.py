"""`candid apply`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@click.argument("digest")
@with_output()
def apply(output: Output, digest: str) -> Result:
    r"""Do exactly what an approved plan says, and record it in git.

    What it changes is computed here once more; a plan that says otherwise is refused.

    \b
    candid apply 1f0c22aa91b3
    """
    from candid_assets.deployment.apply import apply_deployment
    from candid_assets.deployment.plan_text import show_computed, show_plan
    from candid_assets.deployment.publications import publish
    from candid_assets.gate.content import Installation
    from candid_assets.gate.deployments import Records
    from candid_assets.gate.plans import PublicationPlan

    settings = output.settings
    installation = Installation.of(settings)
    output.header("apply", "production")
    plan = Records(installation).plan(digest)
    if isinstance(plan, PublicationPlan):
        written = publish(settings, installation, plan)
        show_plan(output.console, plan)
        where = f"'{plan.title}' ({settings.env})"
        output.print(f"{written.cells} cells written to {where}", style="green")
        output.print(f"to take it back:  candid plan --undo {plan.digest[:12]}")
        return written.as_json(), 0
    deployment = apply_deployment(
        settings, installation, plan, lambda computed: show_computed(output.console, computed)
    )
    output.print(f"{deployment} by {deployment.by}", style="green")
    output.print("next:  CANDID_ENV=production candid run")
    facts = {"deployment": deployment.number, "digest": deployment.digest}
    return facts | {"plan": plan.digest, "commit": deployment.commit}, 0
