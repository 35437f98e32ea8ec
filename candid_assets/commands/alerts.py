"""`candid alerts`."""

import json
import sys

import click
from rich.console import Console

from candid_assets.environment import prepare_environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def alerts(as_json: bool) -> None:
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

    settings = prepare_environment()
    console = Console(stderr=as_json, highlight=False, markup=False, soft_wrap=True)
    console.print(f"candid · environment {settings.env} · alerts")
    with dg.DagsterInstance.get() as instance:
        changes = send_alerts(settings, load_catalog(settings.catalog_dir), instance)
    recorded = recorded_alerts(settings)
    for alert in recorded:
        console.print(f"{alert['kind']:6} {alert['cause']}")
        console.print(f"       {alert['owner']} · {alert['command']}", style="dim")
        for link in alert["cells"]:
            console.print(f"       {link}", style="dim")
    console.print(changes.summary)
    if as_json:
        answer = {"env": settings.env, "alerts": recorded, "unsent": list(changes.unsent)}
        click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(1 if recorded or changes.unsent else 0)
