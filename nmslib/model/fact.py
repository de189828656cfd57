"""The base of everything read from files."""

from typing import ClassVar


class Fact:
    """Base of everything read from files: a key that is no field is an error (the validator of floor 1 reads this)."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}
