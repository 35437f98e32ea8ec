"""Signatures of people by OpenSSH (`ssh-keygen -Y`), under a namespace of their own."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from candid_assets.gate.errors import GateError
from candid_assets.gate.system_tools import system_tool, tool_environment

NAMESPACE: Final = "candid-gate"
"""A signature made for git, mail or anything else does not count here."""
_PRINCIPAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,127}")


def sign(message: bytes, key: Path) -> str:
    """Return the signature of a person's key; OpenSSH asks for passphrase, PIN or touch itself.

    Raises:
        GateError: OpenSSH would not sign.
    """
    done = _run(["-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE], message)
    if done.returncode != 0 or not done.stdout:
        output = done.stderr.decode(errors="replace").strip()
        raise GateError(f"{key} did not sign: {output}", "name your own SSH key with --key FILE")
    return done.stdout.decode()


def verify(message: bytes, signature: str, principal: str, approvers: str) -> None:
    """Return if a person on the list signed exactly this message.

    Args:
        message: The bytes that were signed.
        signature: What `sign` returned.
        principal: The name in the list that signs.
        approvers: The list's text, in the format of OpenSSH's `allowed_signers`.

    Raises:
        GateError: The signature is not this person's, or of something else.
    """
    if not _PRINCIPAL.fullmatch(principal):
        raise GateError(f"{principal!r} is no name of an approver", "use the name in the list")
    with tempfile.TemporaryDirectory(prefix="candid-gate-") as folder:
        listed, signed = Path(folder, "approvers"), Path(folder, "signature")
        listed.write_text(approvers, encoding="utf-8")
        signed.write_text(signature, encoding="utf-8")
        arguments = ["-Y", "verify", "-f", str(listed), "-I", principal, "-n", NAMESPACE]
        done = _run([*arguments, "-s", str(signed)], message)
    if done.returncode != 0:
        output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise GateError(
            f"the signature is not one of {principal} for this ({['refused', *output][-1]})",
            "have a person in deployments/allowed_approvers run `candid approve`",
        )


def principal_of(signature: str, approvers: str) -> str | None:
    """Return the name in the list whose key made a signature; None if there is none."""
    with tempfile.TemporaryDirectory(prefix="candid-gate-") as folder:
        listed, signed = Path(folder, "approvers"), Path(folder, "signature")
        listed.write_text(approvers, encoding="utf-8")
        signed.write_text(signature, encoding="utf-8")
        done = _run(["-Y", "find-principals", "-f", str(listed), "-s", str(signed)], b"")
    names = done.stdout.decode(errors="replace").split()
    return names[0].split(",")[0] if done.returncode == 0 and names else None


def _run(arguments: list[str], message: bytes) -> subprocess.CompletedProcess[bytes]:
    # A program of the system, no shell; what comes from records stands in files or was matched
    # above.
    return subprocess.run(  # noqa: S603
        [system_tool("ssh-keygen"), *arguments],
        input=message,
        capture_output=True,
        check=False,
        env=tool_environment(),
    )
