"""Segments in ELAN's documents (`.eaf`), of any hand; the schema is MPI's EAFv3.0.xsd.

The XML is anybody's: entities are refused, and so is a document of unusual size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from vidclf.errors import DataError
from vidclf.files.local_files import local_file
from vidclf.files.places import Place
from vidclf.segments.export import one_line
from vidclf.segments.true_segment import TrueSegment, checked_segment

MOST_BYTES = 32 * 2**20
"""Hours of dense annotation take a few MB."""
_LINE = "{vidclf}line"
"""The attribute in which each element's line is kept; no document can have it."""


def elan_segments(
    path: Place, *, zero_seconds: float, known: Collection[str] = ()
) -> list[TrueSegment]:
    """Read the time-aligned annotations of all tiers.

    The label is an annotation's value; its tier's name where the value is empty, and where the tier
    is named as a known label and none of its values is one, as remarks are not.

    Args:
        path: the document.
        zero_seconds: what players, and so ELAN, show as 0, on the clip's own clock.
        known: labels of the table that is compared.

    Raises:
        DataError: it is no such document, or an annotation in it has no time.
    """
    document = _parsed(path)
    header = document.find("HEADER")
    units = "milliseconds" if header is None else header.get("TIME_UNITS", "milliseconds")
    if units != "milliseconds":
        raise DataError(f"{path} counts time in {units}: save it with milliseconds in ELAN")
    clock = _Clock(path=path, slots=_slots(document), zero_seconds=zero_seconds + _origin(document))
    names = {one_line(label): label for label in known}
    return [
        segment for tier in document.iter("TIER") for segment in _tier_segments(tier, clock, names)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """What the time slots of a document stand for."""

    path: Place
    slots: Mapping[str, int]
    """Name of a slot → milliseconds; without those that have no time."""
    zero_seconds: float
    """The document's 0 on the clip's own clock."""

    def seconds(self, annotation: ET.Element, side: str) -> float:
        milliseconds = self.slots.get(annotation.get(side, ""))
        if milliseconds is None:
            raise DataError(
                f"{self.origin(annotation)}: the annotation {annotation.get('ANNOTATION_ID')!r} is "
                "bound to no time; give it one in ELAN"
            )
        return self.zero_seconds + milliseconds / 1000

    def origin(self, element: ET.Element) -> str:
        return f"{self.path}, line {element.get(_LINE)}"


def _tier_segments(
    tier: ET.Element, clock: _Clock, names: Mapping[str, str]
) -> Iterator[TrueSegment]:
    annotations = list(tier.iter("ALIGNABLE_ANNOTATION"))
    texts = [one_line(annotation.findtext("ANNOTATION_VALUE") or "") for annotation in annotations]
    name = one_line(tier.get("TIER_ID", ""))
    if name in names and names.keys().isdisjoint(texts):
        texts = [""] * len(texts)
    for annotation, text in zip(annotations, texts, strict=True):
        label = text or name
        yield checked_segment(
            names.get(label, label),
            clock.seconds(annotation, "TIME_SLOT_REF1"),
            clock.seconds(annotation, "TIME_SLOT_REF2"),
            clock.origin(annotation),
        )


def _slots(document: ET.Element) -> dict[str, int]:
    return {
        slot.get("TIME_SLOT_ID", ""): int(value)
        for slot in document.iter("TIME_SLOT")
        if (value := slot.get("TIME_VALUE", "")).isdecimal()
    }


def _origin(document: ET.Element) -> float:
    """Where in the medium the document's time begins, in seconds (`TIME_ORIGIN`)."""
    medium = document.find("HEADER/MEDIA_DESCRIPTOR")
    value = "" if medium is None else medium.get("TIME_ORIGIN", "")
    return int(value) / 1000 if value.isdecimal() else 0.0


def _parsed(path: Place) -> ET.Element:
    """The document, each element with its line."""
    with local_file(path).open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise DataError(f"{path} is larger than {MOST_BYTES >> 20} MB, as no ELAN document is")
    parser, builder = expat.ParserCreate(), ET.TreeBuilder()

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, {**attributes, _LINE: str(parser.CurrentLineNumber)})

    def refuse(*_: object) -> None:
        raise DataError(f"{path} declares a document type, which no ELAN document does")

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as exc:  # also for an encoding that is none
        raise DataError(f"{path} is no whole ELAN document ({exc}): save it anew in ELAN") from exc
    document = builder.close()
    if document.tag != "ANNOTATION_DOCUMENT":
        raise DataError(f"{path} is no ELAN document: its outermost element is {document.tag!r}")
    return document
