"""`candid report`: where the page of a run is, or the newest one written again."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@click.option("--run", "run_id", metavar="ID", help="The page of that run; its first letters do.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@with_output()
def report(output: Output, run_id: str | None, *, opens: bool) -> Result:
    r"""Write the page of the last refresh again from what is published, or find an earlier one.

    The page is one HTML file that opens without network: metrics with targets and trends, quality
    over time, rows, freshness, the cells to correct.

    \b
    candid report
    candid report --open
    candid report --run 8f14e45f
    """
    # What draws and what reads the catalog costs half a second; `--help` does without.
    from candid_assets.reports.find_page import page_of_run, write_page_again

    output.header("report")
    settings = output.settings
    path = page_of_run(settings, run_id) if run_id else write_page_again(settings)
    output.show(str(path))
    if opens:
        click.launch(path.as_uri())
    return {"env": settings.env, "page": str(path)}, 0
