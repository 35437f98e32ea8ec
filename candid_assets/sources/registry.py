"""The one list of readers: what opens each kind of source, imported when it is needed."""

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Final, cast

from candid_assets.names import SHEETS_KIND
from candid_assets.settings import Settings
from candid_assets.sources.places import Place
from candid_assets.sources.protocol import Reader

OPENERS: Final = {
    "googlesheets": "candid_assets.sheets.source",
    "postgresql": "candid_assets.postgres.source",
    "api": "candid_assets.api.source",
    "local": "candid_assets.files.source",
}
"""Kind to the module whose `open_reader(settings)` gives a reader for as long as it is open."""
READERS: Final = tuple(module.split(".")[1] for module in OPENERS.values())
"""The rooms of the readers."""
STAND_INS: Final = {"googlesheets": "candid_assets.sandbox.sample"}
"""Kind to the module whose `sample_settings(settings)` stands in for it in the sample."""


def recognised(told: str, kind: str | None = None) -> Place:
    """Return the place that a person names, of any kind or of the one given.

    Raises:
        ValueError: It is no place of that kind, or the place is not whole.
    """
    # Google's ids may be any word, so that they come last.
    for name in sorted(OPENERS, key=lambda k: k == SHEETS_KIND) if kind is None else (kind,):
        room = OPENERS[name].rpartition(".")[0]
        place: Place | None = import_module(f"{room}.places").place_of(told)
        if place is not None:
            return place
    raise ValueError(f"{told!r} is no place of type {kind}")


def opened(kind: str, settings: Settings) -> AbstractContextManager[Reader]:
    """Return the reader of a kind, to be entered."""
    module = import_module(OPENERS[kind])
    return cast("AbstractContextManager[Reader]", module.open_reader(settings))


def stand_in(kind: str, settings: Settings) -> AbstractContextManager[Settings] | None:
    """Return what gives the settings of a kind's sample, where this environment has one.

    In the sample environment without an address for the source, a sandbox server with the
    generated sample workbooks is started for as long as it is entered.
    """
    if settings.env != "sample" or settings.google_api_url is not None or kind not in STAND_INS:
        return None
    module = import_module(STAND_INS[kind])
    return cast("AbstractContextManager[Settings]", module.sample_settings(settings))
