"""The ten nearest of many vectors, exactly: usage nearest.py VECTORS QUERIES, both raw 32-bit numbers, 384 to a vector."""

import json
import sys
import time

import numpy

vectors, queries = (numpy.fromfile(path, dtype="<f4").reshape(-1, 384) for path in sys.argv[1:3])
nearest, times = [], []
for query in queries:
    began = time.perf_counter()
    cosines = vectors @ query
    best = numpy.argpartition(-cosines, 10)[:10]
    best = best[numpy.argsort(-cosines[best])]
    times.append(time.perf_counter() - began)
    nearest.append(best.tolist())
print(json.dumps({"nearest": nearest, "p95_ms": float(numpy.percentile(times, 95) * 1000)}))
