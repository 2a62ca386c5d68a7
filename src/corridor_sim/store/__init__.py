"""Store: results in folders, `<out>/<name>/<key>/`, complete when their manifest is there."""

from corridor_sim.store.folder import erase, has_records, merge, parts_done, prepare, write_part
from corridor_sim.store.key import folder_name, study_key
from corridor_sim.store.reading import Entry, list_results, read_manifest, read_results, remove_results
from corridor_sim.store.tables import Frames, run_tables
from corridor_sim.study import Study

__all__ = [
    "Entry", "Frames", "Study", "erase", "folder_name", "has_records", "list_results", "merge", "parts_done", "prepare", "read_manifest",
    "read_results", "remove_results", "run_tables", "study_key", "write_part",
]  # fmt: skip
