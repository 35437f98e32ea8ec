"""`candid serve` and `candid users`."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

import click

from candid_assets.environment import prepare_environment
from candid_assets.settings import Settings

T = TypeVar("T")
TOKEN_DAYS = 365


@click.command()
@click.option(
    "--port", "-p", default=3000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one."
)
def serve(port: int) -> None:
    r"""Start Dagster's webserver behind a login, and its daemon, on 127.0.0.1.

    In the sample environment the local Sheets server with the sample workbooks runs beside them,
    and a link that logs you in once is printed. In the others, add users first.

    \b
    candid serve
    CANDID_ENV=staging candid users add rina --role operator
    CANDID_ENV=staging candid serve --port 3001
    """
    from candid_assets.web.errors import ServingError
    from candid_assets.web.serving import serve_ui

    try:
        sys.exit(serve_ui(prepare_environment(), port))
    except ServingError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.group()
def users() -> None:
    r"""Who may come in, and as what: viewer, operator or agent.

    \b
    candid users add rina --role operator       asks for a password
    candid users add dimas --role viewer
    candid users add data-eng --role agent      prints its token once
    candid users token data-eng                 a new token; the old one ends
    candid users list
    candid users remove dimas

    The environment's own file, data/<env>/web/users.json, keeps hashes only. A server that runs
    knows of every change at once.
    """


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="One array on stdout.")
def list_users(as_json: bool) -> None:
    r"""List the users.

    \b
    candid users list
    candid users list --json
    """
    settings, store = _opened(as_json)
    del settings
    found = [
        {
            "name": user.name,
            "role": user.role,
            "password": user.password is not None,
            "token": user.token is not None,
            "token_expires": user.token and user.token.expires and user.token.expires.isoformat(),
            "jobs": user.jobs,
            "since": user.since.isoformat(),
        }
        for user in _done(store.all).values()
    ]
    if as_json:
        click.echo(json.dumps(found))
        return
    if not found:
        click.echo("no users; candid users add NAME --role operator")
    for user in found:
        ways = [way for way in ("password", "token") if user[way]]
        jobs = f", jobs {' '.join(user['jobs'])}" if user["jobs"] is not None else ""
        click.echo(f"{user['name']}  {user['role']}  {' and '.join(ways) or 'no way in'}{jobs}")


@users.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(["viewer", "operator", "agent"]))
@click.option("--job", "jobs", multiple=True, metavar="J", help="An agent's: only this job.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--days", default=TOKEN_DAYS, show_default=True, help="How long a token is good.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def add(
    name: str, *, role: str, jobs: tuple[str, ...], password_stdin: bool, days: int, as_json: bool
) -> None:
    r"""Add a user: a person with a password, or an agent with a token.

    An agent may launch the refresh jobs in sample and staging, and in production those that
    --job names (`refresh_*` is all of them).

    \b
    candid users add rina --role operator
    pass show candid | candid users add rina --role operator --password-stdin
    candid users add data-eng --role agent --job refresh_sales_master
    """
    from pydantic import ValidationError

    from candid_assets.web.errors import UsersError
    from candid_assets.web.passwords import hash_password
    from candid_assets.web.users import User, new_token

    _, store = _opened(as_json)
    if jobs and role != "agent":
        _refuse("--job is for agents")
    told: dict[str, Any] = {"name": name, "role": role}
    secret: dict[str, Any] = {}
    try:
        if role == "agent":
            told["token"], secret["token"] = new_token(_in_days(days))
        else:
            secret["password"] = hash_password(_password(password_stdin))
        user = User(name=name, role=role, jobs=jobs or None, **secret)
    except UsersError as error:
        _refuse(str(error))
    except ValidationError:
        _refuse(f"{name!r} is no name: small letters, digits, dots, dashes, at most 64")
    _done(lambda: store.add(user))
    _log("user added", name, role)
    _tell(told, as_json, f"added {name} as {role}")


@users.command()
@click.argument("name")
def remove(name: str) -> None:
    r"""Remove a user; sessions and token end at once.

    \b
    candid users remove dimas
    """
    _, store = _opened(False)
    user = _done(lambda: store.remove(name))
    _log("user removed", name, user.role)
    click.echo(f"removed {name}")


@users.command()
@click.argument("name")
@click.option("--days", default=TOKEN_DAYS, show_default=True, help="How long it is good.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def token(name: str, *, days: int, as_json: bool) -> None:
    r"""Make a new token for a user and print it once; the one before ends.

    It is sent with every request as `Authorization: Bearer candid_…`.

    \b
    candid users token data-eng
    candid users token data-eng --days 30 --json
    """
    from candid_assets.web.users import new_token

    _, store = _opened(as_json)
    made, kept = new_token(_in_days(days))
    user = _done(lambda: store.change(name, lambda u: u.model_copy(update={"token": kept})))
    _log("token made", name, user.role)
    _tell({"name": name, "role": user.role, "token": made}, as_json, f"a new token for {name}")


@users.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str, *, password_stdin: bool) -> None:
    r"""Give a person another password; every session ends.

    \b
    candid users password rina
    """
    from candid_assets.web.errors import UsersError
    from candid_assets.web.passwords import hash_password

    _, store = _opened(False)
    user = _done(store.all).get(name)
    if user is not None and user.role == "agent":
        _refuse(f"{name} is an agent and has a token: candid users token {name}")
    try:
        kept = hash_password(_password(password_stdin))
    except UsersError as error:
        _refuse(str(error))
    user = _done(lambda: store.change(name, lambda u: u.renewed(password=kept)))
    _log("password changed", name, user.role)
    click.echo(f"{name} has another password")


@users.command()
@click.argument("name")
@click.option("--port", "-p", default=3000, show_default=True, help="Port of the webserver.")
def link(name: str, port: int) -> None:
    r"""Print a link that logs a person in once, within 15 minutes.

    \b
    candid users link operator
    """
    from candid_assets.web.serving import one_time_link

    _, store = _opened(False)
    made = _done(lambda: one_time_link(store, name, port))
    _log("link made", name, store.all()[name].role)
    click.echo(made)


def _opened(as_json: bool) -> tuple[Settings, Any]:
    from candid_assets.web.users import Users

    settings = prepare_environment()
    click.echo(f"candid · environment {settings.env}", err=as_json)
    return settings, Users(settings.data_dir)


def _done(what: Callable[[], T]) -> T:
    from candid_assets.web.errors import UsersError

    try:
        return what()
    except UsersError as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(2)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _in_days(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def _tell(told: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(sentence)
    if "token" in told:
        click.echo(f"its token, shown only now: {told['token']}")


def _log(event: str, name: str, role: str) -> None:
    import getpass

    from candid_assets.web.audit_log import AuditLog

    settings = prepare_environment()
    who = {"who": getpass.getuser(), "via": "terminal"}
    AuditLog(settings).write(event, **who, user=name, role=role, outcome="done")
