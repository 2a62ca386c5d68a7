"""A small valid scenario and the mistakes that people make in one: (what is replaced, by what, what the fault says).

#! marks the line that the fault must name.
"""

from __future__ import annotations

GOOD = """\
name: small
start: 2024-01-01
end: 2025-01-01
warm_up_days: 10
seed: 1
commodities:
  box: {unit: teu, t_per_unit: 12}
  grain: {unit: t, t_per_unit: 1, units_per_wagon: 60}
winds:
  caspian: {closed_share: {nov-dec: 0.4, other: 0.1}, episode_h: {lognormal: {mean: 80, cv: 0.6}}}
places:
  dostyk: {at: [45.25, 82.48], gauge_change: {tracks: 2, handling_teu_per_h: 50, other: {}}}
  aktau: {at: [43.6, 51.2], port: {berths: {container: 1}, room_teu: 900, wind: {follows: caspian}, other: {}}}
  alat: {at: [39.97, 49.42], port: {berths: {container: 2}, room_teu: {west: 900, east: 900}, other: {}}}
  poti:
    at: [42.15, 41.66]
    border: {lanes: 2, inspection_h: {gamma: {mean: 3, cv: 0.5}}, open: "Mon-Fri 08:00-20:00", other: {}}
    terminal: {}
legs:
  dostyk_aktau: {mode: rail, between: [dostyk, aktau], length_km: 3000, speed_kmh: 45, pairs_per_day: 8}
  aktau_alat: {mode: sea, between: [aktau, alat], length_km: 490}
  alat_poti: {mode: rail, between: [alat, poti], length_km: 850, speed_kmh: 40}
services:
  train_east: {route: [dostyk, aktau], carries: {wagons: 54, teu: 108}}
  feeder:
    route: [aktau, alat]
    vessels: 3
    berth: container
    speed_kmh: 20
    carries: {teu: 250}
    departs: {at_least: 0.6, idle_h: 24}
  train_west: {route: [alat, poti], carries: {wagons: 54, teu: 108}}
flows:
  boxes:
    from: dostyk
    to: poti
    commodity: box
    per_year: 9000
    consignment: 108
    growth: {2025: 0.1, after: 0.05}
    routes:
      - {services: [train_east, feeder, train_west]}
changes:
  fourth_ship: {on: 2024-06-01, set: {services.feeder.vessels: 4}}
patches:
  fifth_ship: {on: 2024-07-01, add: {services.feeder.vessels: 1}}
cases:
  more: [fifth_ship]
"""

TRAIN = "  train_west: {route: [alat, poti], carries: {wagons: 54, teu: 108}}"
FEEDER = "    speed_kmh: 20\n"
RAIL = "length_km: 850, speed_kmh: 40}"
BORDER = 'inspection_h: {gamma: {mean: 3, cv: 0.5}}, open: "Mon-Fri 08:00-20:00"'
GROWTH = "    growth: {2025: 0.1, after: 0.05}\n"
CHANGE = "  fourth_ship: {on: 2024-06-01, set: {services.feeder.vessels: 4}}"
PATCH = "  fifth_ship: {on: 2024-07-01, add: {services.feeder.vessels: 1}}"
ROUTE = "      - {services: [train_east, feeder, train_west]}"

MISTAKES: dict[str, tuple[str, str, str]] = {
    # types and shapes
    "text for a number": (
        "vessels: 3",
        "vessels: three #!",
        "services.feeder.vessels: expected a number or unlimited, got 'three'",
    ),
    "quoted number": (FEEDER, '    speed_kmh: "20" #!\n', "services.feeder.speed_kmh: expected a number, got '20'"),
    "number for text": ("name: small", "name: 5 #!", "name: expected text, got 5"),
    "true for a number": ("vessels: 3", "vessels: true #!", "expected a number, got true"),
    "part of a vessel": ("vessels: 3", "vessels: 2.5 #!", "expected a whole number or unlimited, got 2.5"),
    "list for a map": ("carries: {teu: 250}", "carries: [teu, 250] #!", "services.feeder.carries: expected a map, got a list of 2"),
    "map for a list": ("route: [aktau, alat]", "route: {a: aktau} #!", "services.feeder.route: expected a list"),
    "one place is no route": ("route: [aktau, alat]", "route: [aktau] #!", "expected at least 2 values, got 1"),
    "nothing for a number": ("    vessels: 3", "    vessels:", "services.feeder: expected vessels"),
    "date as text": ("end: 2025-01-01", "end: next year #!", "end: expected a date such as 2027-07-01, got 'next year'"),
    "a date that isn't": ("end: 2025-01-01", "end: 2025-02-30 #!", "end: expected a date that exists, got '2025-02-30'"),
    "number for a date": ("end: 2025-01-01", "end: 2025 #!", "end: expected a date such as"),
    "end before start": ("end: 2025-01-01", "end: 2023-01-01", "expected end after start (2024-01-01), got 2023-01-01"),
    "no such mode": ("mode: sea, between", "mode: air, between", "expected rail, road, sea, got 'air'"),
    "missing key": (
        "length_km: 490}",
        "cv: 0.1}",
        "legs.aktau_alat.length_km: expected length_km (length [km, 0..25000]), got nothing",
    ),
    "misspelt required key": ("length_km: 490}", "lenght_km: 490}", "is 'lenght_km' meant?"),
    "no end": ("end: 2025-01-01\n", "", "end: expected end (day after the last), got nothing"),
    # names
    "unknown key": ("    vessels: 3", "    vesels: 3 #!", "services.feeder.vesels: unknown field, did you mean 'vessels'?"),
    "unknown key at the top": ("seed: 1", "sed: 1 #!", "sed: unknown field, did you mean 'seed'?"),
    "unit missing in the key": (
        RAIL,
        "length_km: 850, speed: 40}",
        "legs.alat_poti.speed: unknown field, did you mean 'speed_kmh'?",
    ),
    "duplicate key": ("seed: 1", "seed: 1\nseed: 2 #!", "seed: duplicate key, it stands on line 5 too"),
    "dotted and nested": ("seed: 1", "seed: 1\nservices.feeder.vessels: 5", "stated twice"),
    "id with capitals": (
        "  train_west: {route",
        "  Train_West: {route",
        "expected an id of small letters, digits and _, got 'Train_West'",
    ),
    "unknown place": ("    to: poti", "    to: potti #!", "flows.boxes.to: there is no place 'potti', did you mean 'poti'?"),
    "unknown place on a route": (
        "route: [aktau, alat]",
        "route: [aktau, altat] #!",
        "there is no place 'altat', did you mean 'alat'?",
    ),
    "unknown end of a leg": (
        "between: [alat, poti]",
        "between: [alat, batumi]",
        "legs.alat_poti.between[1]: there is no place 'batumi'",
    ),
    "unknown commodity": ("    commodity: box", "    commodity: bx #!", "there is no commodity 'bx', did you mean 'box'?"),
    "unknown service": (
        ROUTE,
        "      - {services: [train_east, feder, train_west]} #!",
        "there is no service 'feder', did you mean 'feeder'?",
    ),
    "unknown wind": ("follows: caspian", "follows: caspain", "there is no wind 'caspain', did you mean 'caspian'?"),
    "unknown class": (TRAIN, TRAIN[:-1] + ", class: express}", "there is no class 'express'"),
    "unknown class of a time": (BORDER, "inspection_h: {by_class: {trucks: 3, other: 2}}", "there is no class 'trucks'"),
    "unknown patch": (
        "more: [fifth_ship]",
        "more: [fith_ship] #!",
        "cases.more[0]: there is no patch 'fith_ship', did you mean 'fifth_ship'?",
    ),
    "unknown berth kind": (
        "    berth: container",
        "    berth: contianer #!",
        "there is no berth of kind 'contianer' in aktau, did you mean 'container'?",
    ),
    "home off the route": (FEEDER, FEEDER + "    home: poti #!\n", "expected an end of the route (aktau or alat), got 'poti'"),
    "rule of a place off the route": (
        FEEDER,
        FEEDER + "    departs_at: {poti: {at_least: 0.5}} #!\n",
        "expected an end of the route",
    ),
    "facility that isn't there": (TRAIN, TRAIN[:-1] + ", ends_at: {poti: yard}}", "there is no yard in poti"),
    # numbers and units
    "negative speed": (FEEDER, "    speed_kmh: -3.0 #!\n", "services.feeder.speed_kmh: expected more than 0 km/h, got -3.0"),
    "negative length": ("length_km: 490", "length_km: -490", "legs.aktau_alat.length_km: expected at least 0 km, got -490"),
    "percent for a share": ("nov-dec: 0.4", "nov-dec: 40", "expected at most 1, got 40, a share of 1: did you mean 0.4?"),
    "percent for a correlation": ("follows: caspian}", "follows: caspian, correlation: 80}", "did you mean 0.8?"),
    "not a number": (FEEDER, "    speed_kmh: .nan #!\n", "expected a finite number, got nan"),
    "infinity": ("vessels: 3", "vessels: .inf #!", "expected a finite number, got inf"),
    "speed of light": (FEEDER, "    speed_kmh: 1000 #!\n", "expected at most 400 km/h, got 1000"),
    "no lanes": ("lanes: 2", "lanes: 0", "places.poti.border.lanes: expected more than 0, got 0"),
    "latitude and longitude swapped": ("at: [42.15, 41.66]", "at: [142.15, 41.66] #!", "expected at most 90, got 142.15"),
    "three coordinates": ("at: [42.15, 41.66]", "at: [42.15, 41.66, 3] #!", "expected at most 2 values, got 3"),
    "gauge that isn't": (RAIL, RAIL[:-1] + ", gauge_mm: 1430}", "expected 1000, 1067, 1435, 1520, 1668, got 1430"),
    "empty train": ("carries: {teu: 250}", "carries: {} #!", "expected at least one of wagons, trucks, teu, t"),
    "half a box": ("consignment: 108", "consignment: 10.5 #!", "flows.boxes.consignment: expected a whole number, got 10.5"),
    "shrinks by more than all": (GROWTH, "    growth: -1.5 #!\n", "flows.boxes.growth: expected more than -1, got -1.5"),
    "eleven months": (GROWTH, "    season: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] #!\n", "expected 12 numbers, January first, got 11"),
    "months forgotten": (GROWTH, "    season: {jan-mar: 1} #!\n", "expected every month or other, got nothing for apr"),
    "month twice": (GROWTH, "    season: {jan-mar: 1, feb: 2, other: 1} #!\n", "expected each month once, got feb twice"),
    "no such month": (GROWTH, "    season: {january: 1, other: 1} #!\n", "expected a month such as jan"),
    # laws
    "unknown law": ("{gamma: {mean: 3", "{gama: {mean: 3", "expected a time in hours or one of constant, exponential"),
    "law without its mean": (
        "{gamma: {mean: 3, cv: 0.5}}",
        "{gamma: {cv: 0.5}}",
        "inspection_h.gamma.mean: expected mean (mean [h]), got nothing",
    ),
    "negative mean": ("{gamma: {mean: 3", "{gamma: {mean: -3", "inspection_h.gamma.mean: expected more than 0 h, got -3"),
    "triangle out of order": (
        "{gamma: {mean: 3, cv: 0.5}}",
        "{triangular: {low: 4, mode: 2, high: 6}}",
        "expected low <= mode <= high",
    ),
    "mixture that doesn't sum to 1": (
        "{gamma: {mean: 3, cv: 0.5}}",
        "{mixture: [{share: 0.5, law: 3}, {share: 0.4, law: 9}]}",
        "expected shares that sum to 1, got 0.9",
    ),
    "weights that don't fit": (
        "{gamma: {mean: 3, cv: 0.5}}",
        "{empirical: {values: [1, 2], weights: [1]}}",
        "as many weights as values (2), got 1",
    ),
    "classes without other": ("{gamma: {mean: 3, cv: 0.5}}", "{by_class: {rail: 3}}", "expected a law for 'other'"),
    "two laws": (
        "{gamma: {mean: 3, cv: 0.5}}",
        "{gamma: {mean: 3, cv: 1}, constant: 3}",
        "expected one law, got gamma and constant",
    ),
    # calendars
    "opening hours": ("Mon-Fri 08:00-20:00", "Mon-Fri 8-20", "expected a time of day such as 08:00, got '8'"),
    "weekday": ("Mon-Fri 08:00-20:00", "Mon-Fry 08:00-20:00", "expected a day of the week"),
    "hour 25": ("Mon-Fri 08:00-20:00", "Mon-Fri 08:00-25:00", "expected a time of day such as 08:00, got '25:00'"),
    "closed day": (
        "other: {}}\n    terminal",
        "closed_days: [13-01], other: {}}\n    terminal",
        "expected a date that exists, got '13-01'",
    ),
    # network
    "gauge break": (
        "  alat_poti: {mode: rail, between: [alat, poti], length_km: 850, speed_kmh: 40}\nservices:\n",
        "  alat_poti: {mode: rail, between: [alat, poti], length_km: 850, speed_kmh: 40}\n"
        "  poti_kars: {mode: rail, between: [poti, dostyk], length_km: 5000, speed_kmh: 40, gauge_mm: 1435}\n"
        "services:\n  through: {route: [alat, poti, dostyk], carries: {wagons: 40}} #!\n",
        "services.through.route: a train of 1520 mm can't pass from alat_poti to poti_kars of 1435 mm",
    ),
    "gap in a route": ("route: [alat, poti], carries", "route: [alat, dostyk, poti], carries", "no leg joins alat and dostyk"),
    "modes mixed": ("route: [alat, poti], carries", "route: [aktau, alat, poti], carries", "expected legs of one mode"),
    "sea service without ships": (
        "    vessels: 3\n",
        "",
        "services.feeder: expected vessels (a number or unlimited) on a sea service",
    ),
    "sea service without speed": (FEEDER, "", "expected speed_kmh or run_h on a sea service"),
    "leg without speed": (RAIL, "length_km: 850}", "expected speed_kmh or run_h on a rail leg"),
    "route that doesn't arrive": (
        ROUTE,
        "      - {services: [train_east, feeder]} #!",
        "expected a route to poti, got one to alat",
    ),
    "route that doesn't join": (ROUTE, "      - {services: [train_east, train_west]} #!", "train_west doesn't start at aktau"),
    "service that can't carry it": ("commodity: box", "commodity: grain", "feeder carries teu, not grain (in t)"),
    "room below a ship": (
        "room_teu: 900",
        "room_teu: 200",
        "expected room for the largest vehicle that enters (feeder, 250 teu), got 200 east",
    ),
    "no way at all": (
        ROUTE,
        "      - {until_date: 2023-01-01, services: [train_east, feeder, train_west]}",
        "flows.boxes: no service leads from dostyk to poti at any date",
    ),
    "unlimited without a limit": (
        "flows:\n",
        "flows:\n  endless: {from: alat, to: poti, commodity: box, consignment: 1, supply: unlimited} #!\n",
        "flows.endless.supply: unlimited supply without a limit: train_west may leave without end",
    ),
    # dates and changes
    "change after the end": (
        CHANGE,
        "  late: {on: 2026-01-01, set: {services.feeder.vessels: 4}} #!",
        "expected a date before the end (2025-01-01), got 2026-01-01",
    ),
    "flow after the end": (GROWTH, "    from_date: 2026-01-01 #!\n", "expected a date before the end (2025-01-01)"),
    "change of nothing": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {services.feder.vessels: 4}} #!",
        "there is no 'feder' in services, did you mean 'feeder'?",
    ),
    "change of a misspelt key": (
        CHANGE,
        "  x: {on: 2024-01-01, set: {services.feeder.vesels: 4}} #!",
        "services.feeder.vesels: unknown field, did you mean 'vessels'?",
    ),
    "change to a bad value": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {services.feeder.speed_kmh: -2}} #!",
        "services.feeder.speed_kmh: expected more than 0 km/h, got -2",
    ),
    "change of the seed": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {seed: 4}} #!",
        "expected a path that begins with one of classes, commodities",
    ),
    "change that empties a port": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {places.aktau.port.room_teu: 100}} #!",
        "expected room for the largest vehicle that enters (feeder, 250 teu), got 100",
    ),
    "length changed on the way": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {legs.alat_poti.length_km: 800}} #!",
        "legs.alat_poti.length_km can't change after the start yet",
    ),
    "flow added on the way": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {flows.late: {from: alat, to: poti, commodity: box, per_year: 1, consignment: 1}}}",
        "can't change after the start yet; a flow may state from_date and until_date",
    ),
    "multiply a text": (CHANGE, "  x: {on: 2024-06-01, multiply: {services.feeder.berth: 2}} #!", "expected a number to multiply"),
    "multiply by a text": (
        CHANGE,
        "  x: {on: 2024-06-01, multiply: {services.feeder.vessels: two}} #!",
        "expected a number to multiply, got 'two'",
    ),
    "route changed on the way": (
        CHANGE,
        "  x: {on: 2024-06-01, set: {services.feeder.route: [alat, aktau]}} #!",
        "can't change after the start yet",
    ),
    "change without a date": (CHANGE, "  x: {on: soon, set: {services.feeder.vessels: 4}} #!", "changes.x.on: expected a date"),
    "two changes that conflict": (
        CHANGE,
        CHANGE + "\n  other: {on: 2024-06-01, set: {services.feeder.vessels: 6}} #!",
        "'fourth_ship' sets services.feeder.vessels to 4 and 'other' sets services.feeder.vessels to 6",
    ),
    "star that names nothing": (
        "seed: 1",
        'seed: 1\nclasses: {"*": {priority: 3}}',
        "expected * to stand for some names, there are none",
    ),
    "vessels below zero": (
        CHANGE,
        "  x: {on: 2024-06-01, add: {services.feeder.vessels: -9}} #!",
        "services.feeder.vessels: expected at least 0, got -6",
    ),
    "a fleet without its home": (
        "seed: 1",
        "seed: 1\nfleets: {ships: {vessels: 2, home: poti, services: [feeder]}} #!",
        "fleets.ships.home: expected an end of its services (aktau, alat), got 'poti'",
    ),
    "dry dock longer than its period": (
        "seed: 1",
        "seed: 1\nfleets: {ships: {vessels: 2, home: alat, services: [feeder], dry_dock: {every_days: 20, days: 30}}} #!",
        "fleets.ships.dry_dock: expected days below every_days (20), got 30",
    ),
    "classes apart that don't exist": (
        FEEDER,
        FEEDER + "    not_with: [[tanks, drivers]] #!\n",
        "services.feeder.not_with[0][0]: there is no class 'tanks'",
    ),
    "choice among flows that aren't there": (
        "seed: 1",
        "seed: 1\nchoice: {markets: {m: {flows: [nobody], value_of_time_usd_per_day: 9, scale_per_usd: 0.01, options: {a: {}}}}} #!",
        "choice.markets.m.flows[0]: there is no flow 'nobody'",
    ),
    "re-formed at the end of its route, by a change": (
        CHANGE,
        "  x: {on: 2024-01-01, set: {services.feeder.via: [alat]}} #!",
        "services.feeder.via[0]: expected a yard between the ends of the route, got its end 'alat'",
    ),
    "pools": (
        "seed: 1",
        "seed: 1\npools: {wagons_1520: {gauge_mm: 1520, stock: 400}} #!",
        "pools.wagons_1520.stock: expected a map",
    ),
    "locomotives": (
        "seed: 1",
        "seed: 1\nlocomotives: {west: {between: [aktau, alat], stock: 40}} #!",
        "locomotives.west.stock: expected a map",
    ),
    # YAML
    "tab": ("  box: {unit", "\tbox: {unit", "isn't YAML"),
    "bracket left open": ("route: [aktau, alat]", "route: [aktau, alat", "isn't YAML"),
    "tag": ("seed: 1", "seed: !!python/object/apply:os.getpid [] #!", "expected no tag"),
    "merge key": ("seed: 1", "seed: 1\n<<: {title: x} #!", "expected a key, got the merge key <<"),
    "second document": ("seed: 1", "seed: 1\n---\nseed: 2", "isn't YAML: expected a single document"),
}
