"""Commands, progress and exit codes: 0 done, 2 the user's mistake, 1 our bug, 130 interrupted.

Only this package prints or exits. What loads pandas or the engine is imported inside the commands, so that help is instant.
"""

from corridor_sim.cli.app import main

__all__ = ["main"]
