"""The least that tells whether clips are done: walk, parse each manifest, look at each file.

python finished.py FOOTAGE RESULTS
"""

import json
import sys
from pathlib import Path

footage, results = map(Path, sys.argv[1:])
done = 0
for clip in sorted(footage.rglob("*.mp4")):
    folder = results / clip.parent.relative_to(footage)
    told = json.loads((folder / f"{clip.stem}_manifest.json").read_bytes())
    outputs = [folder / f"{clip.stem}_{kind}" for kind in ("annotated.mp4", "predictions.csv")]
    is_same = told["clip_stamp"]["size_bytes"] == clip.stat().st_size
    done += is_same and all(path.stat().st_size for path in outputs)
print(done)
