"""One of several parts of a run, that machines make without knowing of each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from vidclf.errors import UsageError

_WRITTEN = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Part `number` of `count`: the clips whose names' digests fall there.

    A clip is in exactly one of `count` shards, whichever other clips there are and in whatever
    order they were named.

    Raises:
        UsageError: there is no such shard.
    """

    number: int
    """Which one, from 1 to `count`."""
    count: int
    """How many there are, at least 1."""

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise _no_shard(f"{self.number}/{self.count}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `3/10`, the third of ten.

        Raises:
            UsageError: the text is not of that form, or there is no such shard.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise _no_shard(text)
        return cls(number=int(written[1]), count=int(written[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, name: str) -> bool:
        """Whether the clip of a name is in it.

        Args:
            name: the clip's path below what was named, with `/`; the same on every machine.
        """
        # names that are no UTF-8 hold lone surrogates (PEP 383)
        digest = sha256(name.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1


def _no_shard(text: str) -> UsageError:
    return UsageError(
        f"shard {text}: a shard is I/N, from 1/N to N/N; write 3/10 for the third of ten"
    )
