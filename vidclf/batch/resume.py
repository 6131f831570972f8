"""What an earlier run left of a clip: whether it is whole, and made in the same way.

The manifest tells: of which clip (by digest), by which model, with which settings the outputs were
made, and what they were like. It appears first and its outputs after it (`files/staging.py`), so
that an output which is named there and missing is one that a run which was stopped still owes. In a
bucket it appears last, and what a run owes stands in the pending one
(`files/publishing_elsewhere.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from vidclf.batch.earlier_files import EarlierFiles, earlier_files
from vidclf.errors import OutputExistsError, SourceError
from vidclf.files.manifest import MANIFEST_FORMAT, TABLE_FORMAT, Manifest
from vidclf.files.places import Place, output_place
from vidclf.models.info import ModelInfo
from vidclf.pipeline.job import ClipJob, KeptOutput
from vidclf.pipeline.summary import model_record, place_text, settings_record
from vidclf.settings import Settings
from vidclf.settings.keywords import DrawingOptions, ModelOptions
from vidclf.sinks import PICTURE_SINKS
from vidclf.sources.stamp import clip_stamp

State = Literal["absent", "whole", "incomplete", "different", "foreign"]
"""Nothing is there; all is, made in this way; some of it is; it was made otherwise; something is
there of which no manifest tells."""

_OF_NO_CONSEQUENCE = {"model", "batch_size", "video", "gif", "parquet", "overwrite", "update"}
"""Settings that change no file's content, or that other fields tell of."""
_OF_THE_MODEL = set(ModelOptions.__annotations__)
"""Settings that the model's description is made of, which is compared instead."""
_OF_PICTURES = set(DrawingOptions.__annotations__)
_FOR_PEOPLE = {"name", "path", "evidence", "in_memory"}
"""What a model's description holds beside what its answers depend on."""
_MOST_NAMED = 3
_LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier run left of a clip."""

    state: State
    """How it stands to what is asked for."""
    reason: str = ""
    """What is `different` or `foreign`, in words."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What its manifest holds; empty without one."""
    pending: Place | None = None
    """A hidden record that a run left which was ended in a bucket; the next one removes it."""

    @property
    def complaint(self) -> str:
        """What is said of it where it stays as it is, behind the clip's name."""
        if self.state == "foreign":
            return f"{self.reason}: give --overwrite to replace it"
        return (
            f"made otherwise by an earlier run ({self.reason}): --update makes it again, or name "
            "another place with -o"
        )


class LookBack:
    """Looks at what earlier runs left, for clips that are made by one model in one way.

    Args:
        settings: how clips are to be made.
        model: what makes them.
        has_effects: whether MoviePy effects are put on them, which cannot be compared.
    """

    def __init__(self, settings: Settings, model: ModelInfo, *, has_effects: bool = False) -> None:
        asked = Manifest.of_run(
            {"settings": settings_record(settings, model), "model": model_record(model)}
        ).document
        self._settings: Mapping[str, Any] = asked["settings"]
        self._model: Mapping[str, Any] = asked["model"]
        self._open_questions = set(model.questions)
        self._overwrite, self._update = settings.overwrite, settings.update
        self._has_effects = has_effects
        self._has_segments = model.head != "regression"

    def at(self, job: ClipJob, files: EarlierFiles | None = None) -> Earlier:
        """What is there of a clip.

        Args:
            job: the clip.
            files: what was found of many clips; None to look for those of this one now.

        Raises:
            StorageError: a bucket cannot be looked into.
        """
        files = files or earlier_files(job)
        path = job.outputs["manifest"]
        pending = files.pending(path)
        try:
            text = files.content(path)
        except (PermissionError, IsADirectoryError) as exc:
            return Earlier(state="foreign", reason=f"{path} cannot be read ({exc.strerror})")
        except OSError:  # it is not there, or cannot be: making it tells why
            if pending is None:
                return self._without_manifest(job, files)
            path, text = pending, files.content(pending)
        earlier = self._of_manifest(job, files, path, text)
        return earlier if pending is None else replace(earlier, pending=pending)

    def _of_manifest(self, job: ClipJob, files: EarlierFiles, path: Place, text: bytes) -> Earlier:
        if not text:  # the machine went off before the disk had it
            return Earlier(state="incomplete")
        try:
            document = json.loads(text)
            made_otherwise = ", ".join(list(self._differences(job, document))[:_MOST_NAMED])
            if path != job.outputs["manifest"]:  # pending: outputs may be those it was to replace
                complete = Earlier(state="incomplete", manifest=document)
            else:
                complete = self._completeness(job, files, document)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return Earlier(state="foreign", reason=f"{path} is no manifest of this format")
        if made_otherwise:
            return Earlier(state="different", reason=made_otherwise, manifest=document)
        return complete

    def job_to_make(self, job: ClipJob, earlier: Earlier) -> ClipJob | None:
        """The clip with what stays beside it; None where it is not to be made."""
        if earlier.state == "absent":
            return job
        return replace(job, kept=self._kept(job, earlier)) if self._may_replace(earlier) else None

    def may_replace(self, job: ClipJob) -> bool:
        """Whether what is there of a clip may be replaced, as it is now."""
        return self._may_replace(self.at(job))

    def _may_replace(self, earlier: Earlier) -> bool:
        if self._update and earlier.state == "different":
            return True
        return self._overwrite or earlier.state == "incomplete"

    def _kept(self, job: ClipJob, earlier: Earlier) -> dict[str, KeptOutput]:
        """Outputs of other kinds than are made now, which stay beside them."""
        if earlier.state not in ("whole", "incomplete"):
            return {}
        outputs: Mapping[str, str] = earlier.manifest.get("outputs", {})
        digests: Mapping[str, str] = earlier.manifest.get("output_digests", {})
        others = {kind: path for kind, path in outputs.items() if kind not in job.outputs}
        if not others:
            return {}
        files = earlier_files(job)
        return {
            kind: KeptOutput(path=path, digest=digests.get(kind, ""))
            for kind, path in others.items()
            if files.has_content(output_place(path))
        }

    def _without_manifest(self, job: ClipJob, files: EarlierFiles) -> Earlier:
        for path in [*self._wanted(job).values(), job.outputs["manifest"]]:
            if files.exists(path):
                reason = f"{path} exists already, and no manifest says what it is"
                return Earlier(state="foreign", reason=reason)
        return Earlier(state="absent")

    def _wanted(self, job: ClipJob) -> dict[str, Place]:
        """The outputs that are made of it, but for the manifest; a regression has no segments."""
        not_wanted = {"manifest"} if self._has_segments else {"manifest", "segments"}
        return {kind: path for kind, path in job.outputs.items() if kind not in not_wanted}

    def _completeness(
        self, job: ClipJob, files: EarlierFiles, document: Mapping[str, Any]
    ) -> Earlier:
        wanted, made = self._wanted(job), document["outputs"].keys()
        missing = [
            kind for kind, path in wanted.items()
            if kind not in made or not files.has_content(path)
        ]  # fmt: skip
        if not missing:
            _check_what_is_told(document)
            return Earlier(state="whole", manifest=document)
        digests = document.get("output_digests", {})
        for kind, path in wanted.items():
            if kind not in missing and files.digest(path) != digests.get(kind):
                reason = f"{path} was changed since its run, and {wanted[missing[0]]} is missing"
                return Earlier(state="different", reason=reason, manifest=document)
        return Earlier(state="incomplete", manifest=document)

    def _differences(self, job: ClipJob, document: Mapping[str, Any]) -> Iterator[str]:
        """In which ways the outputs are not what would be made now."""
        for name, known in (("format", MANIFEST_FORMAT), ("table_format", TABLE_FORMAT)):
            if document[name] != known:
                yield f"another vidclf wrote it (its {name} is {document[name]}, here {known})"
        if document["video"] != job.name:
            yield f"the clip was called {document['video']}"
        if (told := document.get("columns", {})) != (tells := job.columns.by_name):
            yield f"its row in the list {_changed_cell(told, tells)}"
        if document.get("effects") or self._has_effects:
            yield "MoviePy effects are put on it, which cannot be compared"
        if _is_another_clip(job, document):
            yield "the clip is another file now, or was written to"
        yield from self._differences_of_model(document["model"])
        yield from self._differences_of_settings(job, self._settings_made(document))

    def _differences_of_model(self, made: Mapping[str, Any]) -> Iterator[str]:
        if made["digest"] != self._model["digest"]:
            yield f"the model was {made['name']} ({made['digest'][:8]}), is " + (
                f"{self._model['name']} ({self._model['digest'][:8]})"
            )
            return
        for name, value in self._model.items():
            if name in _FOR_PEOPLE or name in self._open_questions or name not in made:
                continue
            if made[name] != value:
                what = "labels" if name == "labels_digest" else name.replace("_", " ")
                yield f"the model's {what} {_change(made[name], value)}"

    def _settings_made(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings of its run; where its CPU lacked a precision, what it was made in counts."""
        made = {"precision": "f32", **document["settings"]}  # older manifests do not tell it
        used = document.get("precision", {}).get("used")
        return {**made, "precision": used} if used == self._settings["precision"] else made

    def _differences_of_settings(self, job: ClipJob, made: Mapping[str, Any]) -> Iterator[str]:
        passed_over = _OF_NO_CONSEQUENCE | _OF_THE_MODEL
        if not job.outputs.keys() & PICTURE_SINKS.keys():
            passed_over = passed_over | _OF_PICTURES
        own = {"start": job.start, "end": job.end}
        own_texts = {name: place_text(place) for name, place in own.items() if place is not None}
        for name, value in {**self._settings, **own_texts}.items():
            if name in passed_over or name not in made:
                continue
            if name.startswith("gif_") and "gif" not in job.outputs:
                continue
            if made[name] != value:
                yield f"--{name.replace('_', '-')} {_change(made[name], value)}"


def refusal(job: ClipJob, earlier: Earlier) -> OutputExistsError:
    """The error of a clip whose files are there, and not as they are asked for."""
    return OutputExistsError(f"{job.name}: {earlier.complaint}")


def _is_another_clip(job: ClipJob, document: Mapping[str, Any]) -> bool:
    """Whether a clip is no longer the one of its manifest.

    It is read only where directory or server do not tell that it was never written to since.
    """
    stamp = clip_stamp(job.source)
    if stamp is not None and document.get("clip_stamp") == asdict(stamp):
        return False
    is_remote = job.source.kind == "url"
    if stamp is None and not is_remote:
        return False  # what is not there, its opening tells
    try:
        digest = job.source.digest()
    except SourceError:
        return False  # likewise
    return digest != document["clip_digest"] or (digest is None and not is_remote)


def _check_what_is_told(document: Mapping[str, Any]) -> None:
    """See that an edited manifest still tells what a record takes from it.

    Raises:
        KeyError, TypeError, ValueError: it does not.
    """
    round(document["seconds"], 3), int(document["frames_read"])
    for path in document["outputs"].values():
        os.fspath(path)


def _changed_cell(made: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """`has other columns`, or the first cell that is another: `says site was north, is south`."""
    if list(made) != list(asked):
        return "has other columns"
    name = next(name for name in made if made[name] != asked[name])
    return f"says otherwise: {name} {_change(made[name], asked[name])}"


def _change(made: Any, asked: Any) -> str:
    if max(len(str(made)), len(str(asked))) > _LONGEST_VALUE:
        return "changed"
    return f"was {_value(made)}, is {_value(asked)}"


def _value(value: Any) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
