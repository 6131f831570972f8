"""A Ray cluster of several machines, all on this one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

OWN_MODULES = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
MACHINE = {
    "num_cpus": 1,
    "object_store_memory": 100_000_000,
    "include_dashboard": False,
    "env_vars": {"PYTHONPATH": OWN_MODULES},  # for tests' own clips
}

QUICKLY_LOST = {
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 200,
    "health_check_failure_threshold": 5,
}
"""A machine that is gone counts as lost after a second; Ray itself takes 15."""


@contextmanager
def two_machines() -> Iterator[Any]:
    """Two machines of one core each; the run's own is the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")  # such a cluster has no tokens
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        head = MACHINE | {"_system_config": QUICKLY_LOST}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        cluster.add_node(**MACHINE)
        yield cluster
        cluster.shutdown()
