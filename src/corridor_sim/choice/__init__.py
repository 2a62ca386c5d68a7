"""Choice of itinerary: who chooses among what, the logit, and a plan with given shares."""

from corridor_sim.choice.logit import Share, Worth, chosen, constants_of, divided, every, gap_between, stepped
from corridor_sim.choice.markets import Group, Years, groups_of, size_of, years_of
from corridor_sim.choice.report import Told, as_settled, choice_lines, is_on, told
from corridor_sim.choice.shares import Shares, free_time_days, given_shares, interpolated, with_shares

__all__ = [
    "Group", "Share", "Shares", "Told", "Worth", "Years", "as_settled", "choice_lines", "chosen", "constants_of", "divided", "every",
    "free_time_days", "gap_between", "given_shares", "groups_of", "interpolated", "is_on", "size_of", "stepped", "told",
    "with_shares", "years_of",
]  # fmt: skip
