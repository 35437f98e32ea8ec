"""`candid alerts`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@with_output()
def alerts(output: Output) -> Result:
    r"""Send what changed since the last time, and show the open alerts.

    The daemon's alerts_sensor does the same every CANDID_ALERT_SECONDS (30). Changes go to
    data/<env>/alerts.jsonl and to every target: CANDID_ALERT_URLS holds URLs of Apprise (Telegram,
    Teams, Slack, e-mail and more), separated by spaces; CANDID_SMTP_URL with CANDID_ALERT_EMAILS,
    and CANDID_ALERT_WEBHOOK are targets too. Exits with 1 if an alert is open or a target could
    not be reached.

    \b
    candid alerts
    candid alerts --json
    """
    import dagster as dg

    from candid_assets.contracts.load import load_catalog
    from candid_assets.monitoring.notify import recorded_alerts
    from candid_assets.orchestration.alert_sensor import send_alerts

    output.header("alerts")
    settings = output.settings
    with dg.DagsterInstance.get() as instance:
        changes = send_alerts(settings, load_catalog(settings.catalog_dir), instance)
    recorded = recorded_alerts(settings)
    for alert in recorded:
        output.print(f"{alert['kind']:6} {alert['cause']}")
        for line in (f"{alert['owner']} · {alert['command']}", *alert["cells"]):
            output.print(f"       {line}", style="dim")
    output.print(changes.summary)
    facts = {"env": settings.env, "alerts": recorded, "unsent": list(changes.unsent)}
    return facts, 1 if recorded or changes.unsent else 0
