"""What a finished refresh leaves behind for people and other systems: report and lineage events."""

import logging
from typing import TYPE_CHECKING

from candid_assets.agent.report import write_report

if TYPE_CHECKING:
    from candid_assets.layers.context import Refresh
    from candid_assets.layers.record import Record

log = logging.getLogger(__name__)


def end_run(refresh: "Refresh", record: "Record") -> None:
    """Write the report and the OpenLineage events of a refresh that is about to be published."""
    write_report(refresh, record)
    # The client costs a quarter of a second to import, which the graph is loaded without.
    from candid_assets.lineage.openlineage import write_events

    try:
        write_events(refresh, record)
    except OSError:
        raise
    except Exception:
        # Events tell of tables that stand; a fault in telling must not keep these from readers.
        log.exception("the OpenLineage events of run %s could not be written", refresh.run_id)
