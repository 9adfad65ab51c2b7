"""Standard input and output on one side, a Unix socket on the other: how a client that starts its servers reaches a test."""

import os
import socket
import sys
import threading

there = socket.socket(socket.AF_UNIX)
there.connect(sys.argv[1])


def outward():
    while data := os.read(0, 65536):
        there.sendall(data)
    there.shutdown(socket.SHUT_WR)


threading.Thread(target=outward, daemon=True).start()
while data := there.recv(65536):
    os.write(1, data)
