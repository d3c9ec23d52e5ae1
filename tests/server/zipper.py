"""zipper: ZIP files as no honest program writes them: every field of every header can be said, true or not."""
import dataclasses
import struct
import zipfile
import zlib

UNIX, FILE, LINK = 3, 0o100600 << 16, 0o120777 << 16
DEFLATE, STORE = 8, 0


def deflate(data, level=6):
    z = zlib.compressobj(level, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


@dataclasses.dataclass
class Entry:
    name: bytes
    data: bytes = b""
    method: int = DEFLATE
    flags: int = 0
    attributes: int = FILE
    packed: bytes = None     # what stands in the file; None: the data, as the method says
    crc: int = None          # None, here and below: the truth
    size: int = None
    packed_size: int = None
    local_name: bytes = None
    local_extra: bytes = b""
    extra: bytes = b""
    comment: bytes = b""
    at: int = None           # where the list says that it begins
    time: int = 0

    def body(self):
        if self.packed is None:
            self.packed = deflate(self.data) if self.method == DEFLATE else self.data
        return self.packed

    def numbers(self):
        true = (zlib.crc32(self.data), len(self.body()), len(self.data))
        return [t if said is None else said for t, said in zip(true, (self.crc, self.packed_size, self.size))]

    def local(self):
        name = self.name if self.local_name is None else self.local_name
        return struct.pack("<4s5H3I2H", b"PK\3\4", 20, self.flags, self.method, self.time, 0x21, *self.numbers(), len(name),
                           len(self.local_extra)) + name + self.local_extra

    def listed(self, at):
        return struct.pack("<4s6H3I5H2I", b"PK\1\2", UNIX << 8 | 20, 20, self.flags, self.method, self.time, 0x21, *self.numbers(), len(self.name),
                           len(self.extra), len(self.comment), 0, 0, self.attributes, at if self.at is None else self.at) + self.name + self.extra + self.comment


def end(n, size, at, comment=b"", said=None):
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n, n, size, at, len(comment) if said is None else said) + comment


def end64(n, size, at, here):
    """The record of the 64-bit form and its locator, which stand at `here`."""
    return (struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, n, n, size, at) + struct.pack("<4sIQI", b"PK\6\7", 0, here, 1))


def build(entries, comment=b"", count=None, list_size=None, list_at=None, big=False, before=b"", between=b"", repeat_list=1):
    out, at = bytearray(before), []
    for e in entries:
        at.append(len(out))
        out += e.local() + e.body()
    out += between
    here = len(out)
    listed = b"".join(e.listed(a) for e, a in zip(entries, at)) * repeat_list
    out += listed
    n, size, where = (t if said is None else said for t, said in
                      zip((len(entries) * repeat_list, len(listed), here), (count, list_size, list_at)))
    if big:
        out += end64(n, size, where, len(out))
    cut = lambda v, bits: v if v < 1 << bits else (1 << bits) - 1
    return bytes(out) + end(cut(n, 16), cut(size, 32), cut(where, 32), comment)


def read(path):
    """{name: data} of an honest one, in its order."""
    with zipfile.ZipFile(path) as z:
        return {i.filename: z.read(i) for i in z.infolist()}


def entries_of(files, **more):
    return [Entry(n if isinstance(n, bytes) else n.encode(), d, **more) for n, d in files.items()]


def thick(data, ratio=190):
    """Deflated so that it comes to a little less than `ratio` times its packed size, whatever it holds: empty blocks fill up."""
    packed = deflate(data, 9)
    missing = max(0, len(data) // ratio + 1 - len(packed))
    return b"\0\0\0\xff\xff" * (missing // 5 + 1) + packed


def quoting(n, kernel):
    """n entries that lie over each other, as in D. Fifield's better bomb: each unpacks what stands behind it, too."""
    files = [Entry(b"table%03d.csv" % (n - 1), kernel)]
    files[0].body()
    for i in range(n - 2, -1, -1):
        behind = files[0]
        head = behind.local()
        files.insert(0, Entry(b"table%03d.csv" % i, head + behind.data, packed=struct.pack("<BHH", 0, len(head), len(head) ^ 0xffff) + head + behind.packed))
    out, at = bytearray(), []
    for e, behind in zip(files, files[1:] + [None]):
        at.append(len(out))
        size = len(behind.local()) if behind else 0
        out += e.local() + (struct.pack("<BHH", 0, size, size ^ 0xffff) if behind else e.packed)
    here = len(out)
    listed = b"".join(e.listed(a) for e, a in zip(files, at))
    return bytes(out) + listed + end(n, len(listed), here)
