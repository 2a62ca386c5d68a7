"""Run a scenario from a clone: `python run_scenario.py FILE` is `corridor-sim run FILE`."""

from __future__ import annotations

import sys

HINT = """corridor_sim can't be used from here: the module {name!r} is missing.
Install it once, in the folder of this file:

  python3 -m venv .venv && .venv/bin/pip install -c constraints.txt .

and run it with that environment: .venv/bin/python run_scenario.py scenarios/baseline_2024.yaml"""


def main() -> None:
    """Run `corridor-sim run` with the arguments given."""
    try:
        from corridor_sim.cli import main as corridor_sim
    except ModuleNotFoundError as missing:
        print(HINT.format(name=missing.name), file=sys.stderr)
        sys.exit(2)
    corridor_sim(["run", *sys.argv[1:]])


if __name__ == "__main__":
    main()
