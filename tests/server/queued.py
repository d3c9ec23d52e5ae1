"""queued: a storage folder with uploads that wait for a worker, made through the web like a person's.

The site that takes them has no worker beside its programs, so that nothing starts on them.
"""
from pathlib import Path
from urllib.parse import urlencode

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


def queue_undo(build, storage, batches):
    """Asks for the undo of these imports."""
    with Site(build, Path(storage), worker=False, wake=False, processes=1) as site:
        c = Client(site.url)
        c.login(EMAIL, PASSWORD)
        for batch in batches:
            page = c.get(f"/admin/imports/status/{batch}/undo")
            form = next((f for f in page.forms() if f.action and f.action.endswith("/undo")), None)
            if not form:
                raise Failure(f"no form for the undo of {batch}: {page}")
            c.request("POST", form.action, urlencode(form.fields).encode(),
                      {"Content-Type": "application/x-www-form-urlencoded", "Origin": c.base,
                       "Sec-Fetch-Site": "same-origin"})
