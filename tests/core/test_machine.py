"""What tells a machine from others."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from vidclf.core import machine

Patch = pytest.MonkeyPatch


def digest_of(patch: Patch, *, identifier: Path, name: str) -> str | None:
    """The digest of a machine with an identifier in a file, and a name."""
    patch.setattr(machine, "_MACHINE_IDS", (identifier.with_name("missing"), identifier))
    patch.setattr(platform, "node", lambda: name)
    return machine.machine_digest.__wrapped__()


@pytest.fixture
def identifier(tmp_path: Path) -> Path:
    path = tmp_path / "machine-id"
    path.write_text("0123456789abcdef0123456789abcdef\n")
    return path


def test_copies_of_a_machine_differ_in_their_names(identifier: Path, monkeypatch: Patch) -> None:
    names = ("a", "b", "localhost", "")
    digests = {digest_of(monkeypatch, identifier=identifier, name=name) for name in names}
    assert len(digests - {None}) == 4


def test_machines_of_one_name_differ_in_their_identifiers(
    identifier: Path, monkeypatch: Patch
) -> None:
    first = digest_of(monkeypatch, identifier=identifier, name="node")
    identifier.write_text("another")
    assert digest_of(monkeypatch, identifier=identifier, name="node") != first


def test_a_machine_without_an_identifier_is_told_by_its_name(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    missing = tmp_path / "none"
    names = ("pod-1", "pod-2")
    digests = {digest_of(monkeypatch, identifier=missing, name=name) for name in names}
    assert len(digests - {None}) == 2


@pytest.mark.parametrize("name", ["", "localhost", "localhost.localdomain"])
def test_where_nothing_tells_a_machine_it_has_no_digest(
    name: str, tmp_path: Path, monkeypatch: Patch
) -> None:
    assert digest_of(monkeypatch, identifier=tmp_path / "none", name=name) is None
