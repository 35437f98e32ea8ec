"""`candid serve`."""

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.process_limits import require_room


@click.command()
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65_535),
    default=3000,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@with_output(json="never")
def serve(output: Output, port: int) -> Result:
    r"""Start Dagster's webserver behind a login, and its daemon, on 127.0.0.1.

    In the sample environment the local Sheets server with the sample workbooks runs beside them,
    and a link that logs you in once is printed. In the others, add users first.

    \b
    candid serve
    CANDID_ENV=staging candid users add rina --role operator
    CANDID_ENV=staging candid serve --port 3001
    """
    from candid_assets.web.listening import listening

    # Its runs are processes of their own and have no more than it has.
    require_room()
    settings = output.settings
    with listening(port) as listener:
        # Dagster's webserver takes seconds to load, a taken port none to find.
        from candid_assets.web.serving import serve_ui

        return None, serve_ui(settings, listener)
