"""Networks of `keras.applications` inside other models, recognised by the names of their layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vidclf.models.applications.table import FAMILIES, Family

_Evidence = tuple[Family, set[str]]
"""A family, and those of its members that what was seen fits."""
_COPY = r"(?:_\d+){0,2}"
"""What Keras and then TensorFlow add to a name that is taken already: `rescaling_1_1`."""
_SLIM = r"MobilenetV[123]"
"""TF-Slim's, as TensorFlow Hub has them: they name layers like Keras, and scale differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network of `keras.applications` that was found inside a model."""

    name: str
    """Its name, such as `MobileNetV2`; or its family, where members cannot be told apart."""
    scaling: str | None
    """How its input is scaled, by a name of `vidclf.core.preprocessing.SCALINGS`; None where names
    do not tell."""


def recognise(names: Iterable[str]) -> Backbone | None:
    """Find the network of `keras.applications` that a model is built on.

    Give all names: those of the layers within nested models, too, or else of no such layer. A
    backbone whose top was cut off is recognised while its first blocks (`Family.least`, some
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
    if _has(_SLIM, text):
        return None
    found = [*_by_layers(text), *_by_model(text)]
    families = {family.name: family for family, _ in found}
    members = set.intersection(*(seen for _, seen in found)) if found else set()
    if len(families) != 1 or not members:
        return None
    ((name, family),) = families.items()
    is_known = not family.scales_itself or _has(family.scales_itself, text)
    return Backbone(
        name=members.pop() if len(members) == 1 else name,
        scaling=family.scaling if is_known else None,
    )


def names_in(content: bytes) -> list[str]:
    """What could be names in a TFLite file or a `saved_model.pb`; both write them as they are.

    OpenVINO 2026.4 gives the operations of both new names, such as `Convolution_2172`.
    """
    return [name.decode() for name in re.findall(rb"[\w./:;-]{5,}", content)]


def _by_layers(text: str) -> Iterator[_Evidence]:
    """What the names of single layers say."""
    for family in FAMILIES:
        blocks = _blocks(family, text)
        if len(blocks) < family.least or (family.never and _has(family.never, text)):
            continue
        depths = _depths(family, blocks)
        fitting = {name for name, whole in family.members.items() if _is_start(depths, whole)}
        fitting = {name for name in fitting if depths == list(family.members[name])} or fitting
        told = {name for name, layer in family.tells.items() if _has(layer, text)}
        if fitting := fitting & (told or fitting):
            yield family, fitting


def _by_model(text: str) -> Iterator[_Evidence]:
    """What the names of whole models say, unless their layers are shown and belie them."""
    parts = set(re.split(r"[/:;\n]", text))
    models = [
        (part, family, match["own"])
        for part in parts
        for family in FAMILIES
        if (match := re.fullmatch(rf"(?P<own>{family.model}){_COPY}", part))
    ]
    layers = parts - {part for part, _, _ in models}
    is_shown = any(re.search(r"conv|bn|batch_norm|block", layer) for layer in layers)
    for _, family, own in models:
        depths = _depths(family, _blocks(family, text))
        fitting = _called(family, own)
        if is_shown:
            fitting = {name for name in fitting if _is_part(depths, family.members[name])}
        if fitting:
            yield family, fitting


def _called(family: Family, model: str) -> set[str]:
    """The members that a model's name means: `mobilenetv2_1.00_224` is MobileNetV2's."""
    plain = re.sub(r"_\d\.\d\d_\w+|[-_]", "", model.lower())
    return {name for name in family.members if name.lower() == plain} or set(family.members)


def _blocks(family: Family, text: str) -> set[tuple[int, int]]:
    """(stage, block) of each block that is there, both counted from 0."""
    return {
        (
            int(match.groupdict().get("stage") or family.first_stage) - family.first_stage,
            _number(match["block"]) - family.first_block,
        )
        for match in re.finditer(_whole(family.layer), text)
    }


def _number(block: str) -> int:
    """`7` → 7; letters count from 1: `c` → 3; `b22`, of bigger relatives, → 23."""
    if block.isdecimal():
        return int(block)
    return int(block[1:]) + 1 if block[1:] else ord(block) - ord("a") + 1


def _depths(family: Family, blocks: set[tuple[int, int]]) -> list[int]:
    """How many blocks each stage has, up to the last stage that was seen."""
    stages = max((stage for stage, _ in blocks), default=-1) + 1
    return [1 + max((b for s, b in blocks if s == stage), default=-1) for stage in range(stages)]


def _is_start(depths: list[int], whole: tuple[int, ...]) -> bool:
    """Whether a network of such depths is the whole one, or has lost its end."""
    return list(whole[: len(depths) - 1]) == depths[:-1] and _is_part(depths, whole)


def _is_part(depths: list[int], whole: tuple[int, ...]) -> bool:
    """Whether something was seen, and nothing that the whole network does not have."""
    return 0 < len(depths) <= len(whole) and all(map(int.__le__, depths, whole))


def _has(layer: str, text: str) -> bool:
    return re.search(_whole(layer), text) is not None


def _whole(layer: str) -> str:
    """The pattern of a layer as a whole step of a path, perhaps one of several copies."""
    return rf"(?m)(?:^|(?<=[/:;]))(?:{layer}){_COPY}(?=$|[/:;])"
