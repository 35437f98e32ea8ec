"""Kills and disk faults of a delivery into a folder: `python -m …torture.deliveries`.

A delivery is killed at each change of a file, whole, amid a write and by a power cut, and each
write, fsync, rename and creation of a file fails, once and from then on. Whoever reads by the
manifest then sees the delivery before or the new one, whole, and the next delivery alone leaves
what an undisturbed one leaves.
"""

import hashlib
import json
import os
import pickle
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from candid_assets.contracts.load import load_catalog
from candid_assets.destinations.deliver import deliver
from candid_assets.destinations.payload import DeliveryError
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.destinations.conftest import CONTRACT
from candid_assets_tests.torture.kills import FAILING
from candid_assets_tests.torture.shim import EVERY_KIND, Disk, arm, compiled, cut_power, disarm
from candid_assets_tests.web.api.company import publish_rows, write_catalog

SERVER = "{server: files, environment: staging, type: local, path: out, format: parquet}"


@dataclass
class Delivery:
    """A company with one destination, delivered once and with news since."""

    root: Path

    def prepare(self) -> None:
        """Publish, deliver, and publish again; keep the folder as it is then."""
        write_catalog(self.root)
        self.settings = Settings(
            CANDID_ENV="staging",
            CANDID_DATA_DIR=self.root / "data",
            CANDID_CATALOG_DIR=self.root / "catalog",
        )
        folder = self.settings.catalog_dir / "destinations"
        folder.mkdir(exist_ok=True)
        (folder / "bi.yaml").write_text(CONTRACT.format(name="bi", server=SERVER))
        publish_rows(self.settings)
        self.out = self.settings.data_dir / "out"
        self.run(None)
        self.before = self.read()
        shutil.copytree(self.out, self.root / "kept")
        publish_rows(self.settings, extra=5)
        self.run(None)
        self.after = self.read()

    def run(self, disk: Disk | None) -> tuple[bool, int, str]:
        """Deliver in a child; return whether it was killed, its calls and how it failed."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(pickle.dumps(self._deliver(disk)))
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            content = pipe.read()
        os.waitpid(child, 0)
        return (False, *pickle.loads(content)) if content else (True, 0, "")  # noqa: S301

    def _deliver(self, disk: Disk | None) -> tuple[int, str]:
        said = ""
        catalog = load_catalog(self.settings.catalog_dir)
        if disk:
            arm(self.out, disk)
        try:
            deliver(self.settings, catalog, catalog.destinations[0])
        except DeliveryError as error:
            said = f"refused: {error}"
        except Exception as error:
            said = f"crashed: {error!r}"
        return (disarm()[0] if disk else 0), said

    def read(self) -> dict[str, tuple[str, int]]:
        """Return checksum and rows of each table by the manifest; every file must be as it says."""
        manifest = json.loads((self.out / "manifest.json").read_text())
        for table in manifest["tables"]:
            content = (self.out / table["file"]).read_bytes()
            if hashlib.sha256(content).hexdigest() != table["sha256"]:
                raise AssertionError(f"{table['file']} is not as the manifest says")
        return {t["table"]: (t["checksum"], t["rows"]) for t in manifest["tables"]}

    def reset(self) -> dict[int, bytes]:
        """Put the folder back to the first delivery; return its contents by inode."""
        shutil.rmtree(self.out)
        shutil.copytree(self.root / "kept", self.out)
        return {p.stat().st_ino: p.read_bytes() for p in self.out.rglob("*") if p.is_file()}

    def disturbances(self) -> Iterator[tuple[str, Disk]]:
        """Yield every kill and fault with the kind it is counted under."""
        for at in range(1, self._calls(EVERY_KIND) + 1):
            yield "killed at a change of a file", Disk("kill", at)
            yield "power cut", Disk("kill", at, shadow=self.root / "shadow")
        # What was delivered whole outlives a power cut, too.
        yield "power cut", Disk("count", 0, shadow=self.root / "shadow")
        for at in range(1, self._calls(("write",)) + 1):
            yield "killed amid a write", Disk("torn", at, ("write",))
        for name, kinds, mode, error in FAILING:
            for at in range(1, self._calls(kinds) + 1):
                for lasting in (False, True):
                    yield name, Disk(mode, at, kinds, error, lasting)  # type: ignore[arg-type]

    def _calls(self, kinds: tuple[str, ...]) -> int:
        self.reset()
        return self.run(Disk("count", 0, kinds))[1]

    def disturb(self, disk: Disk) -> str:
        """Deliver disturbed and once more; return what went wrong, or nothing."""
        kept = self.reset()
        if disk.shadow:
            shutil.rmtree(disk.shadow, ignore_errors=True)
            disk.shadow.mkdir()
        killed, _, said = self.run(disk)
        if disk.shadow:
            cut_power(self.out, disk.shadow, kept)
        allowed = (self.before, self.after) if killed or said else (self.after,)
        try:
            if said.startswith("crashed") or self.read() not in allowed:
                return said or "readers do not see the delivery of before or after"
        except (OSError, ValueError, AssertionError) as error:
            return f"readers meet {error!r}"
        again = self.run(None)
        if again[0] or again[2]:
            return f"the next delivery failed: {again[2]}"
        names = {p.relative_to(self.out).parts[0] for p in self.out.rglob("*") if p.is_file()}
        if self.read() != self.after or names - {"manifest.json", *self.after}:
            return f"the next delivery leaves {sorted(names)}"
        return ""


@click.command()
def main() -> None:
    """Disturb a delivery in every way; exit with 1 if anything went wrong."""
    if "torture-shim" not in os.environ.get("LD_PRELOAD", ""):
        folder = tempfile.mkdtemp(prefix="torture-shim-")
        os.environ |= {"LD_PRELOAD": str(compiled(Path(folder))), "PYTHONPATH": str(REPOSITORY)}
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:]])  # noqa: S606
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="torture-delivery-") as root:
        delivery = Delivery(Path(root))
        delivery.prepare()
        for name, disk in list(delivery.disturbances()):
            tried[name] += 1
            if problem := delivery.disturb(disk):
                wrong[name] += 1
                click.echo(f"{name} {disk}: {problem}")
    for name, count in tried.items():
        click.echo(f"{name:<38}{count:>7} tried{wrong[name]:>6} wrong")
    click.echo(f"{tried.total()} disturbed deliveries, {wrong.total()} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
