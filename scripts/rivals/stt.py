"""Time and text of pywhispercpp at its defaults. usage: stt.py MODEL FILE... Prints JSON."""
import json
import sys
import time

from pywhispercpp.model import Model

model = Model(sys.argv[1], redirect_whispercpp_logs_to=None, print_realtime=False, print_progress=False)
model.transcribe(sys.argv[2])
texts, seconds = [], 0.0
for file in sys.argv[2:]:
    began = time.perf_counter()
    segments = model.transcribe(file)
    seconds += time.perf_counter() - began
    texts.append(" ".join(s.text for s in segments).strip())
print("\n" + json.dumps({"seconds": seconds, "texts": texts}))
