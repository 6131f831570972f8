"""Find the videos of a folder: plan a run over them, or only walk and sort.

    python plan.py plan|walk FOLDER OUTPUT

Prints how many there are, and the wall and CPU seconds that it took, imports left out, as JSON.
"""

import json
import os
import sys
import time


def walked(folder: str, _output: str) -> list[str]:
    """Every path below a folder that ends like an MP4, in order."""
    found = [
        f"{place}/{name}"
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".mp4")
    ]
    return sorted(found)


def planned(folder: str, output: str) -> list[str]:
    """The name of every job of a run."""
    jobs = plan([folder], output=output, kinds={"video"}, recursive=True).jobs
    return [job.name for job in jobs]


way, *places = sys.argv[1:]
if way == "plan":
    from vidclf.batch.plan import plan
started = time.perf_counter(), time.process_time()
count = len((planned if way == "plan" else walked)(*places))
wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
print(json.dumps({"count": count, "wall": wall, "cpu": cpu}))
