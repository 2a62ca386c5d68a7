"""Calibration: the few unknown behavioural numbers, fitted once on 2022 and 2023 within sourced bounds."""

from corridor_sim.calibrate.parameters import PARAMETERS, Parameter
from corridor_sim.calibrate.search import Fit, calibrate
from corridor_sim.calibrate.writing import write_fit

__all__ = ["PARAMETERS", "Fit", "Parameter", "calibrate", "write_fit"]
