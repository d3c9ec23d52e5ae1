#!/usr/bin/env python3
"""serve: a real web server with Wattledger behind it, for `make run` and for the tests.

It owns a run folder (configuration, socket, logs, pid files; gone afterwards), the web server, the FastCGI
processes behind nginx and one `wattledger-worker --watch`. It fills in the same templates of httpd-conf/ that a
host would use, and adds around them only what a distribution's main configuration would (modules, log, user).

Who runs what: without root, everything is the invoking user. As root, nginx and the FastCGI processes stay root,
like the command line that is typed beside them. Apache refuses to be root for its requests, so there the programs,
the worker and `init` run as www-data and the storage folder is given to www-data (again at each start); a storage
that www-data cannot reach (a checkout under /root) is replaced by /var/lib/wattledger, unless it was named.

Disadvantage: the FastCGI processes are respawned by this script, not by the tools of a distribution; the units
in httpd-conf/ do that on a real host.
"""
import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "httpd-conf"
SERVERS = ("nginx", "apache", "apache-cgi")
PROGRAMS = ("wattledger", "wattledger-worker", "wattledger.fcgi", "wattledger.cgi")
WEB_USER = "www-data"
FALLBACK_STORAGE = "/var/lib/wattledger"

NGINX_MAIN = """# The frame that a distribution's nginx.conf would be.
{user}
daemon off;
worker_processes 1;
pid {run}/nginx.pid;
error_log {run}/error.log;
events {{ worker_connections 512; }}
http {{
	access_log off;
	types {{ text/css css; text/javascript js; image/svg+xml svg; image/png png; }}
	client_body_temp_path {run}/tmp-body;
	fastcgi_temp_path {run}/tmp-fastcgi;
	proxy_temp_path {run}/tmp-proxy;
	uwsgi_temp_path {run}/tmp-uwsgi;
	scgi_temp_path {run}/tmp-scgi;
{site}
}}
"""

APACHE_MODULES = """mpm_prefork authz_core authz_host mime setenvif rewrite env alias cgi headers dir"""
APACHE_MAIN = """# The frame that a distribution's apache2.conf would be.
ServerRoot {run}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {run}/apache.pid
DefaultRuntimeDir {run}
ErrorLog {run}/error.log
LogLevel warn
TypesConfig /etc/mime.types
{modules}
{user}
<Directory />
	AllowOverride None
	Require all denied
</Directory>
StartServers 2
MinSpareServers 2
MaxSpareServers 4
MaxRequestWorkers 16
{site}
"""


class Failure(Exception):
    pass


def tail(path, lines=15):
    try:
        return "\n".join(Path(path).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def fill(template, **values):
    """A template of httpd-conf with its @NAMES@ filled in."""
    text = (CONF / template).read_text()
    for key, value in values.items():
        text = text.replace(f"@{key.upper()}@", str(value))
    return text


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Site:
    """One running site. Site(...).start(), then .stop(); or as a context manager. `worker`: keep one running;
    `wake`: the web program finds a worker beside itself and may start it."""

    def __init__(self, build, storage, server="nginx", port=0, processes=4, worker=True, wake=True):
        self.build, self.storage = Path(build).resolve(), Path(storage).resolve()
        self.server, self.port = server, port or free_port()
        self.processes, self.with_worker, self.wake = processes, worker, wake
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, "WATTLEDGER_STORAGE": str(self.storage)}
        self.user = WEB_USER if os.geteuid() == 0 and server != "nginx" else None
        self.kept = []  # [name, make, process, started]: started again when they end
        self.web = None
        self.stopping = threading.Event()
        self.keeper = None
        self.run = None

    # -- processes --

    def spawn(self, argv, **more):
        who = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        return subprocess.Popen([str(a) for a in argv], env=self.env, cwd=self.run, umask=0o077,
                                start_new_session=True, **who, **more)

    def program(self, name):
        if self.server == "nginx" and self.wake:
            return self.build / name
        return self.run / ("worker" if name == "wattledger-worker" and not self.wake else "bin") / name

    def cli(self, *args, given=None, check=True):
        """The command line, as the user that owns the storage."""
        p = self.spawn([self.program("wattledger"), *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
        out, err = p.communicate(given)
        if check and p.returncode:
            raise Failure(f"wattledger {' '.join(args)}: exit {p.returncode}\n{out}{err}")
        return p.returncode, out, err

    def reachable(self, path):
        """Whether the web user may pass all folders above `path`."""
        return not self.user or subprocess.run(["test", "-x", str(path)], user=self.user, group=self.user,
                                               extra_groups=[]).returncode == 0

    # -- start --

    def start(self):
        try:
            self.start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def start_all(self):
        self.run = Path(tempfile.mkdtemp(prefix="wattledger-run-"))
        self.run.chmod(0o755)
        self.storage.mkdir(parents=True, exist_ok=True)
        self.storage.chmod(0o700)
        self.copy_programs()
        if self.user:
            if not self.reachable(self.storage.parent):
                raise Failure(f"{self.user} cannot reach {self.storage}: give STORAGE= a folder that it can")
            self.give_storage()
        self.cli("init", "--development")
        if self.server == "nginx":
            self.start_nginx()
        else:
            self.start_apache()
        if self.with_worker:
            self.keep("worker", lambda: self.spawn([self.program("wattledger-worker"), "--watch"],
                                                   stdin=subprocess.DEVNULL, stderr=self.log("worker.log")))
        self.keeper = threading.Thread(target=self.watch, daemon=True)
        self.keeper.start()
        self.wait_ready()

    def copy_programs(self):
        """Apache's user may be unable to read the build folder; and where the web program shall find no worker, that
        one lies elsewhere."""
        for p in PROGRAMS:
            copy = self.program(p)
            if copy != self.build / p:
                copy.parent.mkdir(mode=0o755, exist_ok=True)
                shutil.copy(self.build / p, copy)
                copy.chmod(0o755)

    def give_storage(self):
        owner = pwd.getpwnam(self.user)
        for top, dirs, files in os.walk(self.storage):
            for name in [top] + [os.path.join(top, f) for f in files]:
                os.chown(name, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def log(self, name):
        return open(self.run / name, "ab", buffering=0)

    def keep(self, name, make):
        self.kept.append([name, make, make(), time.monotonic()])

    def start_nginx(self):
        sock = self.run / "fcgi.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(sock))
        self.listener.listen(128)
        for i in range(self.processes):
            self.keep("wattledger.fcgi", lambda: self.spawn([self.program("wattledger.fcgi")],
                      stdin=self.listener.fileno(), stdout=subprocess.DEVNULL, stderr=self.log("fcgi.log")))
        user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
        site = fill("nginx.conf", listen=f"127.0.0.1:{self.port}", name="_", socket=sock)
        conf = self.run / "nginx.conf"
        conf.write_text(NGINX_MAIN.format(user=user, run=self.run, site=site))
        self.start_web()

    def start_web(self):
        """nginx itself; after kill_web it comes back at the same address."""
        conf = self.run / "nginx.conf"
        self.web = subprocess.Popen(["nginx", "-p", str(self.run), "-e", str(self.run / "error.log"), "-c", str(conf)],
                                    env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"},
                                    stdin=subprocess.DEVNULL, start_new_session=True)

    def kill_web(self):
        """As when the machine dies: nginx and the programs behind it (which come back by themselves)."""
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()
        for pid in self.pids("wattledger.fcgi"):
            os.kill(pid, signal.SIGKILL)

    def start_apache(self):
        www = self.run / "www"
        www.mkdir(mode=0o755)
        shutil.copy(ROOT / "cgi-bin/.htaccess", www / ".htaccess")
        (www / ".htaccess").chmod(0o644)
        for name in ("wattledger.fcgi", "wattledger.cgi"):
            (www / name).write_text(f"#!{self.program(name)}\nstorage: {self.storage}\n")
            (www / name).chmod(0o755)
        template = "apache-fcgid.conf" if self.server == "apache" else "apache-cgi.conf"
        names = APACHE_MODULES + (" fcgid" if self.server == "apache" else "")
        modules = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in names.split())
        if self.server == "apache":
            modules += f"\nFcgidIPCDir {self.run}/fcgid\nFcgidProcessTableFile {self.run}/fcgid_shm"
        (self.run / "fcgid").mkdir(mode=0o700)
        user = ""
        if self.user:
            owner = pwd.getpwnam(self.user)
            os.chown(self.run / "fcgid", owner.pw_uid, owner.pw_gid)
            user = f"User {self.user}\nGroup {self.user}"
        site = fill(template, listen=f"127.0.0.1:{self.port}", name="127.0.0.1", webroot=www)
        conf = self.run / "apache.conf"
        conf.write_text(APACHE_MAIN.format(user=user, run=self.run, port=self.port, modules=modules, site=site))
        self.web = subprocess.Popen(["/usr/sbin/apache2", "-f", str(conf), "-D", "FOREGROUND"],
                                    env={**self.env, "APACHE_RUN_DIR": str(self.run)},
                                    stdin=subprocess.DEVNULL, start_new_session=True)

    def wait_ready(self):
        for _ in range(150):
            if self.web.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.1)
        raise Failure(f"{self.server} did not start on {self.url} (is the port taken?)\n{tail(self.run / 'error.log')}")

    # -- while it runs --

    def watch(self):
        """Starts again what ended (the programs are crash-only), but not more than once a second each."""
        while not self.stopping.wait(0.1):
            for entry in self.kept:
                if entry[2].poll() is not None and time.monotonic() - entry[3] > 1 and not self.stopping.is_set():
                    entry[2], entry[3] = entry[1](), time.monotonic()

    def pids(self, name):
        """Of the kept processes, and for Apache of the FastCGI processes that it started itself."""
        if name == "wattledger.fcgi" and self.server == "apache":
            found = subprocess.run(["pgrep", "-f", str(self.program(name))], capture_output=True, text=True).stdout
            return [int(p) for p in found.split()]
        return [e[2].pid for e in self.kept if e[0] == name and e[2].poll() is None]

    def logs(self):
        """What went wrong, by the servers' logs and ours."""
        ours = [l for p in sorted(self.storage.glob("logs/*")) for l in p.read_text(errors="replace").splitlines()
                if '"level":"info"' not in l]
        return "\n".join([tail(p) for p in sorted(self.run.glob("*.log"))] + ours[-15:])

    def stop(self):
        self.stopping.set()
        if self.keeper and self.keeper is not threading.current_thread():
            self.keeper.join(2)
        everything = ([self.web] if self.web else []) + [e[2] for e in self.kept]
        for p in everything:
            if p.poll() is None:
                p.terminate()
        for p in everything:
            try:
                p.wait(8)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
        if self.server == "nginx" and hasattr(self, "listener"):
            self.listener.close()
        if self.run:
            shutil.rmtree(self.run, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()


def welcome(site, demo):
    lines = ["", f"  Wattledger is at  {site.url}/   ({site.server}; storage: {site.storage})"]
    token = site.storage / "setup-token.txt"
    if demo:
        lines += [f"  Sign in as        {demo[0]}", f"  with the password {demo[1]}"]
    elif token.exists():
        lines += [f"  Become its admin  {site.url}/setup", f"  with the token    {token.read_text().strip()}",
                  f"                    (it is in {token})"]
    if site.user:
        lines += [f"  On the command line, be the same user: runuser -u {site.user} -- …"]
    print("\n".join(lines + ["  Ctrl-C stops it.", ""]), flush=True)


def main():
    parser = argparse.ArgumentParser(description="Serves Wattledger on 127.0.0.1.")
    parser.add_argument("--build", default=ROOT / "build")
    parser.add_argument("--server", choices=SERVERS, default="nginx")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--storage")
    parser.add_argument("--demo", action="store_true")
    args = parser.parse_args()
    site = Site(args.build, args.storage or ROOT / "storage", args.server, args.port)
    if not args.storage and not site.reachable(site.storage.parent):
        print(f"{site.user} cannot reach {site.storage}: using {FALLBACK_STORAGE} instead", file=sys.stderr)
        site = Site(args.build, FALLBACK_STORAGE, args.server, args.port)
    stop = threading.Event()
    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(s, lambda *_: stop.set())
    try:
        with site:
            account = None
            if args.demo:
                import demo
                account = demo.fill(site)
            welcome(site, account)
            while not stop.wait(0.5):
                if site.web.poll() is not None:
                    raise Failure(f"{args.server} ended\n{tail(site.run / 'error.log')}")
    except Failure as e:
        sys.exit(f"serve: {e}")


if __name__ == "__main__":
    main()
