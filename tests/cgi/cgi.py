"""cgi: the real program as a CGI, driven by environment variables: no server, no socket, one process a request.

Client speaks like tests/server/client.py's (forms, cookies, redirects), so a case reads the same in both places; what
a server would refuse or mend before the program sees it can be sent here as it is.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))
from cases import BUILD  # noqa: E402
import client  # noqa: E402

CONFIG = "mode = development\n"


class Storage:
    """A fresh storage folder. A context manager: `.dir` is its path."""

    def __init__(self, config=CONFIG, ready=True):
        self.folder = tempfile.TemporaryDirectory(prefix="wattledger-cgi-")
        self.dir = Path(self.folder.name, "storage")
        self.dir.mkdir(mode=0o700)
        (self.dir / "wattledger.conf").write_text(config)
        (self.dir / "wattledger.conf").chmod(0o600)
        if ready:
            self.cli("init")

    def run(self, program, *args, input=None):
        return subprocess.run([BUILD / program, *args], env={**os.environ, "WATTLEDGER_STORAGE": str(self.dir)},
                              capture_output=True, text=True, timeout=60, input=input)

    def cli(self, *args):
        p = self.run("wattledger", *args)
        assert p.returncode == 0, f"wattledger {' '.join(args)}: exit {p.returncode}: {p.stdout}{p.stderr}"
        return p.stdout

    def work(self):
        p = self.run("wattledger-worker", "--once")
        assert p.returncode == 0, f"worker: exit {p.returncode}: {p.stdout}{p.stderr}"
        for _ in range(400):  # the worker that an upload has woken may be at it still
            db = sqlite3.connect(self.dir / "wattledger.db")
            active = db.execute("SELECT COUNT(*) FROM jobs WHERE status = 'processing'").fetchone()[0]
            db.close()
            if not active:
                break
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def parse(out, path):
    head, _, body = out.partition(b"\r\n\r\n")
    headers = [tuple(line.split(": ", 1)) for line in head.decode("latin-1").split("\r\n") if ": " in line]
    status = next((int(v.split()[0]) for k, v in headers if k == "Status"), 0)
    return client.Reply(path, status, headers, body)


class Client(client.Client):
    def __init__(self, storage, https=False, token=None, env=None):
        super().__init__("https://localhost" if https else "http://localhost", token)
        self.storage, self.env = storage, dict(env or {})
        if https:
            self.env["HTTPS"] = "on"

    def raw(self, env, body=b"", argv=()):
        """One request with exactly these variables."""
        p = subprocess.run([BUILD / "wattledger.cgi", *argv], input=body, env=env, capture_output=True, timeout=60)
        return p.returncode, p.stdout, p.stderr

    def variables(self, method, path, body=None, headers=None):
        env = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": method,
               "REQUEST_URI": path, "REMOTE_ADDR": "127.0.0.1", "SCRIPT_NAME": "/never/look/here",
               "HTTP_HOST": "localhost", **self.env}
        if self.storage:
            env["WATTLEDGER_STORAGE"] = str(self.storage.dir)
        if body is not None:
            env["CONTENT_LENGTH"] = str(len(body))
        if self.cookies:
            env["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if self.token:
            env["HTTP_AUTHORIZATION"] = "Bearer " + self.token
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            env[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key] = value
        return env

    def request(self, method, path, body=None, headers=None, chunked=False):
        path = path.removeprefix(self.base)
        env = self.variables(method, path, body, headers)
        if chunked:
            env.pop("CONTENT_LENGTH", None)
        code, out, err = self.raw(env, body or b"")
        assert code == 0, f"exit {code} of {method} {path}: {out[-300:]!r} {err[-600:]!r}"
        reply = parse(out, path)
        for k, v in reply.headers:
            if k.lower() != "set-cookie":
                continue
            name, value = v.split(";")[0].split("=", 1)
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        self.last = reply
        return reply

    def follow(self, reply):
        for _ in range(5):
            if reply.status not in (301, 302, 303, 307):
                break
            reply = self.get(urljoin(self.base + reply.url, reply.header("Location")))
        return reply
