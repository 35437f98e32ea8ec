"""A damaged archive of a catalog is named, and written anew when the same catalog runs again."""

import pytest

from candid_assets.warehouse.catalog_archive import CatalogArchive
from candid_assets.warehouse.errors import WarehouseError

FILES = {"workbooks/toko/sales.yaml": b"name: sales\n" * 40, "models/a.sql": b"select 1 as n"}


def test_every_flipped_bit_is_named_or_harmless_and_healed(tmp_path):
    archive = CatalogArchive(tmp_path)
    digest = archive.store(FILES)
    path = tmp_path / f"{digest}.zip"
    content = path.read_bytes()
    unnamed = 0
    for at in range(len(content)):
        path.unlink()
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :])
        try:
            assert archive.read(digest) == FILES
        except WarehouseError as error:
            unnamed += str(error) not in [str(problem) for problem in archive.damaged()]
        assert archive.store(FILES) == digest
        assert archive.read(digest) == FILES
    assert unnamed == 0


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100])
def test_what_is_no_archive_is_written_anew(tmp_path, content):
    archive = CatalogArchive(tmp_path)
    digest = archive.store(FILES)
    path = tmp_path / f"{digest}.zip"
    path.chmod(0o600)
    path.write_bytes(content)
    assert len(archive.damaged()) == 1
    archive.store(FILES)
    assert archive.damaged() == []
