"""A throw-away service account, made on this machine for the sandbox alone."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from candid_assets.atomic_files import PRIVATE, write_whole

CLIENT_EMAIL = "candid-sandbox@candid-sandbox.iam.gserviceaccount.com"
WRITER_EMAIL = "candid-writer@candid-sandbox.iam.gserviceaccount.com"
"""The account that publishes into tabs. It shares the first one's key, which costs time to make."""


def write_credentials(path: Path, token_uri: str) -> dict[str, Any]:
    """Write a service-account file that only its owner can read, and return what is in it.

    A file that is already there keeps its key, so that a client with the old file stays valid.
    """
    known = _read(path)
    key = known["private_key"] if known else _new_key()
    content = {
        "type": "service_account",
        "project_id": "candid-sandbox",
        "private_key_id": "candid-sandbox",
        "private_key": key,
        "client_email": CLIENT_EMAIL,
        "client_id": "100000000000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    }
    write_whole(path, json.dumps(content, indent=2), PRIVATE, durable=False)
    return content


def write_writer(path: Path, credentials: dict[str, Any]) -> None:
    """Write the service-account file of the account that publishes, beside the one that reads."""
    name = WRITER_EMAIL.partition("@")[0]
    writer = {
        "client_email": WRITER_EMAIL,
        "private_key_id": name,
        "client_id": "1" + "0" * 19 + "2",
    }
    write_whole(path, json.dumps(credentials | writer, indent=2), PRIVATE, durable=False)


def public_key(credentials: dict[str, Any]) -> rsa.RSAPublicKey:
    """Return the public half of a service account's key."""
    key = serialization.load_pem_private_key(credentials["private_key"].encode(), password=None)
    public = key.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("the service account's key is no RSA key: delete the file and start again")
    return public


def read_credentials(path: Path) -> dict[str, Any]:
    """Return a service-account file's content."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = read_credentials(path)
        public_key(content)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()
