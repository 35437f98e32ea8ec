"""What the file of owners says of one owner: where they hear of their cells, in which language."""

from pydantic import BaseModel, ConfigDict

from candid_assets.languages import Language


class OwnerChannels(BaseModel):
    """Where one owner hears of the cells of their tabs, and in which language."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    channels: tuple[str, ...]
    """URLs of Apprise, or e-mail addresses with CANDID_SMTP_URL set."""
    language: Language = "id"
    """The language of the letters: Indonesian where it is left out."""
