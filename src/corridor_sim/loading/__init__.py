"""YAML to Scenario: reading, inheritance, dated changes, faults with their position, and modelling sense."""

from corridor_sim.loading.differences import Difference, diff
from corridor_sim.loading.load import load_case, load_cases, load_mapping, load_scenario
from corridor_sim.loading.loaded import Applied, Loaded, Position
from corridor_sim.loading.reference import reference_page
from corridor_sim.loading.resolved import as_yaml, essence
from corridor_sim.loading.schema import json_schema, schema_text
from corridor_sim.loading.starter import init_directory, starter_text
from corridor_sim.origins import Provenance

__all__ = [
    "Applied",
    "Difference",
    "Loaded",
    "Position",
    "Provenance",
    "as_yaml",
    "diff",
    "essence",
    "init_directory",
    "json_schema",
    "load_case",
    "load_cases",
    "load_mapping",
    "load_scenario",
    "reference_page",
    "schema_text",
    "starter_text",
]
