"""A Spark cluster on loopback: a master, two workers of one core each, and a Connect server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SECONDS = 400
"""How long each process may take to listen."""


@dataclass
class Cluster:
    url: str
    """Address of the Connect server, as a client takes it."""
    master: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    server: subprocess.Popen[bytes]
    logs: Path
    start_worker: Callable[[int], subprocess.Popen[bytes]]
    """Starts the worker of a number, with as many cores as it had."""
    start_server: Callable[[], subprocess.Popen[bytes]]
    """Starts a Connect server where the first one listened."""

    def mend(self) -> None:
        """Start anew what was killed."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[number] = self.start_worker(number)
        if self.server.poll() is not None:
            self.server = self.start_server()


@contextmanager
def started_cluster(folder: Path, cores: tuple[int, ...] = (1, 1)) -> Iterator[Cluster]:
    """Start a cluster that keeps its logs and scratch files in a folder, and stop it.

    Args:
        folder: Where its files lie.
        cores: How many cores each worker has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, connect = free_port(), free_port()
    master_url = f"spark://127.0.0.1:{port}"
    main = str(_home() / "bin" / "spark-class")
    local = ("--host", "127.0.0.1", "--webui-port", "0")
    with ExitStack() as stack:

        def start(name: str, *command: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((folder / f"{name}.log").open("ab"))
            heap = "768m" if name == "connect" else "256m"
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=_environment(folder, heap)
            )
            stack.callback(_stop, process)
            return process

        def start_worker(number: int) -> subprocess.Popen[bytes]:
            return start(
                f"worker-{number}",
                *(main, f"{_DEPLOY}.worker.Worker", *local, "--cores", str(cores[number])),
                *("--memory", "1g", "--work-dir", str(folder / f"work-{number}"), master_url),
            )

        def start_server() -> subprocess.Popen[bytes]:
            options = [f"--conf={key}={value}" for key, value in _settings(connect, folder).items()]
            server = start(
                "connect",
                *(str(_home() / "bin" / "spark-submit"), "--master", master_url),
                *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
                *("--executor-memory", "512m", *options, "spark-internal"),
            )
            _wait_for(connect, server, folder / "connect.log")
            return server

        master = start("master", main, f"{_DEPLOY}.master.Master", *local, "--port", str(port))
        _wait_for(port, master, folder / "master.log")
        workers = [start_worker(number) for number in range(len(cores))]
        url = f"sc://127.0.0.1:{connect}"
        yield Cluster(url, master, workers, start_server(), folder, start_worker, start_server)


_DEPLOY = "org.apache.spark.deploy"


def _settings(port: int, folder: Path) -> dict[str, str]:
    return {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.executor.cores": "1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }


def _home() -> Path:
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _environment(folder: Path, heap: str) -> dict[str, str]:
    local = {
        "SPARK_HOME": str(_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": heap,
        # Tests need processes that start soon, not ones that compute fast after minutes.
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    return {**os.environ, **local}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"nothing listens at {port}:\n{log.read_text(errors='replace')[-6000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
