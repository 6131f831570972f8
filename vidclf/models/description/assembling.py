"""A model's description, put together from its file, what lies beside it and what the user says."""

from __future__ import annotations

from vidclf.core.preprocessing import Resize, Scaling
from vidclf.core.run_warnings import get_logger
from vidclf.errors import UsageError
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.description.input import describe_input
from vidclf.models.description.output import describe_output
from vidclf.models.info import ModelInfo

logger = get_logger(__name__)


def describe(evidence: ModelEvidence) -> ModelInfo:
    """Put a description together, with the evidence for each part of it.

    Raises:
        ModelError: the model takes or gives what vidclf has no use for, or what is said of it
            does not fit together.
    """
    file, facts, sidecar = evidence.file, evidence.facts, evidence.sidecar
    taken, given = describe_input(evidence), describe_output(evidence)
    scaling, scaling_evidence = _scaling(evidence)
    resize, resize_evidence = _resize(evidence)
    origins = {
        "loader": facts.loader,
        "signature": facts.signature,
        "backbone": facts.backbone,
        "preprocessing": scaling_evidence,
        "resize": resize_evidence,
        "head": given.head_evidence,
        "labels": given.labels_evidence,
    }
    return ModelInfo(
        name=sidecar.name or file.name,
        path=str(file.path),
        digest=file.digest,
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
        evidence={name: text for name, text in origins.items() if text},
    )


def _scaling(evidence: ModelEvidence) -> tuple[Scaling | None, str]:
    """How the input is scaled and who says so; None where nobody does."""
    file, facts = evidence.file, evidence.facts
    if evidence.settings.preprocess != "auto":
        given = Scaling.parse(evidence.settings.preprocess)
        _check_whole(evidence, given)
        _warn_of_another(evidence, given)
        return given, "given by --preprocess"
    if evidence.sidecar.preprocessing:
        return evidence.sidecar.preprocessing, evidence.sidecar.file
    if facts.scaling:
        return Scaling.parse(facts.scaling), facts.scaling_evidence
    if file.application:
        return Scaling.parse(file.application.scaling), file.application.module
    if facts.backbone_scaling:
        _warn_of_habit(evidence, facts.backbone_scaling)
        return Scaling.parse(
            facts.backbone_scaling
        ), f"as keras.applications feeds {facts.backbone}"
    return None, facts.scaling_evidence or "nothing tells: say so with --preprocess"


def _check_whole(evidence: ModelEvidence, given: Scaling) -> None:
    """Refuse fractions for an input of whole numbers."""
    dtype = evidence.facts.dtype
    if "int" in dtype and given.name != "none":
        raise UsageError(
            f"{evidence.file.path} takes whole numbers ({dtype}), and --preprocess {given.name} "
            "gives fractions: leave it out, or give none"
        )


def _warn_of_another(evidence: ModelEvidence, given: Scaling) -> None:
    facts = evidence.facts
    if facts.scaling in (None, given.name):
        return
    known = "scales its input itself" if facts.scaling == "none" else f"wants {facts.scaling}"
    does = "does it once more" if facts.scaling == "none" else "feeds it otherwise"
    logger.warning(
        "%s %s (%s); --preprocess %s %s",
        *(evidence.file.path, known, facts.scaling_evidence, given.name, does),
    )


def _warn_of_habit(evidence: ModelEvidence, scaling: str) -> None:
    logger.warning(
        "%s holds %s, so it is fed as keras.applications feeds that (--preprocess %s); if it was "
        "trained otherwise, say how, as with --preprocess 0-1",
        evidence.file.path,
        evidence.facts.backbone,
        scaling,
    )


def _resize(evidence: ModelEvidence) -> tuple[Resize, str]:
    if evidence.settings.resize:
        return Resize.parse(evidence.settings.resize), "given by --resize"
    if evidence.sidecar.resize:
        return evidence.sidecar.resize, evidence.sidecar.file
    return Resize(), "default, as Keras reads folders of pictures"
