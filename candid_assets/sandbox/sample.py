"""Sample mode: the generated workbooks behind a local server, for as long as they are needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from candid_assets.sandbox.process import SandboxServer, ensure_sample
from candid_assets.settings import Settings


@contextmanager
def sample_settings(settings: Settings) -> Iterator[Settings]:
    """Yield the settings that point to a fresh server over the sample workbooks."""
    with SandboxServer(ensure_sample(settings.sandbox_dir)) as server:
        local = {"google_api_url": server.url, "credentials_file": server.credentials_file}
        yield settings.model_copy(update=local)
