"""A model's description, put together from its file, what lies beside it and what the user says."""

from __future__ import annotations

import logging

from vidclf.core.preprocessing import Resize, Scaling
from vidclf.errors import UsageError
from vidclf.models.description.evidence import Said
from vidclf.models.description.input import describe_input
from vidclf.models.description.output import describe_output
from vidclf.models.info import ModelInfo

logger = logging.getLogger(__name__)


def describe(said: Said) -> ModelInfo:
    """Put a description together, with the evidence for each part of it.

    Raises:
        ModelError: the model takes or gives what vidclf has no use for, or what is said of it
            does not fit together.
    """
    found, facts, sidecar = said.found, said.facts, said.sidecar
    taken, given = describe_input(said), describe_output(said)
    scaling, scaling_evidence = _scaling(said)
    resize, resize_evidence = _resize(said)
    evidence = {
        "loader": facts.loader,
        "signature": facts.signature,
        "backbone": facts.backbone,
        "preprocessing": scaling_evidence,
        "resize": resize_evidence,
        "head": given.head_evidence,
        "labels": given.labels_evidence,
    }
    return ModelInfo(
        name=sidecar.name or found.name,
        path=str(found.path),
        digest=found.digest,
        labels=given.labels,
        input_size=taken.size,
        channels=taken.channels,
        layout=taken.layout,
        window=taken.window,
        dtype=facts.dtype,
        preprocessing=scaling,
        resize=resize,
        head=given.head,
        activation=facts.activation,
        thresholds=given.thresholds,
        units=given.units,
        ranges=given.ranges,
        fixed_batch=facts.fixed_batch,
        evidence={name: text for name, text in evidence.items() if text},
    )


def _scaling(said: Said) -> tuple[Scaling | None, str]:
    """How the input is scaled and who says so; None where nobody does."""
    found, facts = said.found, said.facts
    if said.settings.preprocess != "auto":
        given = Scaling.parse(said.settings.preprocess)
        _check_whole(said, given)
        _warn_of_another(said, given)
        return given, "given by --preprocess"
    if said.sidecar.preprocessing:
        return said.sidecar.preprocessing, said.sidecar.file
    if facts.scaling:
        return Scaling.parse(facts.scaling), facts.scaling_evidence
    if found.application:
        return Scaling.parse(found.application.scaling), found.application.module
    if facts.backbone_scaling:
        _warn_of_habit(said, facts.backbone_scaling)
        return Scaling.parse(
            facts.backbone_scaling
        ), f"as keras.applications feeds {facts.backbone}"
    return None, facts.scaling_evidence or "nothing tells: say so with --preprocess"


def _check_whole(said: Said, given: Scaling) -> None:
    """Refuse fractions for an input of whole numbers."""
    dtype = said.facts.dtype
    if "int" in dtype and given.name != "none":
        raise UsageError(
            f"{said.found.path} takes whole numbers ({dtype}), and --preprocess {given.name} gives "
            "fractions: leave it out, or give none"
        )


def _warn_of_another(said: Said, given: Scaling) -> None:
    facts = said.facts
    if facts.scaling in (None, given.name):
        return
    known = "scales its input itself" if facts.scaling == "none" else f"wants {facts.scaling}"
    does = "does it once more" if facts.scaling == "none" else "feeds it otherwise"
    logger.warning(
        "%s %s (%s); --preprocess %s %s",
        *(said.found.path, known, facts.scaling_evidence, given.name, does),
    )


def _warn_of_habit(said: Said, scaling: str) -> None:
    logger.warning(
        "%s holds %s, so it is fed as keras.applications feeds that (--preprocess %s); if it was "
        "trained otherwise, say how, as with --preprocess 0-1",
        said.found.path,
        said.facts.backbone,
        scaling,
    )


def _resize(said: Said) -> tuple[Resize, str]:
    if said.settings.resize:
        return Resize.parse(said.settings.resize), "given by --resize"
    if said.sidecar.resize:
        return said.sidecar.resize, said.sidecar.file
    return Resize(), "default, as Keras reads folders of pictures"
