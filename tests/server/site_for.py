#!/usr/bin/env python3
"""site_for: a site for a test that is not Python: prints one line of JSON when it is ready, stops when stdin ends.

    site_for.py [--demo]     {"url", "storage", "token" (of the set-up), "email", "password"}
Requests on stdin, one a line, are answered by one line of JSON: `worker stop` and `worker cont` (SIGSTOP, SIGCONT: a
job then stays where it is), `web kill` and `web start` (nothing answers in between), anything else is a command line, and its output comes back.
"""
import json
import os
import shlex
import signal
import sys
import tempfile
from pathlib import Path

from cases import BUILD
import demo
from serve import Site

with tempfile.TemporaryDirectory(prefix="wattledger-site-") as folder:
    os.chmod(folder, 0o755)
    with Site(BUILD, Path(folder, "storage"), wake=False) as site:
        if "--demo" in sys.argv:
            demo.fill(site)
        token = site.storage / "setup-token.txt"
        print(json.dumps({"url": site.url, "storage": str(site.storage), "email": demo.EMAIL, "password": demo.PASSWORD,
                          "token": token.read_text().strip() if token.exists() else None}), flush=True)
        for line in sys.stdin:
            if line.startswith("worker "):
                os.kill(site.pids("worker")[0], {"stop": signal.SIGSTOP, "cont": signal.SIGCONT}[line.split()[1]])
                print("{}", flush=True)
                continue
            if line.startswith("web "):
                {"kill": site.kill_web, "start": site.start_web}[line.split()[1]]()
                print("{}", flush=True)
                continue
            code, out, err = site.cli(*shlex.split(line), check=False)
            print(json.dumps({"code": code, "out": out, "err": err}), flush=True)
