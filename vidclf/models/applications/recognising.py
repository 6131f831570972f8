"""Recognise networks of `keras.applications` inside other models by the names of their layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vidclf.models.applications.table import APPLICATIONS, Application, Family

_Candidates = tuple[Family, set[str]]
"""A family, and the names of those of its networks that what was seen fits."""
_COPY_NUMBERS = r"(?:_\d+){0,2}"
"""What Keras and then TensorFlow add to a name that is taken already: `rescaling_1_1`."""
_TF_SLIM = r"MobilenetV[123]"
"""TF-Slim's networks on TensorFlow Hub: they name layers as Keras does, and scale differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network of `keras.applications` that was found inside a model."""

    name: str
    """Its name, such as `MobileNetV2`; or its family, where members cannot be told apart."""
    scaling: str | None
    """How its input is scaled, by a name of `vidclf.core.preprocessing.SCALINGS`; None where names
    do not show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """One of the ways in which the layers of a family are named."""

    family: Family
    """Whose layers they are."""
    block_layer: str
    """Pattern of a layer that each block has once, as `Family.block_layer`."""
    foreign_layer: str
    """Pattern of a layer that shows that it is a relative, as `Family.foreign_layer`."""
    stages: dict[str, tuple[int, ...]]
    """How many blocks each stage has, of each network that is named so."""


def recognise(names: Iterable[str]) -> Backbone | None:
    """Find the network of `keras.applications` that a model is built on.

    Give all names: those of the layers within nested models, too, or else of no such layer. A
    backbone whose top was cut off is recognised while its first blocks (`Family.least_blocks`, some
    three to ten) are there: every stage but the last one seen must have as many blocks as the
    network has. The name of a nested model alone is believed only where no layers of any
    backbone's inside are given; elsewhere one of its layers must be there as well.

    Networks that bring their scaling along (EfficientNet, MobileNetV3, ConvNeXt) want 0 to 255,
    `none`; that they do must show in a `Rescaling` layer (ConvNeXt: a normalisation of its own),
    as all of them exist without it, in other versions or by an option.

    Args:
        names: of layers and nested models, or paths of them with slashes, as graphs have.

    Returns:
        None where nothing is certain, and where there are two different ones.
    """
    text = "\n".join(names)
    if _has_layer(_TF_SLIM, text):
        return None
    candidates = [*_candidates_by_layers(text), *_candidates_by_model_names(text)]
    families = {family for family, _ in candidates}
    members = set.intersection(*(fitting for _, fitting in candidates)) if candidates else set()
    if len(families) != 1 or not members:
        return None
    family = families.pop()
    scaling_shows = not family.scaling_layer or _has_layer(family.scaling_layer, text)
    return Backbone(
        name=members.pop() if len(members) == 1 else family.name,
        scaling=family.scaling if scaling_shows else None,
    )


def names_in_bytes(content: bytes) -> list[str]:
    """Find what could be names in a TFLite file or `saved_model.pb`; both write them as they are.

    OpenVINO 2026.4 gives the operations of both new names, such as `Convolution_2172`.
    """
    return [name.decode() for name in re.findall(rb"[\w./:;-]{5,}", content)]


def _candidates_by_layers(text: str) -> Iterator[_Candidates]:
    """Find the networks whose blocks the names of single layers show."""
    for naming in _NAMINGS:
        family, blocks = naming.family, _blocks(naming, text)
        is_foreign = naming.foreign_layer and _has_layer(naming.foreign_layer, text)
        if len(blocks) < family.least_blocks or is_foreign:
            continue
        depths = _depths(blocks)
        fitting = {name for name, whole in naming.stages.items() if _is_beginning(depths, whole)}
        fitting = {name for name in fitting if depths == naming.stages[name]} or fitting
        certain = {name for name in naming.stages if _has_own_layer(name, text)}
        if fitting := fitting & (certain or fitting):
            yield family, fitting


def _candidates_by_model_names(text: str) -> Iterator[_Candidates]:
    """Find the networks that whole models are named after, unless layers contradict the names."""
    parts = set(re.split(r"[/:;\n]", text))
    models = [
        (part, naming, match["plain"])
        for part in parts
        for naming in _NAMINGS
        if (match := re.fullmatch(rf"(?P<plain>{naming.family.model_name}){_COPY_NUMBERS}", part))
    ]
    layers = parts - {part for part, _, _ in models}
    layers_are_given = any(re.search(r"conv|bn|batch_norm|block", layer) for layer in layers)
    for _, naming, model in models:
        depths = _depths(_blocks(naming, text))
        fitting = _members_called(naming.family, model) & naming.stages.keys()
        if layers_are_given:
            fitting = {name for name in fitting if _is_part(depths, naming.stages[name])}
        if fitting:
            yield naming.family, fitting


def _members_called(family: Family, model: str) -> set[str]:
    """Return the networks that a model's name means: `mobilenetv2_1.00_224` is MobileNetV2's."""
    members = {name for name, application in _BY_NAME.items() if application.family == family}
    plain = re.sub(r"_\d\.\d\d_\w+|[-_]", "", model.lower())
    return {name for name in members if name.lower() == plain} or members


def _blocks(naming: _Naming, text: str) -> set[tuple[int, int]]:
    """Find (stage, block) of each block that is there, both counted from 0."""
    family = naming.family
    return {
        (
            int(match.groupdict().get("stage") or family.first_stage) - family.first_stage,
            _block_number(match["block"]) - family.first_block,
        )
        for match in re.finditer(_layer_pattern(naming.block_layer), text)
    }


def _block_number(block: str) -> int:
    """Read a block's number: `7` → 7; letters count from 1: `c` → 3; `b22`, of relatives, → 23."""
    if block.isdecimal():
        return int(block)
    return int(block[1:]) + 1 if block[1:] else ord(block) - ord("a") + 1


def _depths(blocks: set[tuple[int, int]]) -> tuple[int, ...]:
    """Count the blocks of each stage, up to the last stage that was seen."""
    count = max((stage for stage, _ in blocks), default=-1) + 1
    return tuple(
        1 + max((block for place, block in blocks if place == stage), default=-1)
        for stage in range(count)
    )


def _is_beginning(depths: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Return whether a network of such depths is the whole one, or has lost its end."""
    return whole[: len(depths) - 1] == depths[:-1] and _is_part(depths, whole)


def _is_part(depths: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Return whether something was seen, and nothing that the whole network does not have."""
    return 0 < len(depths) <= len(whole) and all(map(int.__le__, depths, whole))


def _has_own_layer(name: str, text: str) -> bool:
    """Return whether a layer is there that only this network of its family has."""
    own_layer = _BY_NAME[name].own_layer
    return own_layer != "" and _has_layer(own_layer, text)


def _has_layer(layer: str, text: str) -> bool:
    return re.search(_layer_pattern(layer), text) is not None


def _layer_pattern(layer: str) -> str:
    """Make the pattern of a layer as a whole step of a path, perhaps one of several copies."""
    return rf"(?m)(?:^|(?<=[/:;]))(?:{layer}){_COPY_NUMBERS}(?=$|[/:;])"


def _namings() -> Iterator[_Naming]:
    """Put together how Keras names layers today, and how it did in earlier versions."""
    for family in dict.fromkeys(application.family for application in APPLICATIONS):
        yield _Naming(
            family=family,
            block_layer=family.block_layer,
            foreign_layer=family.foreign_layer,
            stages={a.name: a.stages for a in APPLICATIONS if a.family == family},
        )
    for application in APPLICATIONS:
        if application.older_block_layer:
            yield _Naming(
                family=application.family,
                block_layer=application.older_block_layer,
                foreign_layer="",
                stages={application.name: application.stages},
            )


_BY_NAME: dict[str, Application] = {application.name: application for application in APPLICATIONS}
_NAMINGS = tuple(_namings())
