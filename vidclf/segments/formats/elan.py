"""ELAN (`.eaf`): one tier for each label.

The format is the one of MPI's schema EAFv3.0.xsd: header, time slots, tiers, linguistic types, in
this order. ELAN counts milliseconds from the beginning of the medium, as players do.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from vidclf.remote.path import RemotePath
from vidclf.segments.export import SegmentExport, one_line
from vidclf.segments.finder import Segment
from vidclf.segments.formats.player_time import rising_milliseconds

_TYPE = "label"
_SCHEMA = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
}


def eaf_text(export: SegmentExport) -> str:
    """An ELAN document, which links the clip."""
    created = export.created.isoformat(timespec="seconds")
    head = {"AUTHOR": "vidclf", "DATE": created, "FORMAT": "3.0", "VERSION": "3.0"}
    document = ET.Element("ANNOTATION_DOCUMENT", {**head, **_SCHEMA})
    _add_header(document, export)
    slots = _add_slots(document, export)
    _add_tiers(document, export.segments, slots)
    ET.SubElement(
        document,
        "LINGUISTIC_TYPE",
        {"LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"},
    )
    ET.indent(document)
    text: str = ET.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_header(document: ET.Element, export: SegmentExport) -> None:
    header = ET.SubElement(document, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if medium := _medium(export):
        ET.SubElement(header, "MEDIA_DESCRIPTOR", medium)
    count = ET.SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"})
    count.text = str(len(export.segments))


def _medium(export: SegmentExport) -> dict[str, str]:
    """How ELAN finds the clip; nothing for pictures, which it does not play.

    ELAN takes its URLs as they stand, without percent signs for blanks and accents. Where only the
    name is known the clip is looked for beside the document.
    """
    kind = mimetypes.guess_type(export.video)[0] or ""
    if kind.startswith("image/") or not Path(export.video).suffix:
        return {}
    mime = kind if kind.startswith("video/") else "video/*"
    if export.source is None:
        name = "./" + one_line(Path(export.video).name)
        return {"MEDIA_URL": name, "MIME_TYPE": mime, "RELATIVE_MEDIA_URL": name}
    path = export.source.absolute()
    url = {"MEDIA_URL": "file:///" + one_line(path.as_posix()).lstrip("/"), "MIME_TYPE": mime}
    if isinstance(export.folder, RemotePath):
        return url
    try:
        relative = Path(os.path.relpath(path, export.folder.absolute())).as_posix()
    except ValueError:  # another drive of Windows
        return url
    near = relative if relative.startswith("../") else "./" + relative
    return {**url, "RELATIVE_MEDIA_URL": one_line(near)}


def _add_slots(document: ET.Element, export: SegmentExport) -> dict[tuple[int, str], str]:
    """Two time slots of its own for each segment, so that moving one in ELAN moves no other.

    Returns:
        Number of the segment, and "start" or "end" → the slot's name.
    """
    ends = [(s.start_seconds, i, "start") for i, s in enumerate(export.segments)]
    ends += [(s.end_seconds, i, "end") for i, s in enumerate(export.segments)]
    clock = rising_milliseconds((time for time, _, _ in ends), export.zero_seconds)
    order = ET.SubElement(document, "TIME_ORDER")
    slots: dict[tuple[int, str], str] = {}
    for count, (time, number, side) in enumerate(sorted(ends), start=1):
        slots[number, side] = f"ts{count}"
        slot = {"TIME_SLOT_ID": f"ts{count}", "TIME_VALUE": str(clock[time])}
        ET.SubElement(order, "TIME_SLOT", slot)
    return slots


def _add_tiers(
    document: ET.Element, segments: Sequence[Segment], slots: Mapping[tuple[int, str], str]
) -> None:
    numbers: dict[tuple[int, str], list[int]] = {}
    for number, segment in enumerate(segments):
        numbers.setdefault((segment.class_id, segment.label), []).append(number)
    labels = sorted(numbers)
    for place, name in zip(labels, _distinct(label for _, label in labels), strict=True):
        tier = ET.SubElement(document, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "TIER_ID": name})
        for number in numbers[place]:
            annotation = ET.SubElement(
                ET.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {
                    "ANNOTATION_ID": f"a{number + 1}",
                    "TIME_SLOT_REF1": slots[number, "start"],
                    "TIME_SLOT_REF2": slots[number, "end"],
                },
            )
            ET.SubElement(annotation, "ANNOTATION_VALUE").text = one_line(segments[number].label)


def _distinct(labels: Iterable[str]) -> list[str]:
    """Names of tiers: `dog`, and `dog (2)` for a label that is the same once it is one line."""
    names: list[str] = []
    for label in labels:
        plain = name = one_line(label) or "(empty)"
        count = 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names.append(name)
    return names
