"""Tests here import `known`, what they share: scenario, replications, measures, judgement."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
