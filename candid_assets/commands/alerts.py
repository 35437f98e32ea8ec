"""`candid alerts`."""

import json
import sys

import click
from rich.console import Console

from candid_assets.environment import prepare_environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def alerts(as_json: bool) -> None:
    r"""Look for what is wrong, tell of news, and show what stands.

    The daemon's alerts_sensor does the same every CANDID_ALERT_SECONDS (30). News goes to
    data/<env>/alerts.jsonl, by e-mail with CANDID_SMTP_URL and CANDID_ALERT_EMAILS, and to a Slack
    or Google Chat webhook with CANDID_ALERT_WEBHOOK. Exits with 1 if something is wrong or could
    not be told.

    \b
    candid alerts
    candid alerts --json
    """
    import dagster as dg

    from candid_assets.contracts.load import load_catalog
    from candid_assets.monitoring.notify import told_alerts
    from candid_assets.orchestration.alert_sensor import look

    settings = prepare_environment()
    console = Console(stderr=as_json, highlight=False, markup=False, soft_wrap=True)
    console.print(f"candid · environment {settings.env} · alerts")
    with dg.DagsterInstance.get() as instance:
        news = look(settings, load_catalog(settings.catalog_dir), instance)
    found = told_alerts(settings)
    for alert in found:
        console.print(f"{alert['kind']:6} {alert['cause']}")
        console.print(f"       {alert['owner']} · {alert['command']}", style="dim")
        for link in alert["cells"]:
            console.print(f"       {link}", style="dim")
    console.print(news.told)
    if as_json:
        told = {"env": settings.env, "alerts": found, "unsent": list(news.unsent)}
        click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(1 if found or news.unsent else 0)
