"""Where each owner hears of the cells of their tabs: the file that CANDID_OWNERS_FILE names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from candid_assets.contracts.owner_channels import OwnerChannels
from candid_assets.contracts.type_faults import in_words
from candid_assets.errors import CandidError
from candid_assets.monitoring.alert_targets import Target
from candid_assets.monitoring.mail_server import mail_urls
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings

CHANNEL: Final = "a channel is a URL of Apprise, or an e-mail address with CANDID_SMTP_URL set"
_EXAMPLE: Final = "team:sales-ops:\n  channels: [rina@example.com, tgram://TOKEN/CHAT]"
FORM: Final = f"write it as\n{_EXAMPLE}\n  language: id"
_FAULTS: Final = {"missing": "is missing", "extra_forbidden": "is not known here"}


class OwnersError(CandidError):
    """The file of owners cannot be read."""

    exit_code = 2


def read_owners(settings: Settings) -> dict[str, OwnerChannels]:
    """Return the channels of each owner; none where no file is named.

    Raises:
        OwnersError: The file is not there, or is not written as it should be. The message has
            none of its addresses, which may be secrets.
    """
    path = settings.owners_file
    if path is None:
        return {}
    try:
        content = yaml.safe_load(read_text(path))
    except (OSError, UnicodeDecodeError) as error:
        raise OwnersError(f"the file of owners, {path}, cannot be read: {error}", FORM) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        raise OwnersError(f"{line}: this is no YAML", FORM) from None
    if not isinstance(content, Mapping):
        raise OwnersError(f"{path} lists no owners", FORM)
    return {str(name): _channels(path, str(name), facts) for name, facts in content.items()}


def _channels(path: Path, name: str, facts: object) -> OwnerChannels:
    try:
        return OwnerChannels.model_validate(facts)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "its entry"
        fault = _FAULTS.get(first["type"]) or in_words(first)
        raise OwnersError(f"{path}: {name}: {place} {fault}", FORM) from None


def targets_of(settings: Settings, owner: OwnerChannels) -> list[Target]:
    """Return the receivers of an owner's messages; one that cannot be sent to has no URL."""
    return [_target(settings, n, channel) for n, channel in enumerate(owner.channels, 1)]


def _target(settings: Settings, number: int, channel: str) -> Target:
    if "://" in channel:
        return Target(f"channel {number}", (channel,), CHANNEL)
    urls: tuple[str, ...] = ()
    if settings.smtp_url is not None and "@" in channel:
        server = settings.smtp_url.get_secret_value()
        try:
            urls = mail_urls(server, settings.alert_sender, channel)
        except ValueError:
            urls = ()
    return Target(f"channel {number}", urls, CHANNEL)
