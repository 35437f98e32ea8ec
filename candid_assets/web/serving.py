"""`candid serve`: code server, daemon and guarded webserver, with the sandbox in sample mode.

Dagster's code server speaks gRPC without authentication and runs any code that a client names. It
listens on a socket in a folder that only this user can enter, so neither a page in a browser nor
another user of the machine reaches it.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import dagster as dg
import uvicorn
import yaml
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._grpc.client import DagsterGrpcClient

from candid_assets.garbage_collection import expect_lasting_objects
from candid_assets.names import CODE_LOCATION
from candid_assets.settings import Settings, project_dir
from candid_assets.source_kinds.registry import stand_ins
from candid_assets.web.app import create_app, public_url
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.connections import PatientProtocol
from candid_assets.web.errors import ServingError, UsersError
from candid_assets.web.one_time_links import LINK_MINUTES, make_link
from candid_assets.web.request_filter import Places
from candid_assets.web.subscriptions import LARGEST_MESSAGE
from candid_assets.web.users import User, Users

READY_SECONDS: Final = 180
STOP_SECONDS: Final = 20
SAMPLE_USER: Final = "operator"


def serve_ui(settings: Settings, listener: socket.socket) -> int:
    """Serve on a socket until interrupted; return 1 if a child process exited by itself, else 0.

    Raises:
        ServingError: The server cannot start.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    expect_lasting_objects()
    _say(f"environment {settings.env} · starting")
    try:
        with ExitStack() as stack:
            address = _public(settings)
            port = listener.getsockname()[1]
            users = Users(settings.data_dir)
            _require_users(settings, users)
            environment = stack.enter_context(_environment(settings))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="candid-")))
            _say("waiting for the code server, which loads every table of the catalog")
            children = {"code server": stack.enter_context(code_server(folder, environment))}
            instance = stack.enter_context(_history())
            _say("waiting for the webserver")
            context = stack.enter_context(open_workspace(instance, folder))
            app = create_app(context, settings, Places.of(port, address))

            def greet() -> None:
                # The code server describes every table to each that asks: to one after the other.
                children["daemon"] = stack.enter_context(_daemon(folder, environment))
                print(_greeting(settings, users, port), flush=True)

            return _run(app, listener, children, greet)
    except KeyboardInterrupt:
        return 0


def _public(settings: Settings) -> str | None:
    try:
        return public_url(settings.public_url)
    except ValueError as error:
        raise ServingError(f"CANDID_PUBLIC_URL: {error}") from error


def _greeting(settings: Settings, users: Users, port: int) -> str:
    address = settings.public_url or f"http://127.0.0.1:{port}"
    text = f"candid · environment {settings.env} · {address}"
    if settings.env == "sample":
        link = make_link(users, SAMPLE_USER, port)
        text += f"\nopen this within {LINK_MINUTES} minutes; its button logs you in once:\n  {link}"
    return text


def _require_users(settings: Settings, users: Users) -> None:
    """Add the operator of the sample; in other environments require a user.

    Raises:
        ServingError: The environment has no users, or their file cannot be read.
    """
    try:
        known = users.all()
    except UsersError as error:
        raise ServingError(error.message, error.fix) from error
    if settings.env == "sample":
        if SAMPLE_USER not in known:
            users.add(User(name=SAMPLE_USER, role="operator"))
            audit = AuditLog(settings)
            audit.write("user added", who="candid serve", user=SAMPLE_USER, role="operator")
    elif not known:
        raise ServingError(
            f"{settings.env} has no users yet",
            f"CANDID_ENV={settings.env} candid users add NAME --role operator",
        )


@contextmanager
def _environment(settings: Settings) -> Iterator[dict[str, str]]:
    with stand_ins(settings) as local:
        yield os.environ | local.variables_beside(settings)


def _socket(folder: Path) -> str:
    return str(folder / "code.sock")


@contextmanager
def code_server(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the process of the code server, once it answers on its socket in a folder.

    Raises:
        ServingError: It did not start.
    """
    command = ["dagster", "code-server", "start", "--socket", _socket(folder)]
    command += ["--module-name", "candid_assets.definitions", "--location-name", CODE_LOCATION]
    with _child([*command, "--log-level", "warning"], environment) as child:
        client = DagsterGrpcClient(socket=_socket(folder))
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(client):
            if child.poll() is not None or time.monotonic() > deadline:
                raise ServingError("the code server did not start", "see its output above")
            time.sleep(0.1)
        yield child


def _answers(client: DagsterGrpcClient) -> bool:
    try:
        client.ping("")
    # gRPC raises various errors until the server listens.
    except Exception:
        return False
    return True


@contextmanager
def _daemon(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    workspace = folder / "workspace.yaml"
    server = {"socket": _socket(folder), "location_name": CODE_LOCATION}
    workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}))
    command = ["dagster._daemon", "run", "--workspace", str(workspace)]
    command += ["--log-level", "warning"]  # so that the link to log in stays the last line
    with _child(command, environment) as child:
        yield child


@contextmanager
def _child(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    # Own modules, no shell. The umask: Dagster creates further sockets under /tmp, which no other
    # user may write to. A session of its own: Ctrl-C interrupts only this process, which stops the
    # others in order; if it is killed, the closed pipe stops them.
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "candid_assets.web.child", *command],
        stdin=subprocess.PIPE,
        env=environment,
        cwd=project_dir(),
        start_new_session=True,
        umask=_umask() | 0o022,
    ) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=STOP_SECONDS)
            # Stops what is left of its group, such as a run whose code server has exited.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _history() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            statement_timeout=15_000, pool_recycle=3600, max_overflow=20
        )
        yield instance


def open_workspace(instance: dg.DagsterInstance, folder: Path) -> WorkspaceProcessContext:
    """Return the workspace whose code server listens on the socket in a folder."""
    target = GrpcServerTarget(
        host="localhost", port=None, socket=_socket(folder), location_name=CODE_LOCATION
    )
    return WorkspaceProcessContext(instance, target, version=version("dagster-webserver"))


def _run(
    app: object,
    listener: socket.socket,
    children: dict[str, subprocess.Popen[bytes]],
    greet: Callable[[], None],
) -> int:
    """Serve until interrupted or a child ends; greet once the server answers."""
    server = uvicorn.Server(server_config(app))
    ended: list[str] = []
    problems: list[Exception] = []
    over = threading.Event()

    def watch() -> None:
        greeted = False
        while not over.wait(0.5):
            if server.started and not greeted:
                greeted = True
                try:
                    greet()
                except Exception as error:
                    problems.append(error)
                    server.should_exit = True
                    return
            ended.extend(n for n, child in children.items() if child.poll() is not None)
            if ended:
                server.should_exit = True
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        server.run(sockets=[listener])
    finally:
        over.set()
        watching.join()
    if problems:
        raise problems[0]
    if ended:
        _say(f"the {ended[0]} ended by itself; everything is stopped")
    return 1 if ended else 0


def server_config(app: object) -> uvicorn.Config:
    """Return the configuration with which uvicorn serves the application.

    Forwarding headers of proxies are not trusted.
    """
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=PatientProtocol,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws_max_size=LARGEST_MESSAGE,
        h11_max_incomplete_event_size=32_768,
        timeout_graceful_shutdown=5,
    )


def _say(words: str) -> None:
    print(f"candid · {words}", flush=True)


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
