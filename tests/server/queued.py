"""queued: a storage folder with uploads that wait for a worker, made through the web like a person's.

The site that takes them has no worker beside its programs, so that nothing starts on them.
"""
from pathlib import Path

from client import Client
from serve import Failure, Site

EMAIL, PASSWORD = "admin@example.org", "correct horse battery staple"


def queue(build, storage, files):
    """files: [(name, bytes)]. Returns their batch ids, in order."""
    storage, batches = Path(storage), []
    with Site(build, storage, worker=False, wake=False, processes=1) as site:
        c = Client(site.url)
        token = storage / "setup-token.txt"
        if token.exists():
            c.setup(token.read_text().strip(), EMAIL, PASSWORD)
        else:
            c.login(EMAIL, PASSWORD)
        for name, data in files:
            reply = c.upload(name, data, background="1")
            if reply.status != 200 or "/status/" not in reply.url:
                raise Failure(f"upload of {name}: {reply}")
            batches.append(reply.url.rsplit("/", 1)[1])
    return batches
