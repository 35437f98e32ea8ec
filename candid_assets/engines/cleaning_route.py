"""Which tables are cleaned by the tasks of a cluster, and what runs these."""

from candid_assets.contracts.catalog import Tab
from candid_assets.engines.attempts import Attempt
from candid_assets.engines.routing import is_for_cluster
from candid_assets.engines.tasks import Tasks
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import BY_LAYER


def goes_to_cluster(settings: Settings, tab: Tab, rows: int) -> bool:
    """Return whether a cluster cleans a table: its contract says so, or it has very many rows.

    Never one of a source whose tables always fit one machine, nor one without rows.
    """
    if rows == 0 or BY_LAYER[tab.source].fits_one_machine:
        return False
    return is_for_cluster(settings, tab.reading.engine, rows)


def tasks_in(settings: Settings, attempt: Attempt) -> Tasks:
    """Return what runs tasks on the cluster of CANDID_ENGINE_URL, with their files in an attempt.

    Raises:
        EngineError: The cluster cannot be reached.
    """
    from candid_assets.engines.spark_session import session_of
    from candid_assets.engines.spark_tasks import SparkTasks

    url = settings.engine_url or ""
    session_of(url)  # before anything is written for tasks that nobody would run
    return SparkTasks(url, attempt.folder)
