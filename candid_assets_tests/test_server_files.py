"""The files of docs/server for a cluster: one coordinator, known settings, valid to schemas."""

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from candid_assets.settings import REPOSITORY, Settings

SERVER = REPOSITORY / "docs" / "server"
OLDEST_KUBERNETES = "1.30"
STORE = "CANDID_STORE_URL"


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((SERVER / "compose.yaml").read_text())
    return document


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((SERVER / "kubernetes.yaml").read_text()))


def containers() -> dict[str, dict[str, Any]]:
    """Each container of the manifests by the name of what makes its pods."""
    made = [one for one in manifests() if "template" in one.get("spec", {})]
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]["containers"][0] for one in made
    }


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container.get("env", ()) if "value" in one}


def mounts(container: dict[str, Any]) -> set[str]:
    return {one["mountPath"] for one in container.get("volumeMounts", ())}


def test_there_is_one_coordinator() -> None:
    (coordinator,) = (
        m for m in manifests() if m["metadata"]["name"] == "candid" and m["kind"] != "Service"
    )
    assert (coordinator["kind"], coordinator["spec"]["replicas"]) == ("StatefulSet", 1)
    assert "deploy" not in compose()["services"]["candid"]


def test_every_setting_that_is_given_is_one_that_is_read() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    given = {
        *compose()["services"]["candid"]["environment"],
        *variables(containers()["candid"]),
    }
    assert {"CANDID_HISTORY_URL", "CANDID_ENGINE_URL", STORE} <= given <= known


def test_coordinator_and_cluster_see_the_shared_folder_under_one_path() -> None:
    services = compose()["services"]
    path = services["candid"]["environment"][STORE]
    for name in ("candid", "spark-worker", "spark-connect"):
        assert f"shared:{path}" in services[name]["volumes"], name
    pods = containers()
    path = variables(pods["candid"])[STORE]
    assert all(path in mounts(pods[name]) for name in ("candid", "spark-worker", "spark-connect"))


def test_nothing_is_reached_from_outside_the_machine() -> None:
    ports = [port for one in compose()["services"].values() for port in one.get("ports", ())]
    assert ports != []
    assert all(port.startswith("127.0.0.1:") for port in ports)
    services = [one["spec"] for one in manifests() if one["kind"] == "Service"]
    assert {spec.get("type", "ClusterIP") for spec in services} == {"ClusterIP"}
    assert all(one["kind"] != "Ingress" for one in manifests())


def test_coordinator_and_cluster_run_one_image() -> None:
    """Which gives workers the coordinator's Python, Spark and DuckDB."""
    for images in (
        {name: one["image"] for name, one in compose()["services"].items()},
        {name: one["image"] for name, one in containers().items()},
    ):
        of_ours = {image for name, image in images.items() if name.startswith(("candid", "spark"))}
        assert of_ours - {"docker.io/library/postgres:17"} == {"candid:extras"}


@pytest.mark.engines
def test_compose_file_is_valid_to_its_specification() -> None:
    library = find_spec("check_jsonschema")
    assert library is not None
    assert library.origin is not None
    schema = Path(library.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    import_module("jsonschema").validate(compose(), json.loads(schema.read_text()))


@pytest.mark.engines
def test_manifests_are_valid_to_kubernetes() -> None:
    library = import_module("kubernetes_validate")
    for manifest in manifests():
        library.validate(manifest, OLDEST_KUBERNETES, strict=True)
    wrong = manifests()[0] | {"spce": {}}
    with pytest.raises(library.ValidationError):
        library.validate(wrong, OLDEST_KUBERNETES, strict=True)
