"""`candid users`."""

import sys
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output

if TYPE_CHECKING:
    from candid_assets.web.user_accounts import Accounts
    from candid_assets.web.users import Role

TOKEN_DAYS = 365


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
@with_output()
def list_users(output: Output) -> Result:
    r"""List the users.

    \b
    candid users list
    candid users list --json
    """
    listed = [user.facts() for user in _accounts(output).users.all().values()]
    if not listed:
        output.show("no users; candid users add NAME --role operator")
    for user in listed:
        ways = [way for way in ("password", "token") if user[way]]
        jobs = f", jobs {' '.join(user['jobs'])}" if user["jobs"] is not None else ""
        output.show(f"{user['name']}  {user['role']}  {' and '.join(ways) or 'no way in'}{jobs}")
    return listed, 0


@users.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(["viewer", "operator", "agent"]))
@click.option("--job", "jobs", multiple=True, metavar="J", help="An agent's: only this job.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--days", default=TOKEN_DAYS, show_default=True, help="How long a token is good.")
@with_output()
def add(
    output: Output,
    name: str,
    *,
    role: "Role",
    jobs: tuple[str, ...],
    password_stdin: bool,
    days: int,
) -> Result:
    r"""Add a user: a person with a password, or an agent with a token.

    An agent may launch the refresh jobs in sample and staging, and in production those that
    --job names (`refresh_*` is all of them).

    \b
    candid users add rina --role operator
    pass show candid | candid users add rina --role operator --password-stdin
    candid users add data-eng --role agent --job refresh_sales_master
    """
    made = _accounts(output).add(name, role, jobs, days, lambda: _password(password_stdin))
    output.show(f"added {name} as {role}")
    return _with_token(output, {"name": name, "role": role}, made), 0


@users.command()
@click.argument("name")
@with_output(json="never")
def remove(output: Output, name: str) -> Result:
    r"""Remove a user; sessions and token end at once.

    \b
    candid users remove dimas
    """
    _accounts(output).remove(name)
    output.print(f"removed {name}")
    return None, 0


@users.command()
@click.argument("name")
@click.option("--days", default=TOKEN_DAYS, show_default=True, help="How long it is good.")
@with_output()
def token(output: Output, name: str, *, days: int) -> Result:
    r"""Make a new token for a user and print it once; the one before ends.

    It is sent with every request as `Authorization: Bearer candid_…`.

    \b
    candid users token data-eng
    candid users token data-eng --days 30 --json
    """
    accounts = _accounts(output)
    made = accounts.renew_token(name, days)
    output.show(f"a new token for {name}")
    role = accounts.users.all()[name].role
    return _with_token(output, {"name": name, "role": role}, made), 0


@users.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_output(json="never")
def password(output: Output, name: str, *, password_stdin: bool) -> Result:
    r"""Give a person another password; every session ends.

    \b
    candid users password rina
    """
    _accounts(output).change_password(name, lambda: _password(password_stdin))
    output.print(f"{name} has another password")
    return None, 0


@users.command()
@click.argument("name")
@click.option("--port", "-p", default=3000, show_default=True, help="Port of the webserver.")
@with_output(json="never")
def link(output: Output, name: str, port: int) -> Result:
    r"""Print a link that logs a person in once, within 15 minutes.

    \b
    candid users link operator
    """
    output.print(_accounts(output).link(name, port))
    return None, 0


def _accounts(output: Output) -> "Accounts":
    from candid_assets.web.user_accounts import Accounts

    output.header()
    return Accounts(output.settings)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _with_token(output: Output, facts: dict[str, str], made: str | None) -> dict[str, str]:
    if made is None:
        return facts
    output.show(f"its token, shown only now: {made}")
    return facts | {"token": made}
