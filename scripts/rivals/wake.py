"""CPU time of openwakeword, hearing WAV files in steps of 80 ms as a microphone would give them. Prints JSON."""
import json
import sys
import time

import numpy as np
import soundfile
from openwakeword.model import Model

model = Model(wakeword_model_paths=[sys.argv[1]])
sounds = [(f, soundfile.read(f, dtype="int16")[0]) for f in sys.argv[2:]]
model.predict(np.zeros(1280, dtype=np.int16))
began, best = time.process_time(), {}
for file, sound in sounds:
    scores = [max(model.predict(sound[i : i + 1280]).values()) for i in range(0, len(sound) - 1279, 1280)]
    best[file] = float(max(scores))
print(json.dumps({"cpu_s": time.process_time() - began, "best": best}))
