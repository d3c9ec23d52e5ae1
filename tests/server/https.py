"""https: a small web server with a certificate of its own authority, for what our programs fetch.

Each path is a function `reply(request) -> (status, headers, body)`; a body may be an iterator, which is sent in
chunks. `asked` holds what was asked: (path, headers).
"""
import http.server
import ssl
import subprocess
import threading
from pathlib import Path


def certificates(folder):
    """ca.pem, and server.pem with its key, for localhost and 127.0.0.1."""
    folder = Path(folder)

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, cwd=folder)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Tests", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.crt")
    (folder / "server.pem").write_text((folder / "server.crt").read_text() + (folder / "server.key").read_text())


class Https:
    def __init__(self, folder):
        self.paths, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.split("?")[0]
                outer.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                status, headers, body = outer.paths.get(path, lambda r: (404, {}, b"nothing here"))(self)
                whole = isinstance(body, bytes)
                self.send_response(status)
                for k, v in headers.items():
                    self.send_header(k, v)
                if whole and "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                elif not whole:
                    self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    if whole:
                        self.wfile.write(body)
                        return
                    for piece in body:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(folder, "server.pem"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path, host="localhost"):
        return f"https://{host}:{self.port}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
