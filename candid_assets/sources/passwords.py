"""Where the password or key of a source is read from: an environment variable."""

from candid_assets.contracts.catalog import Workbook


def password_variable(workbook: Workbook, env: str) -> str:
    """Return the environment variable that holds a source's password or key."""
    named = workbook.servers.get(env, {}).get("passwordVariable")
    return str(named or f"CANDID_PASSWORD_{workbook.name.upper()}")
