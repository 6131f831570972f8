"""What several tests of executors share: a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from helpers.ray_machines import MACHINE, two_machines


@pytest.fixture(scope="package")
def ray_cluster(own_cache: None) -> Iterator[Any]:
    """One cluster for all tests of this folder, which ends with them; see ray_machines.py."""
    with two_machines() as cluster:
        yield cluster


@pytest.fixture
def second_machine(ray_cluster: Any) -> Any:
    """The machine of the cluster that is not the run's own, started anew where it was lost."""
    return next(iter(ray_cluster.worker_nodes), None) or ray_cluster.add_node(**MACHINE)
