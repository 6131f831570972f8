"""Before anything runs, each machine of a cluster is asked whether it can make the clips."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from vidclf._version import __version__
from vidclf.batch.executors.ray_cluster import Machine
from vidclf.batch.executors.ray_worker import Answer, Expected, RayRun, look, size_of
from vidclf.core.counting import counted
from vidclf.errors import ClusterError, OutputBusyError
from vidclf.files.staging import Staging
from vidclf.files.temporary_names import new_token, temporary_name
from vidclf.files.write_errors import explained
from vidclf.pipeline.job import ClipJob
from vidclf.remote.path import RemotePath

_ANSWER_SECONDS = 120
_GONE_SECONDS = 5.0


def check_machines(
    machines: Sequence[Machine], run: RayRun, first: ClipJob, *, model_digest: str
) -> bool:
    """Ask each machine for versions and files; whether the model runs on a GPU somewhere.

    Raises:
        ClusterError: a machine lacks something, or there is none.
        OutputError: nothing can be written where the outputs go.
    """
    if not machines:
        raise ClusterError(
            "no machine of the Ray cluster has cores for clips: start Ray on one with "
            "ray start --address, without --num-cpus 0"
        )
    _refuse({machine: _version_problems(answer) for machine, answer in _versions(machines)})
    manifest, clip = first.outputs["manifest"], first.source
    with nullcontext() if isinstance(manifest, RemotePath) else token_file(manifest) as token:
        expected = Expected(
            model_digest=model_digest,
            clip=first,
            clip_bytes=size_of(clip.path) if clip.is_local else None,
            token_file=token,
        )
        answers = dict(_ask(machines, look, run, expected))
    _refuse({m: _problems(answer) for m, answer in answers.items()})
    return any(answer.runs_on_gpu for answer in answers.values())


def _versions(machines: Sequence[Machine]) -> Iterator[tuple[Machine, Any]]:
    def versions() -> tuple[str, str]:  # goes there as it is, for vidclf may be missing
        import platform

        try:
            from vidclf._version import __version__ as version
        except ImportError:
            version = ""
        return version, platform.python_version()

    return _ask(machines, versions)


def _ask(
    machines: Sequence[Machine], question: Callable[..., Any], *arguments: Any
) -> Iterator[tuple[Machine, Any]]:
    """The answer of each machine, or what came instead; one that was lost meanwhile gives none."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    asked = {}
    for machine in machines:
        task = ray.remote(question).options(
            num_cpus=0,
            num_gpus=1 if machine.gpus else 0,
            max_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(machine.node, soft=False),
        )
        asked[machine] = task.remote(*arguments)
    ray.wait(list(asked.values()), num_returns=len(asked), timeout=_ANSWER_SECONDS)
    for machine, answer in asked.items():
        try:
            yield machine, ray.get(answer, timeout=0)
        except ray.exceptions.GetTimeoutError as exc:
            ray.cancel(answer, force=True)
            yield machine, exc
        except ray.exceptions.RayError as exc:
            if _is_there(machine):
                yield machine, exc


def _is_there(machine: Machine) -> bool:
    """Whether a machine that did not answer is still there; Ray may need a moment to see that."""
    import ray

    until = time.monotonic() + _GONE_SECONDS
    while any(node["NodeID"] == machine.node and node["Alive"] for node in ray.nodes()):
        if time.monotonic() > until:
            return True
        time.sleep(0.2)
    return False


def _version_problems(answer: Any) -> Sequence[str]:
    if not isinstance(answer, tuple):
        return _problems(answer)
    version, python = answer
    here = platform.python_version()
    if not version:
        return [f"has no vidclf: install {__version__} for the Python that Ray runs there"]
    if version != __version__:
        return [f"has vidclf {version}, and here is {__version__}: install the same there"]
    if _minor(python) != _minor(here):
        return [f"has Python {python}, and here is {here}: run Ray there with the same"]
    return []


def _problems(answer: Any) -> Sequence[str]:
    if isinstance(answer, Answer):
        return answer.problems
    text = str(getattr(answer, "cause", None) or answer).strip().splitlines()
    what = text[-1] if text else type(answer).__name__
    if type(answer).__name__ == "GetTimeoutError":
        what = f"no answer in {_ANSWER_SECONDS} s: a disk may hang"
    return [f"cannot be used ({what}): see Ray's logs there, or take it off the cluster"]


def _refuse(problems: dict[Machine, Sequence[str]]) -> None:
    lacking = {machine: found for machine, found in problems.items() if found}
    if lacking:
        told = "; ".join(f"{m.name} {', and '.join(found)}" for m, found in lacking.items())
        of_all = f"{len(lacking)} of {counted(len(problems), 'machine')}"
        raise ClusterError(f"the Ray cluster cannot make these clips ({of_all}): {told}")


@contextmanager
def token_file(manifest: Path) -> Iterator[Path]:
    """A hidden file where the outputs go, for as long as machines look for it."""
    with Staging(overwrite=True, record=manifest) as staging:
        try:
            token = staging.add(manifest)  # the next run removes it where this one is killed
        except OutputBusyError:  # another run is at the clip
            token = temporary_name(manifest, token=new_token())
        try:
            with explained(manifest):
                token.touch()
            yield token
        finally:
            token.unlink(missing_ok=True)
            staging.discard()


def _minor(version: str) -> str:
    return version.rpartition(".")[0]
