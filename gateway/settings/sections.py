"""What all sections of the configuration have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:×-]*$", max_length=64)]


class Shared(BaseModel):
    """A section in LiteLLM's form: what we do not know is kept apart and reported as ignored."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Own(BaseModel):
    """A section of our own: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)
