"""Settling: shares of itineraries that the times they cause would bring about again."""

from corridor_sim.settle.rounds import Settled, settle

__all__ = ["Settled", "settle"]
