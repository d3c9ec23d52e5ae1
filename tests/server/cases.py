"""cases: the smallest possible test harness: @case functions, run in order, each one line of result."""
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).resolve()
sys.path[:0] = [str(ROOT / "tests" / n) for n in ("server", "bench", "golden")]

CASES = []


def case(f):
    CASES.append(f)
    return f


class Skip(Exception):
    """A case that cannot be tried here; its text is the reason."""


def equal(got, want, what="value"):
    assert got == want, f"{what}: {got!r} instead of {want!r}"


def run_cases(*args, only=()):
    """Runs all cases with these arguments; True if none failed. A failure names its line."""
    failed = 0
    for f in CASES:
        name = f.__name__.replace("_", " ")
        if only and f.__name__ not in only:
            continue
        try:
            f(*args)
            print(f"ok {name}", flush=True)
        except Skip as e:
            print(f"skip {name}: {e}", flush=True)
        except Exception as e:
            failed += 1
            at = [t for t in traceback.extract_tb(e.__traceback__) if "cases" in t.filename][-1]
            words = " ".join(f"{type(e).__name__}: {e}".split())[:700]
            print(f"not ok {name}: {words} ({Path(at.filename).name}:{at.lineno})", flush=True)
    return not failed
