"""Whether this process runs the code that is on disk as it was deployed, and nothing besides.

What was started in another way than by `candid`, such as `dagster` by hand, is refused.
"""

import os
import sys
import sysconfig
import time
from pathlib import Path
from types import ModuleType
from typing import Final

from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.libraries import require_locked
from candid_assets.isolation import open_to_other_code
from candid_assets.settings import PACKAGE, Settings

_FIX: Final = "start it with candid (candid run, candid serve), which sees to that"
_SECONDS: Final = 60.0
"""For how long what was found in this process holds: a run asks several times."""
_PACKAGES: Final = (PACKAGE.name, "candid_assets_tests")
_VERIFIED: Final[dict[tuple[str, str], float]] = {}
"""When this process was last found unaltered, by data folder and deployment."""


def require_unaltered(settings: Settings, installation: Installation, deployment: str) -> None:
    """Return if this process has loaded what was deployed and nothing else.

    Args:
        settings: The settings of production.
        installation: What runs.
        deployment: The digest of the deployment that runs.

    Raises:
        GateError: A library, a file or a module is another; it is named.
    """
    asked = (str(settings.data_dir), deployment)
    if time.monotonic() - _VERIFIED.get(asked, -_SECONDS) < _SECONDS:
        return
    if problem := open_to_other_code(settings):
        raise GateError(f"production does not run in this process: {problem}", _FIX)
    _require_bare(installation.root)
    require_locked(settings, installation, deployment)
    places = _places(installation)
    for name, module in sorted(sys.modules.items()):
        if (file := _strange(module, places)) is not None:
            raise GateError(
                f"this process has loaded {name} from {file}, which is no part of what was"
                " deployed",
                f"remove that file; {_FIX}",
            )
    _VERIFIED[asked] = time.monotonic()


def _require_bare(root: Path) -> None:
    """Refuse modules beside the package, which would be found before the libraries."""
    for path in sorted(root.iterdir()):
        importable = path.suffix in (".py", ".pyc", ".so") or any(path.glob("__init__.*"))
        if importable and path.name not in _PACKAGES:
            raise GateError(f"{path} would be loaded in place of a library", f"remove {path}")


def _places(installation: Installation) -> tuple[str, ...]:
    """Return the beginnings of the paths of all that may be loaded."""
    places = {sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {os.path.realpath(place) for place in places}
    places.add(os.path.realpath(installation.package))
    return tuple(f"{place}{os.sep}" for place in places)


def _strange(module: ModuleType, places: tuple[str, ...]) -> str | None:
    """Return the file of a module that lies neither in Python, the libraries nor the package."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not Path(file).is_absolute():
        return None
    # Debian's Python has links into /etc; in the libraries and the package links are refused. What
    # a link leads to is only looked up where the path itself does not say it: there are thousands.
    if os.path.normpath(file).startswith(places) or os.path.realpath(file).startswith(places):
        return None
    return file
