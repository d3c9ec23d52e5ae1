#!/usr/bin/env python3
"""lint: runs every rule of rules.py over the tree and prints file:line and why. `--as-tests`: for run.py."""
import argparse
import sys
from pathlib import Path

from rules import RULES, Tree

parser = argparse.ArgumentParser()
parser.add_argument("--as-tests", action="store_true")
parser.add_argument("rules", nargs="*", help="only these")
args = parser.parse_args()
tree = Tree(Path(__file__).resolve().parents[2])
failed = 0
for name in args.rules or RULES:
    found = list(RULES[name](tree))
    failed += len(found)
    for file, line, why in found:
        print(f"not ok {name}: {file}:{line}: {why}" if args.as_tests else f"{file}:{line}: {name}: {why}")
    if args.as_tests and not found:
        print(f"ok {name}")
if not args.as_tests:
    print(f"{len(args.rules or RULES)} rules, {failed} findings")
sys.exit(1 if failed else 0)
