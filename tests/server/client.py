"""client: a small browser without JavaScript: cookies, forms as they stand in the page, multipart.

A test says which fields it fills in; hidden fields, action and encoding come from the form itself, so the tests
hold whatever a page calls its CSRF field, and a page whose form is broken fails them.
"""
import http.client
import json
import re
import secrets
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit


class Reply:
    def __init__(self, url, status, headers, body):
        self.url, self.status, self.headers, self.body = url, status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def header(self, name, default=None):
        return next((v for k, v in self.headers if k.lower() == name.lower()), default)

    def json(self):
        return json.loads(self.body)

    def forms(self):
        return Forms(self.text).forms

    def __repr__(self):
        return f"<{self.status} {self.url} {self.text[:200]!r}>"


class Form:
    def __init__(self, attrs):
        self.action, self.method = attrs.get("action"), attrs.get("method", "get").lower()
        self.multipart = attrs.get("enctype") == "multipart/form-data"
        self.fields, self.types = {}, {}

    def has(self, *names):
        return all(n in self.types for n in names)


class Forms(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self.form, self.select = [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = {k: v if v is not None else "" for k, v in attrs}
        if tag == "form":
            self.form = Form(a)
            self.forms.append(self.form)
        if not self.form:
            return
        if tag == "select":
            self.select = a.get("name")
            self.form.types[self.select] = "select"
        if tag == "option" and self.select and ("selected" in a or self.select not in self.form.fields):
            self.form.fields[self.select] = a.get("value", "")
        if tag in ("input", "textarea", "button") and a.get("name"):
            kind = a.get("type", "text")
            self.form.types[a["name"]] = kind
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    self.form.fields[a["name"]] = a.get("value", "on")
            elif kind not in ("file", "submit") and tag != "button":
                self.form.fields[a["name"]] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag == "select":
            self.select = None


def multipart(fields, files):
    """files: {field: (filename, bytes, type)}. Returns (content type, body)."""
    boundary = "----wattledger" + secrets.token_hex(12)
    out = []
    for k, v in fields.items():
        out.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode())
    for k, (name, data, kind) in files.items():
        out.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"; filename="{name}"\r\n'
                   f"Content-Type: {kind}\r\n\r\n".encode() + data + b"\r\n")
    out.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(out)


class Client:
    def __init__(self, url, token=None):
        parts = urlsplit(url)
        self.host, self.port, self.base = parts.hostname, parts.port, url
        self.cookies, self.token, self.last = {}, token, None

    def request(self, method, path, body=None, headers=None, chunked=False):
        path = urlsplit(urljoin(self.base, path))
        path = path.path + ("?" + path.query if path.query else "")
        h = {"User-Agent": "wattledger-tests"}
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if self.token:
            h["Authorization"] = "Bearer " + self.token
        h.update(headers or {})
        c = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            c.request(method, path, body=iter([body]) if chunked else body, headers=h, encode_chunked=chunked)
            r = c.getresponse()
            reply = Reply(path, r.status, r.getheaders(), r.read())
        finally:
            c.close()
        for k, v in reply.headers:
            if k.lower() == "set-cookie":
                name, value = v.split(";")[0].split("=", 1)
                if re.search(r"max-age=0\b", v, re.I) or not value:
                    self.cookies.pop(name.strip(), None)
                else:
                    self.cookies[name.strip()] = value
        self.last = reply
        return reply

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def follow(self, reply):
        for _ in range(5):
            if reply.status not in (301, 302, 303, 307):
                break
            reply = self.get(urljoin(self.base + reply.url, reply.header("Location")))
        return reply

    def submit(self, page, fields=None, files=None, needs=(), same_origin=True, follow=True):
        """Fills the first form of the page that has all the fields given (and `needs`), and sends it."""
        if isinstance(page, str):
            page = self.get(page)
        wanted = [*(fields or {}), *(files or {}), *needs]
        form = next((f for f in page.forms() if f.has(*wanted) and f.method == "post"), None)
        if not form:
            raise AssertionError(f"no form with {wanted} in {page}")
        values = {**form.fields, **(fields or {})}
        values = {k: v for k, v in values.items() if v is not None}
        headers = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} if same_origin else {}
        if form.multipart:
            kind, body = multipart(values, files or {})
        else:
            kind, body = "application/x-www-form-urlencoded", urlencode(values).encode()
        reply = self.request("POST", urljoin(self.base + page.url, form.action or page.url), body,
                             {**headers, "Content-Type": kind})
        return self.follow(reply) if follow else reply

    def setup(self, token, email, password, name="Test admin"):
        return self.submit("/setup", {"token": token, "email": email, "name": name, "password": password,
                                      "password_again": password})

    def login(self, email, password):
        return self.submit("/login", {"email": email, "password": password})

    def upload(self, filename, data, follow=True, **fields):
        """Through /admin/imports, as a person without JavaScript would. A field given as None is left out."""
        page = self.get("/admin/imports")
        return self.submit(page, fields, {"file": (filename, data, "text/csv")}, follow=follow)

    def jobs(self, query=""):
        return self.get("/api/import/jobs" + query).json()
