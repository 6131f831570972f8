"""`vidclf cache`: what is kept of models between runs, and emptying it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vidclf.cli.messages import show
from vidclf.cli.options import command
from vidclf.core.counting import counted

if TYPE_CHECKING:
    from vidclf.cli.options import Commands
    from vidclf.core.cache_listing import CacheEntry, CacheListing

_EXAMPLES = """\
examples:
  vidclf cache                              what is there, and how large it is
  vidclf cache --clear                      remove it; it is made again when it is needed
"""
_UNITS = ("B", "kB", "MB", "GB")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = command(commands, "cache", "", "say what is kept of models, or remove it", _EXAMPLES)
    parser.add_argument("--clear", action="store_true", help="empty it")


def run(arguments: argparse.Namespace) -> int:
    """List the cache or empty it; what cannot be removed is told."""
    from vidclf.api import clear_cache, list_cache

    if not arguments.clear:
        show(_table(list_cache()))
        return 0
    removed, left = clear_cache(), list_cache()
    show(f"{removed.folder}: removed {_counted(removed)}")
    if left.entries:
        show(f"{_counted(left)} cannot be removed, or are being made at this moment")
    return 0


def _table(listing: CacheListing) -> str:
    """A line for each folder, and the total."""
    total = f"{listing.folder}: {_counted(listing)}"
    if not listing.entries:
        return total
    width = max(len(_name(entry)) for entry in listing.entries)
    lines = [
        f"{entry.kind:<8}  {_name(entry):<{width}}  {_amount(entry.size):>9}  "
        f"{entry.last_used.astimezone():%Y-%m-%d %H:%M}"
        for entry in listing.entries
    ]
    return "\n".join([f"{'kind':<8}  {'model':<{width}}  {'size':>9}  last used", *lines, total])


def _name(entry: CacheEntry) -> str:
    return entry.model if entry.model is not None else "(unfinished, damaged or old)"


def _counted(listing: CacheListing) -> str:
    """`2 folders, 9.4 MB`."""
    return f"{counted(len(listing.entries), 'folder')}, {_amount(listing.size)}"


def _amount(size: int) -> str:
    """`820 B`, `9.4 MB`."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} B" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"
