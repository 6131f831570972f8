"""The manifest of a run: what was done, with what, as a JSON file beside its table."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isinf
from pathlib import Path
from typing import Any

from vidclf.core.run_warnings import get_logger
from vidclf.errors import SourceError
from vidclf.files.json_fields import JsonFields
from vidclf.files.local_files import is_there, local_file
from vidclf.files.manifest_parts import (
    ManifestClip,
    ManifestModel,
    ManifestPrecision,
    ManifestSettings,
)
from vidclf.files.places import Place
from vidclf.files.text_file import write_text
from vidclf.remote.path import RemotePath

logger = get_logger(__name__)

MANIFEST_FORMAT = 1
"""Number of the manifest's layout; changes when a field changes its meaning."""
TABLE_FORMAT = 1
"""Number of the columns' layout, in every manifest; changes when a column changes its meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of the run that made a table; None for what is not told.

    People edit manifests and lose them, so each field may be missing. The fields here are those
    that something reads; `document` holds all, and is what is written.
    """

    video: str | None = None
    """The clip's name, as in the table."""
    source: str | None = None
    """The clip's path, as the run was told it."""
    clip: ManifestClip = field(default_factory=ManifestClip)
    """What was known of the clip before decoding."""
    clip_digest: str | None = None
    """What tells the clip's file from others (`vidclf.core.file_digest`)."""
    frames_read: int | None = None
    """Rows of the table that the run wrote."""
    end_seconds: float | None = None
    """When the last frame ends, on the clip's own clock."""
    seconds: float | None = None
    """Wall time of the run."""
    frames_per_second: float | None = None
    """Frames read in a second of it."""
    runtime: str | None = None
    """What computed."""
    precision: ManifestPrecision = field(default_factory=ManifestPrecision)
    """In what, where anything but float32 was asked for."""
    model: ManifestModel = field(default_factory=ManifestModel)
    """The model that predicted."""
    settings: ManifestSettings = field(default_factory=ManifestSettings)
    """The run's settings."""
    annotated_video: str | None = None
    """Path of the annotated video, as the run was told it."""
    output_digests: Mapping[str, str] = field(default_factory=dict)
    """Kind → digest of each file written but the manifest, by the same rule as `clip_digest`."""
    vidclf_version: str | None = None
    """Which vidclf it was."""
    notes: tuple[str, ...] = ()
    """What a reader of the results should know."""
    warnings: tuple[str, ...] = ()
    """What went wrong without stopping the run."""
    smoothing: tuple[Mapping[str, Any], ...] = ()
    """What was done to the table after its run, in order, each as it was written."""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The JSON object, with what nothing here reads; empty where there is no manifest."""

    @classmethod
    def read(cls, path: Place) -> Manifest:
        """The manifest in a file; an empty one where there is none.

        One that cannot be read, or is of another format, is passed over with a warning; so is
        each field that makes no sense.

        Raises:
            SourceError: a newer vidclf wrote the table.
        """
        document = _document(path)
        _check_table_format(path, document)
        if (written := document.get("format", MANIFEST_FORMAT)) != MANIFEST_FORMAT:
            logger.warning(
                "%s is a manifest of format %s, and this vidclf reads %d: it is passed over; use "
                "the vidclf that wrote it, or a newer one",
                *(path, reprlib.repr(written), MANIFEST_FORMAT),
            )
            return cls()
        fields = JsonFields(values=document)
        manifest = cls._of(fields)
        for fault in fields.faults:
            logger.warning(
                "%s: %s; it is passed over: write it as the run did, or take it out", path, fault
            )
        return manifest

    @classmethod
    def of_run(cls, values: Mapping[str, Any]) -> Manifest:
        """The manifest of a run, from all that is known of it.

        Args:
            values: key → value, in the order of docs/tables.md. Paths and fractions are written as
                text (`30000/1001`), numpy's numbers as plain ones.

        Raises:
            TypeError: a value that JSON cannot hold.
        """
        return cls._plain({"format": MANIFEST_FORMAT, "table_format": TABLE_FORMAT, **values})

    def with_smoothing(
        self,
        step: Mapping[str, Any],
        *,
        video: str,
        outputs: Mapping[str, Place],
        output_digests: Mapping[str, str],
    ) -> Manifest:
        """The manifest of a table that was smoothed: that of its run, and what was done.

        Args:
            step: what was done to which table.
            video: the clip's name, for a table whose run is not known.
            outputs: kind → file, of what was written.
            output_digests: kind → digest of each of them but the manifest.
        """
        written = {"outputs": outputs, "output_digests": output_digests}
        run = self.document or {"table_format": TABLE_FORMAT, "video": video}
        steps = [*self.smoothing, step]
        return self._plain({**run, **written, "smoothing": steps})

    def write(self, path: Path) -> None:
        """Write it as UTF-8 JSON, its keys in the order in which they were given.

        Raises:
            OutputError: the file cannot be written.
        """
        text = _json(self.document).encode("utf-8", "backslashreplace").decode()
        # so half a surrogate pair, which UTF-8 lacks, is written as JSON's own escape
        write_text(path, text + "\n")

    @property
    def has_settings(self) -> bool:
        """Whether it tells the run's settings at all."""
        return isinstance(self.document.get("settings"), Mapping)

    @property
    def smoothing_methods(self) -> Sequence[str]:
        """By which methods the table was smoothed after its run, in order."""
        return [str(step.get("method")) for step in self.smoothing]

    @classmethod
    def _plain(cls, values: Mapping[str, Any]) -> Manifest:
        return cls._of(JsonFields(values=json.loads(_json(values))))

    @classmethod
    def _of(cls, fields: JsonFields) -> Manifest:
        return cls(
            video=fields.text("video"),
            source=fields.text("source"),
            clip=ManifestClip.of(fields.part("clip")),
            clip_digest=fields.text("clip_digest"),
            frames_read=fields.whole_number("frames_read"),
            end_seconds=fields.number("end_seconds"),
            seconds=fields.number("seconds"),
            frames_per_second=fields.number("frames_per_second"),
            runtime=fields.text("runtime"),
            precision=ManifestPrecision.of(fields.part("precision")),
            model=ManifestModel.of(fields.part("model")),
            settings=ManifestSettings.of(fields.part("settings")),
            annotated_video=fields.part("outputs").text("video"),
            output_digests=fields.texts_by_name("output_digests") or {},
            vidclf_version=fields.part("versions").text("vidclf"),
            notes=fields.texts("notes") or (),
            warnings=fields.texts("warnings") or (),
            smoothing=fields.objects("smoothing"),
            document=fields.values,
        )


def _document(path: Place) -> Mapping[str, Any]:
    """The JSON object in a file; empty, with a warning, where it is no right one."""
    try:
        if isinstance(path, RemotePath) and not is_there(path):
            return {}
        text = local_file(path).read_text(encoding="utf-8")
        document = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except FileNotFoundError:
        return {}
    except SourceError as exc:  # where one file may be read, those beside it may not
        say = logger.info if isinstance(path, RemotePath) and path.is_web else logger.warning
        say("the manifest %s cannot be read and is passed over: %s", path, exc)
        return {}
    except (OSError, ValueError, RecursionError) as exc:
        logger.warning("the manifest %s cannot be read (%s) and is passed over", path, exc)
        return {}
    if not isinstance(document, dict):
        logger.warning("%s is no manifest and is passed over", path)
        return {}
    return document


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    """A number, but none that is read as infinity (`1e999`), which could not be written again."""
    if isinf(number := float(text)):
        raise ValueError(f"{reprlib.repr(text)} is too large a number")
    return number


def _check_table_format(path: Place, document: Mapping[str, Any]) -> None:
    if (written := document.get("table_format", TABLE_FORMAT)) != TABLE_FORMAT:
        raise SourceError(
            f"{path} says that the table's format is {reprlib.repr(written)}, and this vidclf "
            f"reads {TABLE_FORMAT}: use the vidclf that wrote it, or a newer one"
        )


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False, default=_plain_value)


def _plain_value(value: object) -> object:
    if isinstance(value, Path | RemotePath | Fraction):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a manifest cannot hold {value!r}, a {type(value).__name__}")
