"""Sensitivity: which uncertain numbers move the answers, by Morris's screening and Sobol's indices (SALib)."""

from corridor_sim.sensitivity.design import Design, Edit, Factor
from corridor_sim.sensitivity.reading import read_design
from corridor_sim.sensitivity.study import Sensitivity, explored, leading, sensitivity, stored_sensitivity
from corridor_sim.sensitivity.telling import sensitivity_lines

__all__ = [
    "Design", "Edit", "Factor", "Sensitivity", "explored", "leading", "read_design", "sensitivity", "sensitivity_lines",
    "stored_sensitivity",
]  # fmt: skip
