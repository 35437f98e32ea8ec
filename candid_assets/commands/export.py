"""`candid export`."""

import click

from candid_assets.commands.complete_names import destination_names
from candid_assets.console import Output, Result, with_output


@click.command()
@click.argument("names", nargs=-1, metavar="[DESTINATION]…", shell_complete=destination_names)
@click.option("--list", "only_list", is_flag=True, help="Show the destinations; deliver nothing.")
@with_output()
def export(output: Output, names: tuple[str, ...], *, only_list: bool) -> Result:
    """Deliver what is published to destinations, all of this environment or those named.

    Each table is staged, verified by count and checksum, and takes its place with the others; what
    fails leaves the tables of before. Exits with 1 if something was not delivered, with 2 for a
    name that the catalog does not have.

    \b
    candid export
    candid export parquet_folder --json
    candid export --list
    """
    from candid_assets.contracts.load import load_catalog
    from candid_assets.destinations.payload import chosen_destinations

    output.header()
    settings = output.settings
    chosen = chosen_destinations(load_catalog(settings.catalog_dir), settings.env, names)
    if not chosen:
        output.print("no destinations here; write catalog/destinations/<name>.yaml")
    if only_list:
        listed = [destination.facts(settings.env) for destination in chosen]
        for one in listed:
            tables = ", ".join(one["tables"])
            output.show(f"{one['destination']}  {one['type']} {one['place']}  {tables}")
        return listed, 0
    # The code location costs a second to load; `--help` and `--list` do without.
    from candid_assets.definitions import defs
    from candid_assets.orchestration.run_delivery import run_delivery

    done = [run_delivery(settings, destination, defs) for destination in chosen]
    for one in done:
        for table in one["tables"]:
            output.show(f"{table['asset']}  {table['rows']:,} rows  checksum {table['checksum']}")
        verdict = "delivered" if one["succeeded"] else f"failed: {one['reason']}"
        output.show(f"{one['destination']}  {verdict}")
    return done, 0 if all(one["succeeded"] for one in done) else 1
