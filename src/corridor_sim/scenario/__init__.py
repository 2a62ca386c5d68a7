"""What a case is: frozen models, the one source of validation, defaults, schema and reference page."""

from corridor_sim.scenario.base import Element, Frozen, Ways
from corridor_sim.scenario.calendar import calendar_spans, closed_spans, hour_of, month_numbers, monthly
from corridor_sim.scenario.changes import Change, is_change
from corridor_sim.scenario.choice import Choice, Market, Option, OutsideOption, SettledShares, Settling
from corridor_sim.scenario.closures import Closure, Opening, Spell, moment_of, open_h_a_week, spans_in
from corridor_sim.scenario.disruptions import Disruption
from corridor_sim.scenario.fleets import Fleet
from corridor_sim.scenario.flows import Commodity, Flow, Route
from corridor_sim.scenario.growth import (
    LogisticGrowth,
    MonthlySeason,
    PeriodSeason,
    SineSeason,
    SteadyGrowth,
    TableGrowth,
    YearlyGrowth,
)
from corridor_sim.scenario.later import MESSAGE as NOT_YET
from corridor_sim.scenario.later import unsupported, unsupported_paths
from corridor_sim.scenario.laws import AnyLaw, ByClass, ConstantLaw, FlatLaw, MixtureLaw, flat_by_class
from corridor_sim.scenario.legs import Leg, RunWays, Window
from corridor_sim.scenario.locomotives import District
from corridor_sim.scenario.model import Scenario, VehicleClass, Wind
from corridor_sim.scenario.places import (
    FACILITIES,
    Accepts,
    Berth,
    Border,
    Crane,
    Embargo,
    GaugeChange,
    Other,
    OtherCall,
    Place,
    Port,
    PortWind,
    Ramp,
    Stop,
    Terminal,
    Yard,
)
from corridor_sim.scenario.pools import Pool, Return
from corridor_sim.scenario.services import AtLeast, Carries, Departs, Handling, LoadUnload, Service, Timetable, part_names
from corridor_sim.scenario.shifts import hours_a_week, is_seasonal, most_of, numbers_in, open_spans
from corridor_sim.scenario.stocks import StartStock
from corridor_sim.scenario.targets import Target, struck, struck_stations, targets
from corridor_sim.scenario.tracks import Loop, Platoon, Section, Spacing, number_of_sections

__all__ = [
    "FACILITIES",
    "NOT_YET",
    "Accepts",
    "AnyLaw",
    "AtLeast",
    "Berth",
    "Border",
    "ByClass",
    "Carries",
    "Change",
    "Choice",
    "Closure",
    "Commodity",
    "ConstantLaw",
    "Crane",
    "Departs",
    "Disruption",
    "District",
    "Element",
    "Embargo",
    "FlatLaw",
    "Fleet",
    "Flow",
    "Frozen",
    "GaugeChange",
    "Handling",
    "Leg",
    "LoadUnload",
    "LogisticGrowth",
    "Loop",
    "Market",
    "MixtureLaw",
    "MonthlySeason",
    "Opening",
    "Option",
    "Other",
    "OtherCall",
    "OutsideOption",
    "PeriodSeason",
    "Place",
    "Platoon",
    "Pool",
    "Port",
    "PortWind",
    "Ramp",
    "Return",
    "Route",
    "RunWays",
    "Scenario",
    "Section",
    "Service",
    "SettledShares",
    "Settling",
    "SineSeason",
    "Spacing",
    "Spell",
    "StartStock",
    "SteadyGrowth",
    "Stop",
    "TableGrowth",
    "Target",
    "Terminal",
    "Timetable",
    "VehicleClass",
    "Ways",
    "Wind",
    "Window",
    "Yard",
    "YearlyGrowth",
    "calendar_spans",
    "closed_spans",
    "flat_by_class",
    "hour_of",
    "hours_a_week",
    "is_change",
    "is_seasonal",
    "moment_of",
    "month_numbers",
    "monthly",
    "most_of",
    "number_of_sections",
    "numbers_in",
    "open_h_a_week",
    "open_spans",
    "part_names",
    "spans_in",
    "struck",
    "struck_stations",
    "targets",
    "unsupported",
    "unsupported_paths",
]
