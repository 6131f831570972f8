"""Copies with subtitles: every packet as it was, and a text track that says what the table says."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pandas as pd
import pytest
from helpers.clips import ClipSpec, Track, make_clip, numbered_picture
from helpers.tables_of_clips import class_table, label_table
from PIL import Image

import vidclf
from vidclf.errors import OutputError, SourceError, UsageError
from vidclf.sinks.movie_boxes import parse_box
from vidclf.sinks.subtitle_copy import Cue, write_subtitled
from vidclf.sources import open_source

LABELS = ["cat"] * 20 + ["dog"] * 16 + ["cup"] * 12
MS = Fraction(1, 1000)
CHAPTERS = [
    {"id": 1, "start": 0, "end": 500, "time_base": MS, "metadata": {"title": "The gate"}},
    {"id": 2, "start": 500, "end": 1000, "time_base": MS, "metadata": {"title": "The lawn"}},
]
KINDS = [("clip.mp4", "libx264"), ("clip.mov", "libx264"), ("clip.mkv", "libx264")]


def packets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What each stream of pictures and sound is made of."""
    with av.open(str(path)) as container:
        kinds = {
            s.index: f"{s.type} {s.codec_context.name}"
            for s in container.streams
            if s.type in ("video", "audio")
        }
        found: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in kinds.values()}
        for p in container.demux():
            if p.size and p.stream_index in kinds:
                stamps = (p.pts, p.dts, p.time_base, p.is_keyframe)
                found[kinds[p.stream_index]].append((bytes(p), *stamps))
        return found


def cues(path: Path) -> list[tuple[float, float, str]]:
    """Start, end and text of each cue that is not empty."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.subtitles
        found = []
        for packet in container.demux(stream):
            data = bytes(packet)
            text = data[2:] if stream.codec_context.name == "mov_text" else data
            if text:
                start, stands = packet.pts * packet.time_base, packet.duration * packet.time_base
                found.append((float(start), float(start + stands), text.decode()))
        return found


def decoded(path: Path) -> list[str]:
    """The cues' text as FFmpeg reads it, in ASS, where there is any."""
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        sets = [stream.codec_context.decode2(p) for p in container.demux(stream) if p.size]
        return [rect.ass.decode().split(",", 8)[8] for one in sets if one for rect in one]


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_packets_are_those_of_the_clip(tmp_path: Path, name: str, codec: str) -> None:
    spec = ClipSpec(codec=codec, frames=48, tracks=[Track(), Track(hertz=880.0)])
    clip = make_clip(tmp_path / name, spec)
    rendered = vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True)
    copy = Path(rendered.outputs["video"])
    assert copy.name == f"clip_subtitled{clip.suffix}"
    assert packets(copy) == packets(clip)


def test_webm_keeps_its_packets(tmp_path: Path) -> None:
    spec = ClipSpec(codec="libvpx-vp9", frames=48, tracks=[Track(codec="libopus")])
    clip = make_clip(tmp_path / "clip.webm", spec)
    copy = vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True).outputs["video"]
    assert packets(Path(copy)) == packets(clip)
    assert [text for *_, text in cues(Path(copy))] == ["cat", "dog", "cup"]


def test_other_containers_become_matroska(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.avi", ClipSpec(codec="mpeg4", frames=48))
    copy = vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True).outputs["video"]
    assert copy.endswith("clip_subtitled.mkv")
    assert [data for data, *_ in packets(Path(copy))["video mpeg4"]] == [
        data for data, *_ in packets(clip)["video mpeg4"]
    ]


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_cues_are_the_segments(tmp_path: Path, name: str, codec: str) -> None:
    clip = make_clip(tmp_path / name, ClipSpec(codec=codec, frames=48, rate=Fraction(25)))
    copy = vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True).outputs["video"]
    assert cues(Path(copy)) == [(0.0, 0.8, "cat"), (0.8, 1.44, "dog"), (1.44, 1.92, "cup")]
    assert decoded(Path(copy)) == ["cat", "dog", "cup"]


def test_a_cue_is_there_when_its_first_frame_is(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=48))
    copy = vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True).outputs["video"]
    assert [start for start, *_ in cues(Path(copy))] == [0.0, 0.833, 1.5]  # 0.8333 s


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_between_cues_there_is_nothing(tmp_path: Path, name: str) -> None:
    clip = make_clip(tmp_path / name, ClipSpec(frames=48, rate=Fraction(25)))
    table = class_table(clip, tmp_path, LABELS)
    copy = vidclf.render_table(table, subtitles=True, hide=["dog"]).outputs["video"]
    assert cues(Path(copy)) == [(0.0, 0.8, "cat"), (1.44, 1.92, "cup")]
    assert decoded(Path(copy)) == ["cat", "cup"]


def test_new_names_and_rules_are_heeded(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=48, rate=Fraction(25)))
    table = class_table(clip, tmp_path, LABELS)
    rename = {"cat": "pet", "dog": "pet"}
    copy = vidclf.render_table(table, subtitles=True, rename=rename, min_duration=1)
    assert cues(Path(copy.outputs["video"])) == [(0.0, 1.44, "pet")]
    assert copy.frames_written == 0


def test_what_is_uncertain_is_marked(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, rate=Fraction(25)))
    table = class_table(clip, tmp_path, ["cat"] * 4, settings={"threshold": 0.5})
    frame = pd.read_csv(table).assign(confidence=[0.9, 0.45, 0.45, 0.9])
    frame.to_csv(table, index=False)
    copy = vidclf.render_table(table, subtitles=True)
    assert cues(Path(copy.outputs["video"])) == [
        (0.0, 0.04, "cat"),
        (0.04, 0.12, "cat ?"),
        (0.12, 0.16, "cat"),
    ]


def test_labels_that_hold_together_share_a_cue(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, rate=Fraction(25)))
    scores = [(0.9, 0, 0, 0), (0.6, 0, 0.8, 0), (0, 0, 0.7, 0), (0.1, 0, 0, 0)]
    copy = vidclf.render_table(label_table(clip, tmp_path, scores), subtitles=True)
    assert cues(Path(copy.outputs["video"])) == [
        (0.0, 0.04, "dog"),
        (0.04, 0.08, "dog\ncat"),
        (0.08, 0.12, "cat"),
    ]


def test_labels_of_one_new_name_hold_together(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, rate=Fraction(25)))
    scores = [(0.9, 0, 0, 0), (0.6, 0, 0.8, 0), (0, 0.9, 0.7, 0), (0.1, 0, 0, 0)]
    copy = vidclf.render_table(
        label_table(clip, tmp_path, scores), subtitles=True, rename={"cat": "pet", "dog": "pet"}
    )
    assert cues(Path(copy.outputs["video"])) == [
        (0.0, 0.08, "pet"),
        (0.08, 0.12, "pet\nsun"),
    ]


def test_a_threshold_is_heeded(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=4, rate=Fraction(25)))
    scores = [(0.9, 0, 0, 0), (0.6, 0, 0.8, 0), (0, 0, 0.7, 0), (0.1, 0, 0, 0)]
    table = label_table(clip, tmp_path, scores)
    copy = vidclf.render_table(table, subtitles=True, threshold=0.75, rename={"cat": "pet"})
    assert cues(Path(copy.outputs["video"])) == [(0.0, 0.04, "dog"), (0.04, 0.08, "pet")]


NASTY = 'a "b", {c} {\\an8} <i>d</i> < b > \\N & --> ; 猫'
JOINED = NASTY.replace("\\", "\\\u2060")
BRACED = JOINED.replace("{", "(").replace("}", ")")
AS_HTML = JOINED.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("clip.mp4", BRACED),
        ("clip.mov", BRACED),
        ("clip.mkv", BRACED.replace("<", "<\u2060")),
        ("clip.webm", AS_HTML),
    ],
)
def test_text_is_never_markup(tmp_path: Path, name: str, stored: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    clip = make_clip(tmp_path / name, ClipSpec(codec=codec, frames=12))
    path = tmp_path / f"out{clip.suffix}"
    write_subtitled(path, clip, [Cue(start=0, end=400, text=f"{NASTY}\nx")], title="Labels")
    assert [text for *_, text in cues(path)] == [f"{stored}\nx"]
    (ass,) = decoded(path)
    assert ass.count("\\N") == 1
    assert "{\\" not in ass.replace("\\{", "")


def test_players_show_it_by_themselves(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mkv", ClipSpec(frames=48))
    once = Path(
        vidclf.render_table(class_table(clip, tmp_path, LABELS), subtitles=True).outputs["video"]
    )
    again = tmp_path / "again.mkv"
    write_subtitled(again, once, [Cue(start=0, end=400, text="x")], title="Others")
    with av.open(str(again)) as container:
        old, new = container.streams.subtitles
        assert (old.metadata["title"], new.metadata["title"]) == ("Labels", "Others")
        assert (int(old.disposition) & 1, int(new.disposition) & 1) == (0, 1)


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_rotation_aspect_and_colours_are_kept(tmp_path: Path, suffix: str) -> None:
    spec = ClipSpec(
        frames=12, rotation=90, pixel_aspect=Fraction(4, 3),
        options={"x264-params": "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"},
    )  # fmt: skip
    clip = make_clip(tmp_path / f"clip{suffix}", spec)
    copy = tmp_path / f"copy{suffix}"
    write_subtitled(copy, clip, [Cue(start=0, end=400, text="x")], title="Labels")
    with open_source(clip) as before, open_source(copy) as after:
        kept = ("rotation", "pixel_aspect", "color", "start_seconds", "time_base", "frame_count")
        assert [getattr(before.info, k) for k in kept] == [getattr(after.info, k) for k in kept]
        assert before.info.rotation == 90
        assert before.info.color.matrix == 9


def test_another_clip_is_refused_without_a_file(clip: Path, tmp_path: Path) -> None:
    table = class_table(clip, tmp_path, LABELS)
    other = make_clip(tmp_path / "other.mp4", ClipSpec(frames=48, rate=Fraction(25)))
    with pytest.raises(SourceError, match="its frame 1 stands at"):
        vidclf.render_table(table, other, subtitles=True)
    assert not list(tmp_path.glob("*subtitled*"))


def test_what_cannot_carry_subtitles(clip: Path, tmp_path: Path) -> None:
    table = class_table(clip, tmp_path, LABELS)
    with pytest.raises(UsageError, match=r"no video file"):
        vidclf.render_table(table, tmp_path, subtitles=True)
    with pytest.raises(UsageError, match=r"this command writes .mp4, .m4v, .mov, .mkv, .webm"):
        vidclf.render_table(table, subtitles=True, output=tmp_path / "a.srt")
    with pytest.raises(OutputError, match=r"cannot hold the clip's video .* name a .mkv"):
        write_subtitled(tmp_path / "a.webm", clip, [], title="Labels")


def test_empty_subtitles_are_told_of(clip: Path, tmp_path: Path) -> None:
    table = class_table(clip, tmp_path, LABELS)
    copied = vidclf.render_table(table, subtitles=True, min_duration=60)
    assert [text.split(" of ")[0] for text in copied.warnings] == ["no label"]
    assert cues(Path(copied.outputs["video"])) == []


def test_no_other_container_is_named_where_matroska_fails(tmp_path: Path) -> None:
    moving = make_clip(tmp_path / "a.gif", ClipSpec(codec="gif", pixel_format="rgb8", options={}))
    with pytest.raises(OutputError, match=r"a.mkv cannot hold .*\): convert the clip first"):
        write_subtitled(tmp_path / "a.mkv", moving, [], title="Labels")


def test_chapters_attachments_and_titles_are_kept(clip: Path, tmp_path: Path) -> None:
    rich = tmp_path / "rich.mkv"
    with av.open(str(clip)) as source, av.open(str(rich), "w") as output:
        targets = {s.index: output.add_stream_from_template(s) for s in source.streams}
        output.add_attachment("font.ttf", "font/ttf", b"no font")
        output.metadata["title"] = "A walk"
        chapter = {"id": 1, "start": 0, "end": 1000, "time_base": Fraction(1, 1000)}
        output.set_chapters([{**chapter, "metadata": {"title": "The gate"}}])
        for packet in source.demux():
            if packet.size:
                packet.stream = targets[packet.stream_index]
                output.mux(packet)
    copy = tmp_path / "copy.mkv"
    write_subtitled(copy, rich, [Cue(start=0, end=400, text="x")], title="Labels")
    with av.open(str(copy)) as container:
        assert container.metadata["title"] == "A walk"
        assert [c["metadata"]["title"] for c in container.chapters()] == ["The gate"]
        kinds = [stream.type for stream in container.streams]
        assert sorted(kinds) == ["attachment", "audio", "subtitle", "video"]


def with_chapters(path: Path, clip: Path) -> Path:
    """A clip with two chapters, which MP4 and MOV hold as a track of text."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as output:
        targets = {s.index: output.add_stream_from_template(s) for s in source.streams}
        output.set_chapters(CHAPTERS)
        for packet in source.demux():
            if packet.size:
                packet.stream = targets[packet.stream_index]
                output.mux(packet)
    return path


def chapters(path: Path) -> list[tuple[float, float, str]]:
    """Start and end in seconds, and name, of each chapter."""
    with av.open(str(path)) as container:
        spans = [
            (c["start"], c["end"], c["time_base"], c["metadata"]) for c in container.chapters()
        ]
    return [(float(start * base), float(end * base), m["title"]) for start, end, base, m in spans]


@pytest.mark.parametrize(
    ("name", "copy_name"),
    [("a.mp4", "b.mp4"), ("a.m4v", "b.m4v"), ("a.mov", "b.mov"), ("a.mp4", "b.mkv")],
)
def test_chapters_are_kept_without_a_word(
    name: str, copy_name: str, clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = tmp_path / copy_name
    chaptered = with_chapters(tmp_path / name, clip)
    write_subtitled(copy, chaptered, [Cue(start=0, end=400, text="x")], title="Labels")
    assert chapters(copy) == [(0.0, 0.5, "The gate"), (0.5, 1.0, "The lawn")]
    with av.open(str(copy)) as container:
        kinds = sorted(stream.type for stream in container.streams)
    chapter_track = [] if copy.suffix == ".mkv" else ["data"]
    assert kinds == ["audio", *chapter_track, "subtitle", "video"]
    assert not caplog.records


def with_data(
    path: Path, clip: Path, *, kind: bytes, chapters: Sequence[dict[str, Any]] = ()
) -> Path:
    """A clip with a track of data, whose four letters say what it is."""
    with av.open(str(clip)) as source, av.open(str(path), "w", format="mp4") as output:
        targets = {s.index: output.add_stream_from_template(s) for s in source.streams}
        output.set_chapters(chapters)
        data = output.add_data_stream("bin_data")
        for packet in source.demux():
            if packet.size:
                packet.stream = targets[packet.stream_index]
                output.mux(packet)
        for number in range(4):
            packet = av.Packet(bytes([number] * 20))
            packet.stream, packet.time_base = data, Fraction(1, 1000)
            packet.pts = packet.dts = 200 * number
            packet.duration = 200
            output.mux(packet)
    path.write_bytes(path.read_bytes().replace(b"gpmd", kind))
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_data_that_cannot_be_copied_whole_is_left_out_and_told(
    suffix: str, clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    phone = with_data(tmp_path / f"phone{suffix}", clip, kind=b"mebx")
    copy = tmp_path / f"copy{suffix}"
    write_subtitled(copy, phone, [Cue(start=0, end=400, text="x")], title="Labels")
    assert f"copy{suffix} cannot hold stream 2 (data): left out" in caplog.text
    with av.open(str(copy)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio", "subtitle"]


@pytest.mark.parametrize("marks", [[], CHAPTERS], ids=["plain", "chaptered"])
def test_data_of_a_gopro_is_copied(marks: list[dict[str, Any]], clip: Path, tmp_path: Path) -> None:
    gopro = with_data(tmp_path / "gopro.mp4", clip, kind=b"gpmd", chapters=marks)
    copy = tmp_path / "copy.mp4"
    write_subtitled(copy, gopro, [Cue(start=0, end=400, text="x")], title="Labels")
    assert len(chapters(copy)) == len(marks)
    with av.open(str(copy)) as container:
        data, *_ = container.streams.data
        assert [bytes(packet)[0] for packet in container.demux(data) if packet.size] == [0, 1, 2, 3]


def test_a_timecode_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plain = make_clip(tmp_path / "plain.mov", ClipSpec(frames=12, rate=Fraction(25)))
    timed, copy = tmp_path / "timed.mov", tmp_path / "copy.mov"
    with av.open(str(plain)) as source, av.open(str(timed), "w") as output:
        target = output.add_stream_from_template(source.streams.video[0])
        target.metadata["timecode"] = "01:02:03:04"
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = target
                output.mux(packet)
    write_subtitled(copy, timed, [Cue(start=0, end=400, text="x")], title="Labels")
    assert packets(copy) == packets(timed)
    with av.open(str(copy)) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:02:03:04"
    assert not caplog.records


@pytest.fixture(scope="module")
def hevc_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that FFmpeg tags `hev1`."""
    path = tmp_path_factory.mktemp("hevc") / "clip.mp4"
    return make_clip(path, ClipSpec(codec="libx265", frames=6, options={"x265-params": "log=0"}))


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize("tag", ["hvc1", "hev1"])
def test_hevc_keeps_its_tag(tag: str, suffix: str, hevc_clip: Path, tmp_path: Path) -> None:
    clip, copy = tmp_path / f"clip{suffix}", tmp_path / f"copy{suffix}"
    clip.write_bytes(hevc_clip.read_bytes().replace(b"hev1", tag.encode()))
    write_subtitled(copy, clip, [Cue(start=0, end=200, text="x")], title="Labels")
    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


def test_hevc_of_another_container_gets_the_tag_that_apple_plays(
    hevc_clip: Path, tmp_path: Path
) -> None:
    film, copy = tmp_path / "film.mkv", tmp_path / "copy.mp4"
    write_subtitled(film, hevc_clip, [], title="Labels")
    write_subtitled(copy, film, [Cue(start=0, end=200, text="x")], title="Labels")
    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


@pytest.mark.parametrize(("suffix", "brand"), [(".mp4", b"dby1"), (".mov", b"qt  ")])
def test_dolby_vision_keeps_its_box_and_its_brand(
    suffix: str, brand: bytes, hevc_clip: Path, tmp_path: Path
) -> None:
    vision = bytes.fromhex("00000020 64767643 0100 1025 40" + "00" * 19)  # profile 8, HLG
    clip, copy = tmp_path / f"clip{suffix}", tmp_path / f"copy{suffix}"
    data = hevc_clip.read_bytes()
    start = data.index(b"moov") - 4
    movie = parse_box(data[start:])
    (described,) = movie.all(b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entry = described.body[8:] + vision
    described.body = described.body[:8] + len(entry).to_bytes(4, "big") + entry[4:]
    clip.write_bytes(data[:start] + bytes(movie))
    write_subtitled(copy, clip, [Cue(start=0, end=200, text="x")], title="Labels")
    written = copy.read_bytes()
    assert (written.count(vision), brand in written[:40]) == (1, True)
    assert packets(copy) == packets(clip)


def test_what_mp4_cannot_hold_is_left_out_and_told(
    clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = tmp_path / "first.mkv", tmp_path / "second.mp4"
    write_subtitled(first, clip, [Cue(start=0, end=400, text="x")], title="Labels")
    write_subtitled(second, first, [Cue(start=0, end=400, text="y")], title="Labels")
    assert "second.mp4 cannot hold stream 2 (subtitle): left out" in caplog.text
    assert [text for *_, text in cues(second)] == ["y"]
    assert [data for data, *_ in packets(second)["video h264"]] == [
        data for data, *_ in packets(clip)["video h264"]
    ]


def test_a_still_can_carry_no_subtitles(clip: Path, tmp_path: Path) -> None:
    still = tmp_path / "clip.png"
    Image.fromarray(numbered_picture(1)).save(still)
    table = class_table(clip, tmp_path, LABELS)
    with pytest.raises(UsageError, match=r"clip.png is no video file"):
        vidclf.render_table(table, still, subtitles=True, output=tmp_path / "a.mkv")
