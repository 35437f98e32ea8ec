"""Sample mode: the generated workbooks behind a local server, for as long as they are needed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from candid_assets.sandbox.company.version import GENERATOR_VERSION, SEED
from candid_assets.sandbox.edits import one_at_a_time, touch
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import SampleWorkbook
from candid_assets.settings import Settings


@contextmanager
def sample_settings(settings: Settings) -> Iterator[Settings]:
    """Yield the settings that point to a fresh server over the sample workbooks."""
    server = SandboxServer(ensure_sample(settings.sandbox_dir))
    try:
        server.launch()
        # What reads from it takes as long to import as it takes to start.
        import candid_assets.sources.sheets.reader  # noqa: F401

        server.wait_until_ready()
        local = {
            "google_api_url": server.url,
            "credentials_file": server.credentials_file,
            "write_credentials_file": settings.write_credentials_file or server.writer_file,
        }
        yield settings.model_copy(update=local)
    finally:
        server.stop()


def ensure_sample(
    folder: Path,
    *,
    seed: int | None = None,
    scale: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Make the sample workbooks unless this version's exist, of the seed and scale if given.

    What was made with another seed or scale, and what was edited since, is kept when neither
    is asked for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder):
        known = _manifest(folder)
        seed = known.get("seed", SEED) if seed is None else seed
        scale = known.get("scale", 1) if scale is None else scale
        wanted = {"generator_version": GENERATOR_VERSION, "seed": seed, "scale": scale}
        if any(known.get(name) != value for name, value in wanted.items()):
            make_sample(folder, seed=seed, scale=scale, progress=progress)
    return folder


def make_sample(
    folder: Path,
    *,
    seed: int = SEED,
    scale: int = 1,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Make the sample workbooks; those that existed become newer, as in Drive."""
    # Most servers serve what was made before.
    from candid_assets.sandbox.company.generate import generate

    before = {
        path.name: (SampleWorkbook.head(path), _tabs(path)) for path in workbook_files(folder)
    }
    generate(folder, seed=seed, scale=scale, progress=progress)
    for path in workbook_files(folder):
        head, tabs = before.get(path.name, (None, b""))
        if head and (tabs != _tabs(path) or head.version != 1):
            book = SampleWorkbook.load(path)
            book.version, book.modified_time = head.version, head.modified_time
            touch(book)
            book.save(folder)


def _tabs(path: Path) -> bytes:
    return path.read_bytes().partition(b',"tabs":[')[2]


def _manifest(folder: Path) -> dict[str, int]:
    try:
        manifest: dict[str, int] = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError):
        return {}
    return manifest
