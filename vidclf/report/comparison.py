"""`vidclf compare A B -o PAGE`: two tables of one clip → one page."""

from __future__ import annotations

from dataclasses import dataclass

from vidclf.compare import Comparison
from vidclf.compare.compare import compare_joined
from vidclf.compare.join import join
from vidclf.files.names import COMPARISON, output_path
from vidclf.files.places import Place
from vidclf.files.staging import Staging
from vidclf.report.clip_data import ClipMaker
from vidclf.report.comparison_data import comparison_data
from vidclf.report.playback import media_of, played_source_of
from vidclf.report.report import PAGE_KINDS, write_page
from vidclf.sources import ClipLocation
from vidclf.table.named_tables import PathLike
from vidclf.table.table import open_table


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """A comparison, and the page that was written of it."""

    path: Place
    """The page."""
    comparison: Comparison
    """What it shows."""


def write_comparison(
    a: PathLike,
    b: PathLike,
    clip: PathLike | None = None,
    *,
    output: PathLike,
    overwrite: bool = False,
) -> ComparisonPage:
    """Write a page with two tables of one clip in lanes: the same as `vidclf compare A B -o PAGE`.

    Args:
        a: a table.
        b: another one of the same clip and kind.
        clip: the video to be played; by default the one they were made from, else the annotated.
        output: a folder or an `.html` file.
        overwrite: whether a page that is there already may be replaced.

    Returns:
        The page's path, and the comparison as `compare_tables` gives it.

    Raises:
        SourceError: a table or the clip cannot be read.
        UsageError: the tables cannot be compared, or the clip does not fit them.
        OutputError: the page cannot be written.
    """
    joined = join(open_table(a), open_table(b))
    comparison = compare_joined(joined)
    named_clip: Place | None = None if clip is None else ClipLocation.of(clip).place
    inputs = [joined.a.path, joined.b.path, *([named_clip] if named_clip else [])]
    page_path = output_path(
        joined.a.stem, output, ending=COMPARISON, kinds=PAGE_KINDS, inputs=inputs
    )
    with Staging(overwrite=overwrite) as staging:
        file = staging.add(page_path)
        maker = ClipMaker(folder=page_path.parent, embed=False, clips=1)
        data, apart, first = comparison_data(comparison, joined)
        media = media_of(joined.a, named_clip or played_source_of(joined.a)) or media_of(
            joined.b, None
        )
        maker.add_media(data, media)
        maker.add_stills(data, joined.a, apart, media, first=first)
        write_page(file, {"clips": [data]}, title=f"{comparison.video}, compared", blocks={})
    return ComparisonPage(path=page_path, comparison=comparison)
