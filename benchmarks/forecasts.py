"""Forecasts beside published ones: `python -m benchmarks.forecasts`, with `--write` into `docs/forecasts.md` and `.png`.

Runs low, medium and high demand with settled shares, some with observed shares too (`--observed`), further cases of medium demand if
asked for (`--further`), and the railway from Kashgar from 2030 to 2032. What is stored under `--out` isn't run again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import written

if TYPE_CHECKING:
    from corridor_sim.study import Study

ROOT = Path(__file__).parents[1]
PAGE, PICTURE = ROOT / "docs" / "forecasts.md", ROOT / "docs" / "forecasts.png"
SCENARIOS = ("low", "mid", "high")
CKU = ("without", "railway", "kamchik_50", "kamchik_90", "caspian_05", "caspian_30", "mature", "mature_programme", "mature_second_bore")
YEARS = ("2025", "2030", "2035", "2040")
BORE = ("pap_angren.to_angren", "pap_angren.to_pap")
# what others say: (who, year, low, high, unit, what it is; its row in scenarios/sources.csv)
OUTSIDE = (
    ("World Bank", 2030, 11.0, 11.0, "Mt", "all Caspian freight with full measures, of it 4 Mt in boxes (DEM06, DEM07)"),
    ("Kazakhstan", 2030, 20.0, 20.0, "Mt", "target (W427)"),
    ("Operators", 2029, 300e3, 300e3, "TEU", "target (W080)"),
    ("EBRD", 2040, 130e3, 865e3, "TEU", "transit boxes, without action and with investment (DEM02, DEM03)"),
)


@dataclass(frozen=True, slots=True)
class Year:
    """What crosses the Caspian in one year, mean over replications: what came, was carried and was under way in the end, and transit."""

    offered_mt: float
    carried_mt: float
    carried_teu: float
    under_way_mt: float
    days: float


def study_of(file: str, case: str, arguments: argparse.Namespace) -> Study:
    """Return the study of one case, run if it isn't stored."""
    from corridor_sim import load_scenario, simulate

    loaded = load_scenario(ROOT / "scenarios" / f"{file}.yaml", case=case)
    return simulate(loaded, out=arguments.out, replications=arguments.replications, workers=arguments.workers)


def years_of(study: Study) -> dict[str, Year]:
    """Return what crosses the Caspian year by year: the flows of which some route has a stage at sea there."""
    crossing = {flow.name: flow for flow in study.facts.flows if crosses(study, flow)}
    table = study.metrics[(study.metrics["kind"] == "flow") & study.metrics["subject"].isin(crossing)]
    means = table.groupby(["period", "subject", "measure"], observed=True)["value"].mean()
    return {year: _year(crossing, means, year) for year in study.periods if len(year) == 4}


def crosses(study: Study, flow: Any) -> bool:
    """Return whether a flow has cargo and crosses the Caspian."""
    sea = {service.name for service in study.facts.services if service.mode == "sea" and service.name != "feeder_black_sea"}
    return not flow.commodity.endswith("_empty") and any(sea & set(route.services) for route in flow.routes)


def _year(flows: dict[str, Any], means: Any, year: str) -> Year:
    def total(measure: str, weight: dict[str, float]) -> float:
        return float(sum(means.get((year, name, measure), 0.0) * amount for name, amount in weight.items()))

    tonnes = {name: flow.net_t for name, flow in flows.items()}
    boxes = {name: flow.teu for name, flow in flows.items()}
    offered = total("offered_units", tonnes)
    weight = {name: tonnes[name] * means.get((year, name, "offered_units"), 0.0) for name in flows}
    hours = sum(amount * means.get((year, name, "transit_mean"), 0.0) for name, amount in weight.items())
    return Year(
        offered_mt=offered / 1e6,
        carried_mt=total("carried_units", tonnes) / 1e6,
        carried_teu=total("carried_units", boxes),
        under_way_mt=total("present_end_units", tonnes) / 1e6,
        days=hours / offered / 24 if offered else 0.0,
    )


def volumes_table(found: dict[tuple[str, str], Study]) -> str:
    """Return what crosses the Caspian in each forecast, with settled and with observed shares."""
    rows = []
    for (demand, case), study in found.items():
        years = years_of(study)
        for what, read in READINGS.items():
            if what != "comes, Mt" or case == "settled":
                rows.append([demand, case, what, *(read(years[year]) for year in YEARS)])
    for who, year, low, high, unit, words in OUTSIDE:
        cells = ["", "", "", ""]
        near = min(range(len(YEARS)), key=lambda k: abs(int(YEARS[k]) - year))
        span = f"{low:,.0f}" if low == high else f"{low:,.0f} - {high:,.0f}"
        cells[near] = span + (f" ({year})" if str(year) != YEARS[near] else "")
        rows.append([who, "published", f"{words}, {unit}", *cells])
    return _table(["demand", "shares", "", *YEARS], rows)


READINGS: dict[str, Callable[[Year], str]] = {
    "comes, Mt": lambda year: f"{year.offered_mt:.1f}",
    "carried, Mt": lambda year: f"{year.carried_mt:.1f}",
    "carried, TEU": lambda year: f"{year.carried_teu:,.0f}",
    "under way at the year's end, Mt": lambda year: f"{year.under_way_mt:.1f}",
    "mean transit, days": lambda year: f"{year.days:.0f}",
}


def cases_table(base: Study, others: dict[str, Study]) -> str:
    """Return what other cases of medium demand change."""
    from corridor_sim.choice import choice_lines

    rows = []
    for name, study in {"settled": base, **others}.items():
        years = years_of(study)
        cells = [f"{years[year].carried_mt:.1f} / {years[year].days:.0f}" for year in YEARS]
        rows.append([name, *cells, choice_lines(study.manifest["choice"])[0].partition(": ")[2]])
    return _table(["case", *(f"{year}, Mt / days" for year in YEARS), "gap"], rows)


def cku_table(studies: dict[str, Study]) -> str:
    """Return what the railway from Kashgar carries and how full Kamchik is, from 2030 to 2032."""
    rows = []
    for name, study in studies.items():
        value = _reader(study)
        branch = [value("branch", "cku", measure, "2032") for measure in ("offered", "carried")]
        bore = [max(value("element", one, measure, "2032") for one in BORE) for measure in ("utilisation", "wait")]
        cells = ["-" if cell != cell else f"{cell:.2f}" for cell in branch]
        waits = value("branch", "cku", "transit_mean", "2032") / 24
        rows.append([name, *cells, f"{100 * bore[0]:.0f}", f"{bore[1]:.1f}", "-" if waits != waits else f"{waits:.1f}"])
    head = ["case", "comes by the railway, Mt/a", "carried, Mt/a", "Kamchik in use, %", "wait before it, h a train", "transit, days"]
    return _table(head, rows)


def _reader(study: Study) -> Any:
    def value(kind: str, subject: str, measure: str, period: str) -> float:
        from corridor_sim.statistics import pick

        return float(pick(study.metrics, kind=kind, subject=subject, measure=measure, period=period)["value"].mean())

    return value


def choices_table(found: dict[tuple[str, str], Study]) -> str:
    """Return the shares inside of each market in the first and the last year, with the times of the last."""
    from corridor_sim.choice import told

    rows = []
    for option in _inside(next(iter(found.values()))):
        cells = []
        for demand in SCENARIOS:
            rows_here = [one for one in told(found[demand, "settled"].manifest["choice"]) if (one.market, one.option) == option]
            last = max(rows_here, key=lambda one: one.year)
            met = [one for one in rows_here if one.time_days is not None]
            days = max(met, key=lambda one: one.year).time_days if met else None
            cells.append(f"{100 * last.share:.0f} % in {days:.0f} days" if days is not None else f"{100 * last.share:.0f} %")
        rows.append([option[0], option[1], _observed(found, option), *cells])
    return _table(["market", "option", "observed", *(f"2040, {demand}" for demand in SCENARIOS)], rows)


def _inside(study: Study) -> Iterator[tuple[str, str]]:
    for market, stated in study.scenario["choice"]["markets"].items():
        yield from ((market, option) for option in stated["options"])


def _observed(found: dict[tuple[str, str], Study], option: tuple[str, str]) -> str:
    stated = found["mid", "settled"].scenario["choice"]["markets"][option[0]]["options"][option[1]]
    return f"{100 * stated['share']:.0f} %" if "share" in stated else f"new, like {stated['like']}"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def draw(found: dict[tuple[str, str], Study], path: Path) -> None:
    """Draw tonnes and boxes over the Caspian by year, ours as lines and published ones as marks."""
    from matplotlib.figure import Figure

    from corridor_sim.figures.colours import BLUE, GREEN, INK, PAPER, VERMILION
    from corridor_sim.figures.style import lettering

    with lettering():
        figure = Figure(figsize=(11, 4.6), dpi=150, layout="constrained")
        panels = dict(zip(("Mt", "TEU"), figure.subplots(1, 2), strict=True))
        for (demand, case), study in found.items():
            years = years_of(study)
            style: dict[str, Any] = {"color": dict(zip(SCENARIOS, (GREEN, BLUE, VERMILION), strict=True))[demand]}
            style |= {"linestyle": "-" if case == "settled" else ":", "label": f"{demand}, {case}"}
            panels["Mt"].plot([int(year) for year in years], [one.carried_mt for one in years.values()], **style)
            panels["TEU"].plot([int(year) for year in years], [one.carried_teu for one in years.values()], **style)
        for who, year, low, high, unit, _ in OUTSIDE:
            panels[unit].plot([year, year], [low, high], color=INK, marker="o", markersize=4, linewidth=1)
            panels[unit].annotate(who, (year, high), xytext=(-5, 4), textcoords="offset points", ha="right", color=INK, fontsize=8)
        for unit, title in (("Mt", "Carried over the Caspian [Mt a year]"), ("TEU", "Of it in loaded boxes [TEU a year]")):
            panels[unit].set_title(title, loc="left", fontsize=10)
            panels[unit].set_ylim(bottom=0)
        panels["TEU"].yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        panels["Mt"].legend(fontsize=8, frameon=False)
        figure.savefig(path, facecolor=PAPER, metadata={"Title": "Forecasts beside published ones"})


def main() -> None:
    """Run what isn't stored; print the tables, or write them and the picture into docs."""
    parser = argparse.ArgumentParser(description="Forecasts beside published ones.")
    parser.add_argument("--write", action="store_true", help="write into docs/forecasts.md and docs/forecasts.png")
    parser.add_argument("--out", default=str(ROOT / "results"), help="where results are stored")
    parser.add_argument("--replications", "-n", type=int, default=1, help="runs of each case")
    parser.add_argument("--workers", type=int, default=None, help="processes")
    parser.add_argument("--observed", nargs="*", default=["mid"], choices=SCENARIOS, help="demands that are run with observed shares, too")
    parser.add_argument("--further", nargs="*", default=[], help="further cases of growth_mid")
    arguments = parser.parse_args()
    pairs = [(demand, case) for demand in SCENARIOS for case in ("settled", *(["observed"] if demand in arguments.observed else []))]
    found = {(demand, case): study_of(f"growth_{demand}", case, arguments) for demand, case in pairs}
    further = {case: study_of("growth_mid", case, arguments) for case in arguments.further}
    tables = {
        "volumes": volumes_table(found),
        "choices": choices_table(found),
        **({"cases": cases_table(found["mid", "settled"], further)} if further else {}),
        "cku": cku_table({case: study_of("cku_opening", case, arguments) for case in CKU}),
    }
    if arguments.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
        draw(found, PICTURE)
    else:
        print("\n\n".join(tables.values()))


if __name__ == "__main__":
    main()
