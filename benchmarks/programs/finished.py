"""The least that tells whether clips are done: walk, parse each manifest, read each clip.

python finished.py FOOTAGE RESULTS
"""

import hashlib
import json
import os
import sys

footage, results = sys.argv[1:]
done = 0
for place, _, names in sorted(os.walk(footage)):
    for name in sorted(names):
        below = os.path.relpath(place, footage)
        manifest = os.path.join(results, below, name.removesuffix(".mp4") + "_manifest.json")
        with open(manifest, "rb") as file:
            told = json.load(file)
        with open(os.path.join(place, name), "rb") as file:
            done += bool(told["clip_digest"]) and bool(hashlib.sha256(file.read()).hexdigest())
print(done)
