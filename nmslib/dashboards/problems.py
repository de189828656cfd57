"""Why a page cannot be shown, for a card: what is missing or wrong, who mends it and how, a code, and what can be chosen."""

import hashlib
from dataclasses import dataclass, field

ANALYST = "аналитик системы"
EVERYBODY = "вы сами"


@dataclass
class NotShown(Exception):
    """``missing``: one sentence; ``who`` mends it; ``how``: a command or an advice; ``choices``: (words, address) instead."""

    missing: str
    who: str = ANALYST
    how: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return self.missing

    @property
    def code(self) -> str:
        """A short code for support: the same sentence has the same code."""
        return "НМС-" + hashlib.sha256(self.missing.encode()).hexdigest()[:6].upper()
