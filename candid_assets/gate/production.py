"""The check before every change of production: it runs what was approved, or nothing.

Every way to production's tables passes `require_deployed`: a command, a job that Dagster launches,
a schedule, a sensor, another environment's run that was pointed there.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from candid_assets.gate.content import Content, Installation, content_of
from candid_assets.gate.errors import GateError
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings
from candid_assets.warehouse.catalog_archive import catalog_hash

if TYPE_CHECKING:
    from candid_assets.gate.plans import Deployment

PRODUCTION: Final = "production"
_VERIFIED: Final = 10
"""How many of the last deployments are verified before a run; `candid plan` verifies all."""


def require_deployed(settings: Settings, files: Mapping[str, bytes] | None = None) -> None:
    """Return if this process may change production, or if it is not about production.

    Args:
        settings: The settings of the run.
        files: The catalog's files as the run has read them; what is on disk must be the same.

    Raises:
        GateError: Code, contracts, models or settings are not those deployed, or the git tree is
            dirty.
    """
    if settings.env != PRODUCTION:
        return
    # Only production loads what judges it.
    from candid_assets.gate.running_process import require_unaltered

    installation = Installation.of(settings)
    current = deployed(settings, installation, files)
    require_unaltered(settings, installation, current.digest)


def deployed(
    settings: Settings, installation: Installation, files: Mapping[str, bytes] | None = None
) -> "Deployment":
    """Return the deployment that production runs, if the installation holds exactly it.

    Raises:
        GateError: As `require_deployed` says.
    """
    from candid_assets.gate.deployed_settings import require_deployed_settings
    from candid_assets.gate.deployments import Records
    from candid_assets.gate.git import Git, require_clean

    records = Records(installation)
    chain = records.applied()
    if not chain:
        raise GateError(
            "nothing is deployed to production", "candid plan, candid approve, candid apply"
        )
    current = chain[-1]
    _require_applied_here(settings, chain)
    plan = None
    for number in range(max(0, len(chain) - _VERIFIED), len(chain)):
        before = chain[number - 1] if number else None
        plan = records.verify_deployment(chain[number], before)
    content = content_of(installation)
    differing = plan.content.differing(content) if plan else ["everything"]
    if files is not None and catalog_hash(files) != content.catalog:
        differing.append("the catalog that this process has loaded")
    if differing:
        raise GateError(
            f"{' and '.join(differing)} differ from {current} of production",
            f"candid plan, or git checkout {current.commit[:12]} to go back to what is deployed",
        )
    require_deployed_settings(settings, installation)
    if Git(installation.root).is_tree():
        require_clean(installation, to_record=False)
    return current


def applied_file(settings: Settings) -> Path:
    """Return where production keeps which deployments were applied to it."""
    return settings.data_dir / "gate" / "applied.json"


def applied_here(settings: Settings) -> list[str]:
    """Return the digests of the deployments that were applied to this production.

    Raises:
        GateError: Their file is damaged.
    """
    file = applied_file(settings)
    try:
        digests = json.loads(read_text(file))
        return [*map(str, digests)] if isinstance(digests, list) else _damaged(file)
    except FileNotFoundError:
        return []
    except ValueError:
        return _damaged(file)


def _damaged(file: Path) -> NoReturn:
    raise GateError(f"{file} is damaged", "put it back from a backup: `candid restore`")


def _require_applied_here(settings: Settings, chain: "list[Deployment]") -> None:
    known = applied_here(settings)
    recorded = [deployment.digest for deployment in chain]
    if len(known) > len(recorded) or known != recorded[: len(known)]:
        raise GateError(
            f"production in {settings.data_dir} ran {len(known)} deployments, of which these"
            f" records with {len(recorded)} are an older history, or another",
            "git pull; if the history was reset, bring the commits back (git reflog)",
        )
    if known != recorded:
        last = chain[-1]
        raise GateError(
            f"production in {settings.data_dir} has {len(known)} of the {len(chain)} deployments"
            " recorded",
            f"candid apply {last.plan[:12]} where this data is, or git pull",
        )


def content_here(settings: Settings) -> Content:
    """Return the content of the installation that this process runs from."""
    return content_of(Installation.of(settings))
