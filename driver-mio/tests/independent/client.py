#!/usr/bin/env python3
"""A client that signs on at the service, plays short scenes there, and demands all that the protocol promises.

Written from the description of the protocol alone (core/docs/imo-protocol.md), never from the program. Never
accepts what is only nearly right: a broken promise ends its scene, and the program with 1. Says `ok SCENE` for each.
"""

import argparse
import ssl
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Callable

import scenes
import scenes_groups
import scenes_trouble
from link import Place

# How many scenes are played at the same time. They share no account.
AT_ONCE = 5
# Who speaks, finishes his line: print writes a line and its end apart.
SPEAKS = Lock()


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
    names = args.scene or list(known)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        played = [pool.submit(play, name, known[name], place) for name in names]
        return 0 if all([scene.result() for scene in played]) else 1


def play(name: str, scene: Callable[[Place], Any], place: Place) -> bool:
    """Plays a scene, and says how it went."""
    try:
        scene(place)
    except Exception as error:
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        with SPEAKS:
            print(f"scene {name} in {place.dialect}: {error!r} at {' '.join(places)}", file=sys.stderr, flush=True)
        return False
    with SPEAKS:
        print(f"ok {name}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
