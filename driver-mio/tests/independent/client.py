#!/usr/bin/env python3
"""A client that signs on at the service, plays short scenes there, and demands all that the protocol promises.

Written from the description of the protocol alone (core/docs/imo-protocol.md), never from the program. Never accepts what is
only nearly right: a broken promise ends its scene, and the program with 1. Says `ok SCENE` for each scene.
"""

import argparse
import ssl
import sys
import traceback
from pathlib import Path

import scenes
import scenes_groups
import scenes_trouble
from link import Place


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="the base URL, with its final slash")
    parser.add_argument("--ca", required=True)
    parser.add_argument("--dialect", choices=["v0", "v1"], required=True)
    parser.add_argument("--hold", type=float, required=True, help="how long the service holds a poll, in seconds")
    parser.add_argument("scene", nargs="*")
    args = parser.parse_args()
    place = Place(args.server, ssl.create_default_context(cafile=args.ca), args.dialect, args.hold)
    known = scenes.SCENES | scenes_groups.SCENES | scenes_trouble.SCENES
    failed = 0
    for name in args.scene or known:
        try:
            known[name](place)
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed = 1
            places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            print(f"scene {name} in {args.dialect}: {error!r} at {' '.join(places)}", file=sys.stderr, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
