"""Stands: one end of a service, where lots board and vehicles leave when a rule says so."""

from __future__ import annotations

from collections import deque
from heapq import heappush, merge
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.boarding import Boarding
from corridor_sim.engine.cargo import Lot, Vehicle
from corridor_sim.engine.clock import DECISION, Alarm, Clock, order_key
from corridor_sim.engine.pens import Pen
from corridor_sim.engine.rules import next_moment, shares_of
from corridor_sim.plan import RULES, CommodityPlan, RulePlan

if TYPE_CHECKING:
    from corridor_sim.engine.services import Service

EPSILON = 1e-9
SLACK = 1e-6  # of a vehicle: load is counted down in other steps than it is summed up
INFINITE = float("inf")
AT_LEAST, AFTER_FIRST_LOT, AFTER_DEPARTURE, IDLE, ROOM, TIMETABLE, SUMMONED = range(len(RULES))


class Stand(Boarding):
    """Where vehicles of one service load at one end; decides who leaves when, and what boards."""

    def __init__(self, service: Service, end: int, number: int, clock: Clock) -> None:
        self.service = service
        self.end = end
        self.clock = clock
        self.env = clock.env
        self.queue = clock.queue
        self.pens: list[Pen] = []
        self.shares: list[tuple[float, ...]] = []  # per pen: share of each limit that one unit takes
        self.uses: list[dict[str, float]] = []
        self.commodities: list[CommodityPlan] = []
        self.loads: list[tuple[float, ...]] = []  # per pen: net t, gross t, TEU, wagons and trucks of one unit
        self.single = 0.0
        self.limits: dict[str, float] = {}
        self.payload = 1.0
        self.need = self.most = 0
        self.full: tuple[float, ...] = ()  # net t, gross t, TEU, wagons and trucks of `most` units
        self.smallest = 1.0
        self.flat: list[tuple[Pen, float]] | None = []
        self.bare, self.timed = True, False
        self.rule = RulePlan()
        self.idle: deque[Vehicle] = deque()
        self.called = 0  # vessels on their way to a berth to load: what they will take is promised
        self.rivals: list[Stand] = [self]  # stands that load from the same pens
        self.coming = 0  # empties on their way here
        self.forming = False  # unlimited supply: the next train forms when this one has started
        self.one_at_a_time = False
        self.starts, self.started_h = 0, -INFINITE
        self.pending = False
        self.lacking = 0.0  # load that must still come before any rule but time can be true; 0: not known
        self.moment = -INFINITE
        self.last_departure = self.last_sent = clock.now  # sent: called to load, it may still be alongside
        self._key = order_key(DECISION, number)
        self._first_lot = Alarm(clock, self._key, self.offer)
        self._departure = Alarm(clock, self._key, self.offer)
        self._timetable = Alarm(clock, self._key, self._at_moment)
        self._idle = Alarm(clock, self._key, self.send_idle)
        self._ok = True  # a stand is its own decision event, one at a time
        self.callbacks: Any = None
        self._decide = (self.decide,)
        self.rooms: list[Any] = []
        self.hours: dict[str, float] = dict.fromkeys(
            (
                "cargo_wait_h", "berth_wait_h", "ramp_wait_h", "crane_wait_h", "weather_wait_h", "closed_wait_h", "handling_h", "sea_h",
                "room_wait_h",
            ), 0.0
        )  # fmt: skip
        self.departures = self.empties = self.units = 0
        self.fills = self.wagons = self.trucks = self.teu = self.net_t = self.gross_t = 0.0
        self.rules: list[int] = [0] * len(RULES)
        self.gap_max_h = 0.0
        self.cycles = 0
        self.cycle_h = 0.0

    # limits and rules -------------------------------------------------------------------------------------------------

    def set_limits(self, limits: dict[str, float], payload: float) -> None:
        """Have vehicles of these limits: wagons and trucks share one deck, teu and t (by the payload factor) stand alone."""
        self.limits, self.payload = limits, payload
        self.shares = [shares_of(use, limits, payload) for use in self.uses]
        self.single = max(self.shares[0]) if len(self.shares) == 1 else 0.0
        self.most = int((1 + EPSILON) / self.single) if self.single else 0
        self.full = tuple([self.most * amount for amount in self.loads[0]]) if self.single else ()
        self.smallest = min((max(shares) for shares in self.shares), default=1.0)
        single_limit = all(len(shares) == 1 for shares in self.shares) or len(self.shares) == 1
        self.flat = [(pen, max(shares)) for pen, shares in zip(self.pens, self.shares, strict=True)] if single_limit else None
        self._set_need()
        self.look_again()

    def set_rule(self, rule: RulePlan) -> None:
        """Leave by this rule from now on."""
        self.rule = rule
        self.bare = rule.share is None and rule.units is None and rule.after_first_lot_h is None and rule.after_departure_h is None
        self.timed = rule.every_h is not None or bool(rule.moments_h)
        self._set_need()
        self.look_again()
        if self.timed:
            self._timetable.arm(next_moment(self.rule, self.clock.now))

    def change_rule(self, rule: RulePlan) -> None:
        """Leave by another rule from now on, and see whether a vehicle should leave by it: load need not come again."""
        self.set_rule(rule)
        self.offer()

    def may_be_promised(self) -> bool:
        """Return whether a vessel can be on its way to a berth for what waits here."""
        return any(rival.service.berths[rival.end] is not None for rival in self.rivals)

    def _set_need(self) -> None:
        """Note the units from which on a vehicle surely leaves, where one pen and no promise make that a plain number."""
        self.need = 0
        if self.single and not self.timed and self.service.unlimited and not self.may_be_promised():
            share = self.rule.share if self.rule.share is not None else 1.0
            units = self.rule.units if self.rule.units is not None else INFINITE
            by_share = 1 if self.bare else ceil(share / self.single - EPSILON)
            self.need = max(1, int(min(by_share, units, self.most)))
        for pen in self.pens:
            pen.express = self if self._is_express(pen) else None

    def _is_express(self, pen: Pen) -> bool:
        """Return whether a lot that fills a vehicle needn't wait for a decision: nothing could join it or hold it here."""
        service = self.service
        land = service.plan.mode != "sea" and service.load[self.end] is None
        return bool(self.need and land and not self.one_at_a_time and pen.stands == [self] and pen.embargo is None)

    def takes_at_once(self, lot: Lot) -> bool:
        """Return whether a lot fills a vehicle."""
        return lot.units == self.most and self.service.active

    def leave_at_once(self, lot: Lot, now: float) -> None:
        """Send a vehicle with the one lot that fills it."""
        service = self.service
        v = service.new_vehicle(self.end)
        v.weather_h = v.closed_h = v.blocked_h = v.queue_h = v.moving_h = 0.0
        v.heading = service.plan.heading ^ self.end
        v.rule = AT_LEAST
        v.departed_h = now
        v.lots, v.landing = [lot], []
        v.units = lot.units
        v.net_t, v.gross_t, v.teu, v.wagons, v.trucks = self.full
        v.fill = lot.units * self.single
        self._claim(v, lot)
        service.underway.add(v)
        service.depart(self, v, now)

    def most_units(self, pen: Pen) -> int:
        """Return the units of a pen that one vehicle carries at most."""
        largest = max(self.shares[self.pens.index(pen)])
        return int((1 + EPSILON) / largest) if largest > 0 else 1

    def fill(self) -> float:
        """Return the share of a vehicle that the waiting lots would fill (may exceed 1)."""
        if self.flat is not None:  # one limit for all: a plain sum
            load = 0.0
            for pen, share in self.flat:
                load += pen.units * share
            return load
        return max(map(sum, zip(*self._loads(), strict=True)), default=0.0)

    def _loads(self) -> list[tuple[float, ...]]:
        return [tuple([pen.units * share for share in shares]) for pen, shares in zip(self.pens, self.shares, strict=True)]

    def waiting(self) -> bool:
        """Return whether any lot waits here."""
        for pen in self.pens:  # noqa: SIM110  (asked at every arrival; a generator would cost as much as the rest)
            if pen.units:
                return True
        return False

    def promised(self) -> float:
        """Return the load that called vessels will take, as a share of one vehicle here."""
        load = 0.0
        for rival in self.rivals:
            if rival.called and self.pens:
                load += rival.called * self._size_of(rival)
        return load

    def _size_of(self, rival: Stand) -> float:
        pen = next(pen for pen in rival.pens if pen in self.pens)
        return max(self.shares[self.pens.index(pen)]) / max(rival.shares[rival.pens.index(pen)])

    # when -------------------------------------------------------------------------------------------------------------

    def arrived(self, units: int, pen: Pen) -> None:
        """See whether a vehicle should leave now that load has come."""
        if self.lacking > 0.0 and self.flat is not None:
            for other, share in self.flat:
                if other is pen:
                    self.lacking -= units * share
                    break
            if self.lacking > 0.0:
                return
        self.offer()

    def look_again(self) -> None:
        """Forget what load is lacking, here and where others load the same: something else than load has changed."""
        for stand in self.rivals:
            stand.lacking = 0.0

    def offer(self) -> None:
        """See whether a vehicle should leave; if so decide after all else at this instant."""
        self.lacking = 0.0
        if self.pending or not (self.idle or self.service.unlimited or self.service.stands[1 - self.end].idle):
            return  # decided already, or no vehicle here or idle at the far end
        now = self.env._now
        if self.which(now) is not None:
            self.pending = True
            self.callbacks = self._decide
            heappush(self.queue, (now, self._key, 0, self))

    def which(self, now: float) -> int | None:
        """Return the first rule that is true now, or None."""
        if self.need and self.service.active and self.pens[0].units >= self.need:
            return AT_LEAST
        if not self.service.active or (self.timed and self.moment != now):
            return None
        rule, promised = self.rule, self.promised()
        waits = self.waiting() and (not promised or self._is_beyond(promised) or self._endless())
        if waits:
            if self.bare:
                return TIMETABLE if self.timed else AT_LEAST
            if self._enough(promised):
                return AT_LEAST
            if rule.after_first_lot_h is not None:
                patience_h = rule.after_first_lot_h
                if self._is_due(self._first_h() + patience_h, now, self._first_lot) and (
                    not promised or self._is_due(self._oldest(promised) + patience_h, now, self._first_lot)
                ):
                    return AFTER_FIRST_LOT
        if rule.after_departure_h is not None and self._is_due(self.last_sent + rule.after_departure_h, now, self._departure):
            return AFTER_DEPARTURE
        return ROOM if waits and self.rooms and any(room.refusing for room in self.rooms) else None

    def _is_beyond(self, promised: float) -> bool:
        """Return whether more waits than called vessels will take."""
        fill = self.fill()
        if self.flat is not None:
            self.lacking = promised - fill
        return fill > promised + EPSILON

    def _enough(self, promised: float) -> bool:
        fill, rule = self.fill(), self.rule
        if promised:
            fill = INFINITE if self._endless() else fill - promised
        if rule.share is not None and fill >= rule.share - EPSILON:
            return True
        if rule.units is not None:
            units = sum(self.pens[k].units for k in self.loading())
            if (units * fill / self.fill() if promised else units) >= rule.units:
                return True
        if self.flat is not None and rule.units is None:
            self.lacking = min(INFINITE if rule.share is None else rule.share, 1 - self.smallest) - fill - SLACK
        return fill + self.smallest > 1 + EPSILON

    def _first_h(self) -> float:
        """Return when the lot at the head of the queues came [h]."""
        first = INFINITE
        for pen in self.pens:
            if pen.lots and pen.lots[0].arrived_h < first:
                first = pen.lots[0].arrived_h
        return first

    def _oldest(self, promised: float) -> float:
        """Return when the oldest lot came that no called vessel will take [h]."""
        queues = [((lot.rank, lot, max(shares)) for lot in pen.lots) for pen, shares in zip(self.pens, self.shares, strict=True)]
        for _, lot, share in merge(*queues, key=itemgetter(0)):
            promised -= lot.units * share
            if promised < -EPSILON:
                return lot.arrived_h
        return INFINITE

    @staticmethod
    def _is_due(at: float, now: float, alarm: Alarm) -> bool:
        if at <= now:
            return True
        alarm.arm(at)
        return False

    def _at_moment(self) -> None:
        if not self.timed:  # the rule of a later date has no timetable
            return
        now = self.clock.now
        self.moment = now
        self._timetable.arm(next_moment(self.rule, now))
        self.offer()

    def decide(self, _event: object) -> None:
        """Let vehicles leave until no rule is true or no vehicle is left."""
        self.pending = False
        now = self.env._now
        while (rule := self.which(now)) is not None:
            v = self._vehicle(now)
            self.lacking = 0.0
            if v is None:
                self._summon(now)
                return
            self.service.leave(self, v, rule, now)
        for stand in self.rivals:  # nothing waits any more: who idles here may be wanted at the far end
            if stand.idle:
                stand.send_idle()

    def _vehicle(self, now: float) -> Vehicle | None:
        if self.service.unlimited:
            if self.forming:
                return None
            return self.service.new_vehicle(self.end)
        if not self.idle:
            return None
        v = next((v for v in self.idle if v.berth is not None), self.idle[0])  # who lies alongside already holds the berth
        self.idle.remove(v)
        self.hours["cargo_wait_h"] += now - v.idle_since
        return v

    # empties ----------------------------------------------------------------------------------------------------------

    def _summon(self, now: float) -> None:
        if not self.service.unlimited:
            self.service.stands[1 - self.end].send_idle()

    def send_idle(self) -> None:
        """Send vehicles that idle here empty to the far end, if a call's worth waits there and nothing here."""
        far, now = self.service.stands[1 - self.end], self.clock.env._now
        idle_h = self.rule.idle_h
        while idle_h is not None and self.idle and not self.waiting() and far.wants_empty(now):
            due = self.idle[0].idle_since + idle_h
            if due > now:
                self._idle.arm(due)
                return
            v = self.idle.popleft()
            self.hours["cargo_wait_h"] += now - v.idle_since
            far.coming += 1
            self.service.leave_empty(self, v, IDLE, now)

    def wants_empty(self, now: float) -> bool:
        """Return whether a call's worth waits here that no vehicle here or on its way will fetch."""
        if self._endless():
            return self.service.active
        if self.idle:
            return False
        if self.which(now) is None:
            return False
        share = self.rule.share if self.rule.share else 1.0
        return self.coming == 0 or self.fill() >= share * (self.coming + 1)

    def _endless(self) -> bool:
        return any(pen.endless for pen in self.pens)

    def count(self, v: Vehicle, rule: int, now: float) -> None:
        """Write a departure into the sums of the month."""
        self.departures += 1
        if v.lots:
            self.fills += v.fill
            self.units += v.units
            self.wagons += v.wagons
            self.trucks += v.trucks
            self.teu += v.teu
            self.net_t += v.net_t
            self.gross_t += v.gross_t
        else:
            self.empties += 1
        self.rules[rule] += 1
        if now - self.last_departure > self.gap_max_h:
            self.gap_max_h = now - self.last_departure
        self.last_departure = self.last_sent = now

    def sums(self) -> tuple[float, ...]:
        """Return what has been counted, in the order of `records.TABLES["service_months"]` from departures to gross_t."""
        counts = (self.departures, self.empties, self.fills)
        return (*counts, self.units, self.wagons, self.trucks, self.teu, self.net_t, self.gross_t)

