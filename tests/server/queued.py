"""queued: a storage folder with uploads that wait for a worker, made through the web like a person's.

The site that takes them has no worker beside its programs, so that nothing starts on them.
"""
import re
from pathlib import Path
from urllib.parse import urlencode

from client import Client
from serve import Failure, Site

EMAIL, PASSWORD = "admin@example.org", "correct horse battery staple"


def queue(build, storage, files):
    """files: [(name, bytes)] or [(name, bytes, fields of the form)]. Returns their batch ids, in order."""
    storage, batches = Path(storage), []
    with Site(build, storage, worker=False, wake=False, processes=1) as site:
        c = Client(site.url)
        token = storage / "setup-token.txt"
        if token.exists():
            c.setup(token.read_text().strip(), EMAIL, PASSWORD)
        else:
            c.login(EMAIL, PASSWORD)
        for name, data, *fields in files:
            reply = c.upload(name, data, background="1", **(fields[0] if fields else {}))
            found = re.search(r"/(?:status/)?([0-9a-f-]{36})(?:/preview)?$", reply.url)
            if reply.status != 200 or not found:
                raise Failure(f"upload of {name}: {reply}")
            batches.append(found[1])
    return batches


def queue_undo(build, storage, batches, what="undo"):
    """Asks for the undo, or the redo, of these imports."""
    with Site(build, Path(storage), worker=False, wake=False, processes=1) as site:
        c = Client(site.url)
        c.login(EMAIL, PASSWORD)
        for batch in batches:
            page = c.get(f"/admin/imports/status/{batch}/{what}")
            form = next((f for f in page.forms() if f.action and f.action.endswith("/" + what)), None)
            if not form:
                raise Failure(f"no form for the {what} of {batch}: {page}")
            c.request("POST", form.action, urlencode(form.fields).encode(),
                      {"Content-Type": "application/x-www-form-urlencoded", "Origin": c.base,
                       "Sec-Fetch-Site": "same-origin"})


def queue_exports(build, storage, exports):
    """Asks for exports: [fields of the form]."""
    with Site(build, Path(storage), worker=False, wake=False, processes=1) as site:
        c = Client(site.url)
        c.login(EMAIL, PASSWORD)
        for fields in exports:
            page = c.get("/admin/exports")
            form = next(f for f in page.forms() if f.action and f.action.endswith("/admin/exports"))
            reply = c.request("POST", form.action, urlencode({**form.fields, **fields}).encode(),
                              {"Content-Type": "application/x-www-form-urlencoded", "Origin": c.base, "Sec-Fetch-Site": "same-origin"})
            if reply.status not in (200, 303):
                raise Failure(f"export: {reply}")
