"""From labelled data to what is trained on: samples, their features, and how they look."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vidclf.core.cache import CacheKey, growing_folder
from vidclf.core.frames import Pixels
from vidclf.dataset.examples import Example, LabelledSet
from vidclf.dataset.left_out import BadExample
from vidclf.dataset.near_duplicates import look_of
from vidclf.dataset.samples import PictureRule, Sample, SampleReader
from vidclf.files.places import Place
from vidclf.inference.runtimes.base import Runtime
from vidclf.sources.suffixes import is_video_name
from vidclf.training.augmentation import varied
from vidclf.training.backbone import Backbone
from vidclf.training.feature_store import FILE, FeatureStore, KeptFeatures
from vidclf.training.options import TrainingOptions
from vidclf.training.row_file import DiskRows, RowFile
from vidclf.training.targets import Floats
from vidclf.training.watcher import TrainingWatcher

_FORMAT = 1
_BATCH = 16
_FEW_PICTURES = 300
"""Up to so many, varied copies of each make the head better: by 1 point of accuracy with 10
pictures a class, by 0.5 with 30, by nothing with 100."""
_COPIES = 3
_PICTURES_A_CLIP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """All samples of labelled data, with what was computed of each."""

    samples: Sequence[Sample]
    """The samples, in the order of their examples and times."""
    looks: Floats
    """(N, D) float32, how each looks."""
    features: DiskRows | None
    """(N · K, F) float32: of each picture, then of its varied copies; None without a backbone."""
    rows_each: int
    """K: how many rows of features each picture has."""
    pixels: DiskRows | None
    """(N, h, w, 3) uint8 RGB, on the disk; None where nobody needs them again."""
    bad: Sequence[BadExample]
    """What was left out, as it cannot be read."""


@contextmanager
def collect(
    data: LabelledSet,
    rule: PictureRule,
    backbone: Backbone | None,
    options: TrainingOptions,
    watcher: TrainingWatcher,
) -> Iterator[Collection]:
    """Decode labelled data once, and compute the features that are not kept from an earlier run.

    What is given reads from the disk, until the context ends.

    Raises:
        DataError: too much of it cannot be read, or nothing can.
        OutputError: the disk is full.
    """
    reader = SampleReader(data, rule, most_bad=options.max_bad)
    with ExitStack() as stack:
        collector = _Collector(
            reader,
            keep_pixels=backbone is None or options.fine_tune > 0,
            copies=_copies(data, options),
            flip=options.flip,
            stack=stack,
        )
        watcher.began("pictures", total=len(data.examples), unit="example")
        if backbone is None:
            collector.read_only(watcher)
        else:
            collector.compute(backbone, watcher)
        yield collector.collection()


def _copies(data: LabelledSet, options: TrainingOptions) -> int:
    """How many varied copies of each picture get features of their own."""
    if not options.augment or options.fine_tune:  # fine-tuning varies them anew each time
        return 0
    clips = sum(is_video_name(example.path.name) for example in data.examples)
    pictures = len(data.examples) - clips + clips * _PICTURES_A_CLIP
    return _COPIES if pictures <= _FEW_PICTURES else 0


class _Collector:
    """Reads samples in any order and gives them in that of the data."""

    def __init__(
        self,
        reader: SampleReader,
        *,
        keep_pixels: bool,
        copies: int,
        flip: bool,
        stack: ExitStack,
    ) -> None:
        self._reader = reader
        self._copies, self._flip = copies, flip
        self._samples: list[Sample] = []
        self._looks: list[Floats] = []
        self._features = stack.enter_context(RowFile("float32"))
        self._pixels = stack.enter_context(RowFile("uint8")) if keep_pixels else None
        self._pixel_places: dict[tuple[int, int | None], int] = {}
        self._has_features = False

    def read_only(self, watcher: TrainingWatcher) -> None:
        """Read all pictures, for a network without a backbone."""
        for sample, pixels in self._read(range(len(self._reader.data.examples)), watcher):
            self._samples.append(sample)
            self._looks.append(look_of(pixels))

    def compute(self, backbone: Backbone, watcher: TrainingWatcher) -> None:
        """Compute the features of what no earlier run has computed."""
        self._has_features = True
        folder = growing_folder(self._cache_key(backbone))
        with FeatureStore(folder / FILE) as store:
            unknown = self._take_kept(store)
            missing = list(unknown)
            if self._pixels is not None:
                missing = list(range(len(self._reader.data.examples)))
            else:
                watcher.advanced(len(self._reader.data.examples) - len(missing))
            computed = _Computed(store, unknown, self._add)
            runtime = _LazyRuntime(backbone)
            wanted = (each for each in self._read(missing, watcher) if each[0].example in unknown)
            for batch in _batches(wanted):
                rows = runtime.features(np.concatenate([self._copies_of(*each) for each in batch]))
                for (sample, pixels), row in zip(batch, rows.reshape(len(batch), -1), strict=True):
                    computed.add(sample, row, look_of(pixels), self._reader.data.examples)
            computed.finish_all()

    def _take_kept(self, store: FeatureStore) -> dict[int, str]:
        """Take what is kept; return the others' places, with the key under which to keep each."""
        unknown: dict[int, str] = {}
        for place in range(len(self._reader.data.examples)):
            digest = self._reader.digest_of(place)
            kept = None if digest is None else store.get(digest, example=place)
            if kept is None:
                unknown[place] = digest or ""
            else:
                self._add(kept)
        return unknown

    def _add(self, kept: KeptFeatures) -> None:
        self._samples += kept.samples
        self._looks += list(kept.looks)
        if len(kept.samples):
            self._features.append(kept.rows.reshape(len(kept.samples) * (1 + self._copies), -1))

    def _copies_of(self, sample: Sample, pixels: Pixels) -> NDArray[np.uint8]:
        lots = np.random.default_rng(list(sample.digest.encode()))
        copies = [varied(pixels, lots, flip=self._flip) for _ in range(self._copies)]
        return np.stack([pixels, *copies])

    def _read(
        self, examples: Sequence[int] | range, watcher: TrainingWatcher
    ) -> Iterator[tuple[Sample, Pixels]]:
        """Read samples, keep their pixels if that is wanted, and count examples."""
        seen: set[int] = set()
        for sample, pixels in self._reader.read(examples):
            if self._pixels is not None:
                self._pixel_places[sample.example, sample.frame] = len(self._pixel_places)
                self._pixels.append(pixels[None])
            if sample.example not in seen:
                seen.add(sample.example)
                watcher.advanced(1)
            yield sample, pixels

    def collection(self) -> Collection:
        """Return all of it, in the order of the data."""
        keys = [(sample.example, sample.frame or 0) for sample in self._samples]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
        samples = [self._samples[place] for place in order]
        each = order[:, None] * (1 + self._copies) + np.arange(1 + self._copies)
        looks = np.stack([self._looks[place] for place in order]) if samples else np.empty((0, 1))
        pixels = None
        if self._pixels is not None:
            places = [self._pixel_places[sample.example, sample.frame] for sample in samples]
            pixels = self._pixels.rows(np.array(places, np.int64))
        return Collection(
            samples=samples,
            looks=np.asarray(looks, np.float32),
            features=self._features.rows(each.ravel()) if self._has_features else None,
            rows_each=1 + self._copies,
            pixels=pixels,
            bad=list(self._reader.bad),
        )

    def _cache_key(self, backbone: Backbone) -> CacheKey:
        rule = replace(self._reader.rule, fps=0)  # which frames are taken is in each key
        how = f"{rule} {self._copies} {self._flip if self._copies else ''}"
        return CacheKey(
            kind="features",
            model=backbone.name,
            digest=backbone.digest,
            variant=hashlib.sha256(how.encode()).hexdigest()[:16],
            format=_FORMAT,
        )


class _LazyRuntime:
    """Opens what computes features at the first batch, which a converted network is checked on."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._runtime: Runtime | None = None

    def features(self, pixels: NDArray[np.uint8]) -> Floats:
        """(N, h, w, 3) uint8 RGB → (N, F) float32."""
        if self._runtime is None:
            self._runtime = self._backbone.open_runtime(lambda: pixels[:_BATCH])
        runtime = self._runtime
        parts = [
            runtime.scores(pixels[begin : begin + _BATCH])
            for begin in range(0, len(pixels), _BATCH)
        ]
        return np.concatenate(parts)


class _Computed:
    """Puts the features of examples together, and keeps each when its file is read to the end."""

    def __init__(
        self,
        store: FeatureStore,
        keys: Mapping[int, str],
        on_finished: Callable[[KeptFeatures], None],
    ) -> None:
        self._store, self._keys, self._on_finished = store, keys, on_finished
        self._held: dict[int, list[tuple[Sample, Floats, Floats]]] = {}
        self._path: Place | None = None

    def add(self, sample: Sample, row: Floats, look: Floats, examples: Sequence[Example]) -> None:
        """Take one more sample; parts of one clip may come in any order."""
        path = examples[sample.example].path
        if path != self._path:
            self.finish_all()
            self._path = path
        self._held.setdefault(sample.example, []).append((sample, row, look))

    def finish_all(self) -> None:
        """Keep what is held."""
        for place, parts in self._held.items():
            samples, rows, looks = zip(*parts, strict=True)
            kept = KeptFeatures(samples=samples, rows=np.stack(rows), looks=np.stack(looks))
            self._on_finished(kept)
            if self._keys[place]:
                self._store.put(self._keys[place], kept)
        self._held.clear()


def _batches(samples: Iterable[tuple[Sample, Pixels]]) -> Iterator[list[tuple[Sample, Pixels]]]:
    held: list[tuple[Sample, Pixels]] = []
    for sample in samples:
        held.append(sample)
        if len(held) == _BATCH:
            yield held
            held = []
    if held:
        yield held
