"""`candid owners`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@with_output()
@click.option("--send", "sends", is_flag=True, help="Send the letters now, to their channels.")
@click.option("--again", is_flag=True, help="Also to who got one today.")
def owners(output: Output, *, sends: bool, again: bool) -> Result:
    r"""Show which cells each owner has to mend, as they hear of it on weekday mornings.

    The daemon's schedule owners_every_morning sends the letters at 07:30 Jakarta time, Monday to
    Friday. CANDID_OWNERS_FILE names the file with the channels of each owner: URLs of Apprise or
    e-mail addresses (CANDID_SMTP_URL), and a language, id or en. Exits with 1 if a channel could
    not be reached.

    \b
    candid owners
    candid owners --send
    """
    from datetime import UTC, datetime

    from candid_assets.contracts.load import load_catalog
    from candid_assets.contracts.owner_channels import OwnerChannels
    from candid_assets.monitoring.owner_channels import read_owners
    from candid_assets.monitoring.owner_letters import cells_of_owners, letter
    from candid_assets.monitoring.send_letters import send_letters
    from candid_assets.warehouse.database import open_published

    output.header("owners")
    settings, now = output.settings, datetime.now(UTC)
    catalog = load_catalog(settings.catalog_dir)
    if sends:
        sent = send_letters(settings, catalog, now, again=again)
        output.print(sent.summary)
        facts = {"sent": list(sent.sent), "unsent": list(sent.unsent)}
        return {**facts, "without_channel": list(sent.unknown)}, 1 if sent.unsent else 0
    channels = read_owners(settings)
    with open_published(settings.published_file) as connection:
        listed = cells_of_owners(connection, catalog, {}, now)
    for of in listed:
        known = channels.get(of.owner, OwnerChannels(channels=()))
        where = f"{len(known.channels)} channels" if known.channels else "no channel"
        message = letter(settings, catalog, of, known.language, now)
        output.print(f"{of.owner} ({where}): {message.title}")
        output.print(message.body, style="dim")
    if not listed:
        output.print("no owner has a cell to mend")
    return [{"owner": of.owner, "cells": len(of.cells), "mended": of.mended} for of in listed], 0
