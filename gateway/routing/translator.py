"""Where a model goes whose provider speaks another dialect than OpenAI's: the translate process, known by its address and a secret."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from gateway.settings import ModelEntry, Settings

TRANSLATE_FILE = "translate.json"


@dataclass(frozen=True, slots=True)
class Translator:
    """The translate process of this start. ``secret`` opens it; replays say by another word that they want the model's shadow key."""

    url: str
    secret: str = field(repr=False)

    def api_base(self, entry: ModelEntry) -> str:
        """The ``api_base`` that stands for a model's own."""
        return f"{self.url}/{slug(entry)}"

    @property
    def live_key(self) -> str:
        """What opens it for clients' requests."""
        return f"live-{self.secret}"

    @property
    def shadow_key(self) -> str:
        """What opens it for replays of a model that has a ``shadow_api_key``."""
        return f"shadow-{self.secret}"

    def text(self) -> str:
        """What ``read_translator`` reads."""
        return json.dumps({"url": self.url, "secret": self.secret})


def read_translator(file: Path) -> Translator:
    """The address and secret that the parent wrote. Raises ``OSError``, ``ValueError``."""
    document = json.loads(file.read_text(encoding="utf-8"))
    return Translator(document["url"], document["secret"])


def open_translator(settings: Settings, data_dir: Path) -> Translator | None:
    """The translate process that the configuration needs, None where it needs none. Raises ``OSError`` when its file is missing."""
    return read_translator(data_dir / "run" / TRANSLATE_FILE) if settings.translated else None


def slug(entry: ModelEntry) -> str:
    """A model's place in the translate process: it changes with anything that its calls depend on, so that two configurations of
    different age never mean different things by one address."""
    params = entry.litellm_params
    key, shadow = (secret.get_secret_value() if secret else "" for secret in (params.api_key, params.shadow_api_key))
    parts = [entry.model_name, params.model, params.api_base or "", key, shadow, json.dumps(params.provider_settings, sort_keys=True)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
