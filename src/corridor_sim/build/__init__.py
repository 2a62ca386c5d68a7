"""From a scenario and its dated snapshots to the plan that the engine runs."""

from corridor_sim.build.assembly import build_plan
from corridor_sim.build.dated import Dated

__all__ = ["Dated", "build_plan"]
