"""Every check of the doctor in turn, from the settings to the destinations."""

from collections.abc import Callable, Iterator

from candid_assets.environment import SettingsError
from candid_assets.findings import Finding, failed, ok
from candid_assets.settings import Settings


def all_findings(read_settings: Callable[[], Settings], *, deep: bool = False) -> Iterator[Finding]:
    """Yield the outcome of each check as it is made; wrong settings end the checks.

    With `deep` every byte of every store is read.

    Each check imports what it needs, so that a broken part does not keep the others from being
    made.
    """
    try:
        settings = read_settings()
    except SettingsError as error:
        for problem, fix in error.problems:
            yield failed("settings", problem, "nothing starts with a wrong setting", fix)
        return
    yield ok("settings", f"environment {settings.env}, data in {settings.data_dir}")
    from candid_assets.monitoring.doctor import installation

    yield installation.check_versions()
    of_catalog, catalog = installation.check_catalog(settings)
    yield from of_catalog
    yield from installation.check_folder(settings)
    from candid_assets.monitoring.doctor import deployment, stores

    yield from deployment.check_deployment(settings)
    yield from deployment.check_publications(settings)
    yield from stores.check_stores(settings, deep=deep)
    yield installation.check_users(settings)
    yield installation.check_audit_log(settings)
    from candid_assets.monitoring.doctor import destinations, sources

    yield from sources.check_sources(settings, catalog)
    yield from destinations.check_destinations(settings, catalog)
    if settings.engine_url is not None:
        from candid_assets.monitoring.doctor import clusters

        yield from clusters.check_cluster(settings)
