"""Put a model's description together: each part of it from the source that overrules the others."""

from __future__ import annotations

from vidclf.core.preprocessing import BLUE_FIRST, Crop, Resize, Scaling
from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError, UsageError
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.description.input import Input, describe_input
from vidclf.models.description.output import describe_output
from vidclf.models.info import ModelFacts, ModelInfo

logger = get_logger(__name__)


def describe(evidence: ModelEvidence) -> ModelInfo:
    """Put a description together, with the evidence for each part of it.

    Raises:
        ModelError: vidclf cannot use the model's input or output, or the sources contradict one
            another.
    """
    file, facts, sidecar = evidence.file, evidence.facts, evidence.sidecar
    model_input, output = describe_input(evidence), describe_output(evidence)
    scaling, scaling_evidence = _scaling(evidence)
    _check_colors(evidence, scaling, model_input)
    crop, crop_evidence = _crop(evidence)
    resize, resize_evidence = _resize(evidence)
    origins = {
        "loader": facts.loader,
        "signature": facts.signature,
        "backbone": facts.backbone,
        "preprocessing": scaling_evidence,
        "crop": crop_evidence,
        "resize": resize_evidence,
        "head": output.head_evidence,
        "labels": output.labels_evidence,
        "batch": "one at a time, as answers depend on the batch" if facts.depends_on_batch else "",
    }
    return ModelInfo(
        name=sidecar.name or file.name,
        path=file.shown,
        digest=file.digest,
        in_memory=file.in_memory,
        labels=output.labels,
        input_size=model_input.size,
        channels=model_input.channels,
        layout=model_input.layout,
        window=model_input.window,
        dtype=facts.dtype,
        preprocessing=scaling,
        crop=crop,
        usual_preprocessing=_usual_scaling(facts) if scaling is None else None,
        resize=resize,
        head=output.head,
        head_is_known=output.head_is_known,
        activation=facts.activation,
        thresholds=output.thresholds,
        units=output.units,
        ranges=output.ranges,
        training=sidecar.training,
        assumptions=output.assumptions,
        fixed_batch=_fixed_batch(evidence),
        evidence={name: text for name, text in origins.items() if text},
    )


def _scaling(evidence: ModelEvidence) -> tuple[Scaling | None, str]:
    """Choose the scaling of the input, with its evidence; None where it is not known."""
    file, facts = evidence.file, evidence.facts
    if evidence.settings.preprocess != "auto":
        scaling = Scaling.parse(evidence.settings.preprocess)
        _check_given_scaling(evidence, scaling, "--preprocess")
        return scaling, "given by --preprocess"
    if evidence.sidecar.preprocessing:
        _check_given_scaling(evidence, evidence.sidecar.preprocessing, evidence.sidecar.file)
        return evidence.sidecar.preprocessing, evidence.sidecar.file
    if facts.scaling:
        return Scaling.parse(facts.scaling), facts.scaling_evidence
    if file.application:
        return Scaling.parse(file.application.scaling), file.application.module
    if facts.scaling_evidence:
        return None, facts.scaling_evidence
    if facts.backbone_scaling:
        return (
            None,
            f"not known; keras.applications feeds {facts.backbone} {facts.backbone_scaling}",
        )
    return None, "nothing tells: say so with --preprocess"


def _usual_scaling(facts: ModelFacts) -> Scaling | None:
    """Return how the backbone inside is fed by `keras.applications`: a habit, which proves nothing.

    Many courses train heads on MobileNetV2 or VGG16 with `rescale=1/255`.
    """
    return Scaling.parse(facts.backbone_scaling) if facts.backbone_scaling else None


def _fixed_batch(evidence: ModelEvidence) -> int | None:
    """Return the only batch length that a network may be given."""
    if not evidence.facts.depends_on_batch:
        return evidence.facts.fixed_batch
    logger.warning(
        "%s answers otherwise for a picture when others are in its batch (a BatchNormalization is "
        "called for training, or numbers are divided by the largest of all): it is shown one "
        "at a time",
        evidence.file.shown,
    )
    return 1


def _check_given_scaling(evidence: ModelEvidence, scaling: Scaling, source: str) -> None:
    """Refuse a scaling to fractions for an input of whole numbers; warn of a contradiction."""
    dtype = evidence.facts.dtype
    if "int" in dtype and scaling.changes_numbers:
        error_type = UsageError if source.startswith("--") else ModelError
        raise error_type(
            f"{evidence.file.shown} takes whole numbers ({dtype}), and {source} {scaling.name} "
            "gives fractions: leave it out, or give none"
        )
    _warn_of_contradiction(evidence, scaling, source)


def _check_colors(evidence: ModelEvidence, scaling: Scaling | None, model_input: Input) -> None:
    """Refuse an order of the colours for an input that has none."""
    if scaling and scaling.name.startswith(BLUE_FIRST) and model_input.channels == 1:
        error_type = UsageError if evidence.settings.preprocess != "auto" else ModelError
        raise error_type(
            f"{evidence.file.shown} takes grey pictures, which have no order of colours: give "
            f"{scaling.name_of_numbers} instead of {scaling.name}"
        )


def _warn_of_contradiction(evidence: ModelEvidence, scaling: Scaling, source: str) -> None:
    """Warn that the network shows that it expects another scaling than is given."""
    facts = evidence.facts
    if facts.scaling in (None, scaling.name_of_numbers):
        return
    expected = "scales its input itself" if facts.scaling == "none" else f"wants {facts.scaling}"
    effect = "does it once more" if facts.scaling == "none" else "feeds it otherwise"
    logger.warning(
        "%s %s (%s); %s %s %s",
        *(evidence.file.shown, expected, facts.scaling_evidence, source, scaling.name, effect),
    )


def _crop(evidence: ModelEvidence) -> tuple[Crop | None, str]:
    if evidence.settings.crop:
        return Crop.parse(evidence.settings.crop), "given by --crop"
    return evidence.sidecar.crop, evidence.sidecar.file if evidence.sidecar.crop else ""


def _resize(evidence: ModelEvidence) -> tuple[Resize, str]:
    if evidence.settings.resize:
        return Resize.parse(evidence.settings.resize), "given by --resize"
    if evidence.sidecar.resize:
        return evidence.sidecar.resize, evidence.sidecar.file
    return Resize(), "default, as Keras reads folders of pictures"
