"""Store: results in folders, `<out>/<name>/<key>/`, complete when their manifest is there."""

from corridor_sim.store.comparing import read_comparison, write_beside, write_comparison
from corridor_sim.store.folder import erase, merge, prepare, write_json, write_part
from corridor_sim.store.key import folder_name, plain, source_digest, study_key
from corridor_sim.store.reading import Entry, list_results, read_results, remove_results
from corridor_sim.store.resume import finished_replications, first_replications, memory_study, relabelled
from corridor_sim.store.tables import run_tables
from corridor_sim.study import Study

__all__ = [
    "Entry", "Study", "erase", "finished_replications", "first_replications", "folder_name", "list_results", "memory_study",
    "merge", "plain", "prepare", "read_comparison", "read_results", "relabelled", "remove_results", "run_tables", "source_digest",
    "study_key", "write_beside", "write_comparison", "write_json", "write_part",
]  # fmt: skip
