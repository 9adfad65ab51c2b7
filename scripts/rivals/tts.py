"""Time of piper-tts to synthesise a whole text, the middle one of five. usage: tts.py VOICE TEXT. Prints JSON."""
import json
import sys
import time

from piper import PiperVoice

voice = PiperVoice.load(sys.argv[1])
list(voice.synthesize("Warm."))
times = []
for _ in range(5):
    began = time.perf_counter()
    for chunk in voice.synthesize(sys.argv[2]):
        chunk.audio_int16_bytes
    times.append(time.perf_counter() - began)
print(json.dumps({"seconds": sorted(times)[2]}))
