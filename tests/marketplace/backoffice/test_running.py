"""The programs of the one-command run: greeted for when the site answers, and ended together."""

import json
import os
import signal
import socket
import subprocess
import sys

from marketplace.backoffice.running.processes import ROOT

SITE = """
import http.server, os, sys, time
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz/live" else 404)
        self.end_headers()
    def log_message(self, *words):
        pass
time.sleep(1)
print("pid", os.getpid(), flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Site).serve_forever()
"""


def test_the_greeting_comes_once_the_site_answers_and_all_ends_together() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    programs = [{"name": "web", "command": [sys.executable, "-c", SITE, str(port)], "environment": {}}]
    greeting = {"port": port, "words": "Karibu", "began": 0}
    command = [sys.executable, "-m", "marketplace.backoffice.running", json.dumps(programs), json.dumps(greeting)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        said = [supervisor.stdout.readline().strip() for _ in range(4)]
        assert said[0].startswith("pid "), "the site began first"
        assert said[1].startswith("Ready in ")
        assert said[2:] == ["", "Karibu"]
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(timeout=180) == 0
    try:
        os.kill(int(said[0].split()[1]), 0)
    except ProcessLookupError:
        return
    raise AssertionError("the site outlived its supervisor")
