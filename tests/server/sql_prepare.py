#!/usr/bin/env python3
"""sql_prepare: the promise of one SQL for two databases: every named statement is prepared on PostgreSQL 15.

The cluster is private: a temporary folder, a unix socket and no port, gone afterwards. PostgreSQL refuses to be
root, so as root it runs as the `postgres` user that its package made.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(os.environ["BUILD"])
PG = Path("/usr/lib/postgresql/15/bin")
USER = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def run(*argv, given=None, cwd):
    return subprocess.run([str(a) for a in argv], input=given, capture_output=True, text=True, cwd=cwd, **USER)


def dump(*args):
    return subprocess.run([BUILD / "tests/sql_dump", *args], capture_output=True, text=True, check=True).stdout


def main():
    if not (PG / "initdb").exists():
        sys.exit("not ok postgresql: no PostgreSQL 15 here; make test installs it")
    top = Path(tempfile.mkdtemp(prefix="wlpg-"))
    failed = 0
    try:
        if USER:
            shutil.chown(top, "postgres", "postgres")
        data = top / "data"
        p = run(PG / "initdb", "-D", data, "-U", "wattledger", "-A", "trust", "--no-sync", "-E", "UTF8", cwd=top)
        if p.returncode:
            sys.exit(f"not ok initdb: {p.stderr.strip()[-300:]}")
        options = f"-c listen_addresses='' -c unix_socket_directories={top} -c fsync=off"
        p = run(PG / "pg_ctl", "-D", data, "-w", "-l", top / "log", "-o", options, "start", cwd=top)
        if p.returncode:
            sys.exit(f"not ok start: {p.stdout} {(top / 'log').read_text()[-300:]}")
        try:
            def psql(text):
                return run(PG / "psql", "-X", "-q", "-h", top, "-U", "wattledger", "-d", "postgres", "-v",
                           "ON_ERROR_STOP=1", given=text, cwd=top)
            p = psql(dump("schema"))
            print("ok schema" if p.returncode == 0 else f"not ok schema: {p.stderr.strip()}")
            failed += p.returncode != 0
            everything = dump()
            statements = [s for s in everything.split("\n;\n") if s.strip()]
            if psql(everything).returncode == 0:
                print("\n".join("ok " + s.split("\n")[0].removeprefix("-- ") for s in statements))
            else:
                for s in statements:
                    name, p = s.split("\n")[0].removeprefix("-- "), psql(s + ";")
                    failed += p.returncode != 0
                    why = " ".join(p.stderr.split())
                    print(f"ok {name}" if p.returncode == 0 else f"not ok {name}: {why}")
        finally:
            run(PG / "pg_ctl", "-D", data, "-m", "immediate", "stop", cwd=top)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()
