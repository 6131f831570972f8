"""Measure the colours of labels, or look for better ones.

    python tools/choose_colors.py            # how far apart the palette's colours are
    python tools/choose_colors.py --search   # look for eight others (minutes), and those after them

What is sought: eight colours, and the grey of "uncertain", of which the two most alike differ as
much as can be to eyes without one of the three cones, while common eyes see CIEDE2000 20.5 or more
between any two, and each has a contrast of 4:1 to the card and 1.6:1 to white paper.
"""

from __future__ import annotations

import argparse
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from vidclf.overlay.colors import INK, NEUTRAL, PALETTE

Floats = NDArray[np.float64]

FIRST = 8
LEAST_APART = 20.5
LEAST_CONTRASTS = ((INK, 4.0), ((255, 255, 255), 1.6))
COMMON = "all cones"

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency" (2009), severity 1; F. Viénot, H. Brettel, J. D. Mollon, "Digital
# video colourmaps for checking the legibility of displays by dichromats" (1999), as matrices for
# sRGB. Both apply to linear light.
EYES = {
    COMMON: ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red cones, Machado": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green cones, Machado": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue cones, Machado": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "no red cones, Viénot": (
        (0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1),
    ),
    "no green cones, Viénot": (
        (0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1),
    ),
}  # fmt: skip


# --- how colours are seen ----------------------------------------------------------------------


def linear_light(rgb: NDArray[np.int64]) -> Floats:
    """Linear light of sRGB bytes: IEC 61966-2-1."""
    shares = rgb / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def lab(linear: Floats) -> Floats:
    """CIELAB of linear sRGB, white point D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = linear @ to_xyz.T / (0.95047, 1, 1.08883)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(one: Floats, other: Floats) -> Floats:
    """The difference of colours, as CIELAB.

    G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula" (2005).
    """
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean_7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean_7 / (mean_7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1 = np.degrees(np.arctan2(b1, a1 * stretch)) % 360
    h2 = np.degrees(np.arctan2(b2, a2 * stretch)) % 360
    turn = np.where(c1 * c2 == 0, 0, (h2 - h1 + 180) % 360 - 180)
    hue = h1 + turn / 2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    cosines = [
        np.cos(np.radians(n * hue + shift)) for n, shift in ((1, -30), (2, 0), (3, 6), (4, -63))
    ]
    t = 1 + np.tensordot((-0.17, 0.24, 0.32, -0.20), np.stack(cosines), axes=1)
    off_50 = (lightness - 50) ** 2
    d_l = (l2 - l1) / (1 + 0.015 * off_50 / np.sqrt(20 + off_50))
    d_c = (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = 30 * np.exp(-(((hue % 360 - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * blue))
    return np.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h)


def seen(rgb: NDArray[np.int64]) -> dict[str, Floats]:
    """Eyes → CIELAB of each colour, as they see it."""
    linear = linear_light(rgb)
    return {eyes: lab(np.clip(linear @ np.array(m).T, 0, 1)) for eyes, m in EYES.items()}


def contrast(rgb: NDArray[np.int64], ground: tuple[int, int, int]) -> Floats:
    """Contrast of each colour to a ground, 1 to 21: WCAG 2.2."""
    weights = (0.2126, 0.7152, 0.0722)
    one, other = linear_light(rgb) @ weights, linear_light(np.array(ground)) @ weights
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


# --- the search --------------------------------------------------------------------------------


def candidates(step: int, least_chroma: float) -> NDArray[np.int64]:
    """A grid of colours that stand out from card and paper."""
    axis = np.arange(0, 256, step)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    _, a, b = lab(linear_light(grid)).T
    fits = np.hypot(a, b) >= least_chroma
    for ground, least in LEAST_CONTRASTS:
        fits &= contrast(grid, ground) >= least
    return grid[fits]


def distances(rgb: NDArray[np.int64], *, normal_counts: float = 0.0) -> Floats:
    """(N, N) how far colours are apart to the eyes that see them most alike.

    Pairs that are too near for common eyes are at -1; with `normal_counts` the distance to common
    eyes, times that, counts as any other does instead.
    """
    apart = np.full((len(rgb), len(rgb)), np.inf)
    for eyes, labs in seen(rgb).items():
        for place, one in enumerate(labs):
            own = ciede2000(one[None], labs)
            if eyes == COMMON and not normal_counts:
                apart[place, own < LEAST_APART] = -1
            else:
                scale = normal_counts if eyes == COMMON else 1
                apart[place] = np.minimum(apart[place], scale * own)
    np.fill_diagonal(apart, np.inf)
    return apart


def search(seed: int) -> NDArray[np.int64]:
    """Eight colours: the best of a grid by exchange, then moved in ever smaller steps."""
    rng = np.random.default_rng(seed)
    grid = candidates(15, 28)
    apart = distances(np.vstack([grid, NEUTRAL]))
    np.fill_diagonal(apart, -2)
    to_grey, apart = apart[-1, :-1], apart[:-1, :-1]
    places = [int(rng.choice(np.flatnonzero(to_grey > 5)))]
    best: tuple[float, list[int]] = (-9, [])
    while len(places) < FIRST:
        nearest = np.minimum(apart[places].min(axis=0), to_grey)
        places.append(int(rng.choice(np.argsort(-nearest)[:12])))
    for _ in range(800):
        drop = int(rng.integers(FIRST))
        rest = places[:drop] + places[drop + 1 :]
        nearest = np.minimum(apart[rest].min(axis=0), to_grey)
        places = [*rest, int(rng.choice(np.argsort(-nearest)[: rng.integers(1, 6)]))]
        score = smallest(grid[places])
        best = max(best, (score, places))
    return moved(grid[best[1]], rng)


def moved(rgb: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The colours after small random moves, each of which helped."""
    score = smallest(rgb)
    for step in np.repeat([12, 6, 3, 1], 500):
        trial = rgb.copy()
        trial[rng.integers(FIRST)] += rng.integers(-step, step + 1, 3)
        trial = np.clip(trial, 0, 255)
        if (new := smallest(trial)) > score:
            rgb, score = trial, new
    return rgb


def smallest(rgb: NDArray[np.int64]) -> float:
    """The smallest distance between two of the colours or to the grey; -1 for what is not fit."""
    if any(contrast(rgb, ground).min() < least for ground, least in LEAST_CONTRASTS):
        return -1
    return float(distances(np.vstack([rgb, NEUTRAL])).min())


def in_order(rgb: NDArray[np.int64]) -> NDArray[np.int64]:
    """The colours with those first that are farthest apart, as most clips have few labels."""
    apart = distances(rgb, normal_counts=0.8)

    def spread(places: tuple[int, ...]) -> float:
        return sum(float(apart[np.ix_(places[:n], places[:n])].min()) for n in range(2, 6))

    return rgb[list(max(permutations(range(len(rgb))), key=spread))]


def continued(rgb: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The colours and further ones, each as far as can be from all before it."""
    grid = candidates(15, 20)
    for _ in range(count - len(rgb)):
        nearest = np.full(len(grid), np.inf)
        for color in [*rgb, np.array(NEUTRAL)]:
            ones, others = seen(color[None]), seen(grid)
            for eyes, labs in others.items():
                scale = 0.8 if eyes == COMMON else 1
                nearest = np.minimum(nearest, scale * ciede2000(ones[eyes], labs))
        rgb = np.vstack([rgb, grid[nearest.argmax()]])
    return rgb


# --- what is printed ---------------------------------------------------------------------------


def describe(rgb: NDArray[np.int64]) -> None:
    """Print the smallest distances among the first colours and the grey, and the contrasts."""
    for count in (4, FIRST, 12, len(rgb)):
        print(f"the first {count} and the grey")
        for eyes, labs in seen(np.vstack([rgb[:count], NEUTRAL])).items():
            one, other = np.triu_indices(len(labs), 1)
            print(f"  {eyes:26} {ciede2000(labs[one], labs[other]).min():5.1f}")
    for ground, _ in LEAST_CONTRASTS:
        print(f"least contrast to {ground}: {contrast(rgb, ground).min():.2f}")


def main() -> None:
    """Measure, or search first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--search", action="store_true", help="look for other colours")
    parser.add_argument("--seeds", type=int, default=10, help="searches from other beginnings")
    arguments = parser.parse_args()
    rgb = np.array(PALETTE)
    if arguments.search:
        first = max((search(seed) for seed in range(arguments.seeds)), key=smallest)
        rgb = continued(in_order(first), len(PALETTE))
        print("\n".join(str(tuple(map(int, color))) for color in rgb))
    describe(rgb)


if __name__ == "__main__":
    main()
