"""The memory that is left: by the kernel's estimate and by the limits of control groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidclf.core.memory import memory_available_bytes

MIB = 2**20


def system(root: Path, files: dict[str, str]) -> Path:
    """A folder that looks like a Linux system with 8 GiB available."""
    files = {"proc/meminfo": f"MemTotal: 9437184 kB\nMemAvailable: {8 * 2**20} kB\n", **files}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def version_2(folder: str, *, most: str, used_mib: int, cached_mib: int = 0) -> dict[str, str]:
    """The files of a control group of version 2."""
    return {
        f"sys/fs/cgroup/{folder}memory.max": f"{most}\n",
        f"sys/fs/cgroup/{folder}memory.current": f"{used_mib * MIB}\n",
        f"sys/fs/cgroup/{folder}memory.stat": f"anon 1\ninactive_file {cached_mib * MIB}\n",
    }


def test_without_limits_it_is_what_the_kernel_estimates(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/a\n", **version_2("a/", most="max", used_mib=100)}
    assert memory_available_bytes(system(tmp_path, files)) == 8 * 2**30


def test_a_limit_counts_less_what_is_used_and_cannot_be_given_back(tmp_path: Path) -> None:
    group = version_2("a/b/", most=str(1000 * MIB), used_mib=400, cached_mib=150)
    root = system(tmp_path, {"proc/self/cgroup": "0::/a/b\n", **group})
    assert memory_available_bytes(root) == 750 * MIB


def test_the_limit_of_a_group_above_counts_too(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "0::/a/b\n",
        **version_2("a/", most=str(500 * MIB), used_mib=100),
        **version_2("a/b/", most="max", used_mib=100),
    }
    assert memory_available_bytes(system(tmp_path, files)) == 400 * MIB


def test_in_a_container_the_mount_itself_is_the_group(tmp_path: Path) -> None:
    group = version_2("", most=str(300 * MIB), used_mib=50)
    root = system(tmp_path, {"proc/self/cgroup": "0::/docker/1234\n", **group})
    assert memory_available_bytes(root) == 250 * MIB


@pytest.mark.parametrize(("most", "left"), [(700 * MIB, 600 * MIB), (2**63 - 4096, 8 * 2**30)])
def test_version_1_has_a_tree_for_memory(tmp_path: Path, most: int, left: int) -> None:
    group = "sys/fs/cgroup/memory/job"
    files = {
        "proc/self/cgroup": "5:cpu:/\n4:memory:/job\n0::/\n",
        f"{group}/memory.limit_in_bytes": f"{most}\n",
        f"{group}/memory.usage_in_bytes": f"{300 * MIB}\n",
        f"{group}/memory.stat": f"cache 1\ntotal_inactive_file {200 * MIB}\n",
    }
    assert memory_available_bytes(system(tmp_path, files)) == left


def test_where_the_system_tells_nothing_it_is_not_known(tmp_path: Path) -> None:
    assert memory_available_bytes(tmp_path) is None
