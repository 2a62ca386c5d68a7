"""Credibility: the years that are known, run again and put beside what was published of them."""

from corridor_sim.credibility.backcast import YEARS, run_years, short_form
from corridor_sim.credibility.findings import Findings, findings_of
from corridor_sim.credibility.sweeps import swept
from corridor_sim.credibility.targets import Target, read_targets
from corridor_sim.credibility.written import write_findings

__all__ = ["YEARS", "Findings", "Target", "findings_of", "read_targets", "run_years", "short_form", "swept", "write_findings"]
