"""YAML to Scenario: reading, inheritance, dated changes, faults with their position, and modelling sense."""

from corridor_sim.loading.load import load_case, load_cases, load_mapping, load_scenario
from corridor_sim.loading.loaded import Applied, Loaded, Position, Provenance
from corridor_sim.loading.resolved import as_yaml, essence

__all__ = [
    "Applied",
    "Loaded",
    "Position",
    "Provenance",
    "as_yaml",
    "essence",
    "load_case",
    "load_cases",
    "load_mapping",
    "load_scenario",
]
