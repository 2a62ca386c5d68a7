"""The clock and its books: the one package that runs SimPy. It is given a plan and returns records."""

from corridor_sim.engine.run import simulate

__all__ = ["simulate"]
