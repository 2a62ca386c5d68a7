"""Laws of random times, written as the YAML writes them, with their means and flat forms."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt, Le
from pydantic import (
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    Tag,
    model_validator,
)

from corridor_sim.scenario.base import Frozen, Hours, NotNegative, Positive, fail, shown

FlatLaw = tuple[Any, ...]
KINDS = ("constant", "exponential", "gamma", "lognormal", "triangular", "uniform", "empirical", "mixture")
Variation = Annotated[float, Strict(), AllowInfNan(False), Ge(0), Le(20)]
PositiveHours = Annotated[float, Strict(), AllowInfNan(False), Gt(0), Le(1e6)]


class Mean(Frozen):
    """The mean of a law of one parameter."""

    mean: Annotated[PositiveHours, Field(description="mean [h]")]


class MeanCv(Frozen):
    """The mean and the coefficient of variation of a law."""

    mean: Annotated[PositiveHours, Field(description="mean [h]")]
    cv: Annotated[Variation, Field(description="standard deviation over mean [1]")]


class LowModeHigh(Frozen):
    """The corners of a triangular law."""

    low: Annotated[Hours, Field(description="smallest value [h]")]
    mode: Annotated[Hours, Field(description="most likely value [h]")]
    high: Annotated[Hours, Field(description="largest value [h]")]

    @model_validator(mode="after")
    def _in_order(self) -> LowModeHigh:
        if not self.low <= self.mode <= self.high:
            raise fail(f"expected low <= mode <= high, got {self.low}, {self.mode}, {self.high}")
        return self


class LowHigh(Frozen):
    """The ends of a uniform law."""

    low: Annotated[Hours, Field(description="smallest value [h]")]
    high: Annotated[Hours, Field(description="largest value [h]")]

    @model_validator(mode="after")
    def _in_order(self) -> LowHigh:
        if self.low > self.high:
            raise fail(f"expected low <= high, got {self.low} and {self.high}")
        return self


class Observed(Frozen):
    """Values that were observed, with weights."""

    values: Annotated[tuple[Hours, ...], Field(min_length=1, description="observed values [h]")]
    weights: Annotated[tuple[NotNegative, ...] | None, Field(description="their weights, equal by default [1]")] = None

    @model_validator(mode="after")
    def _weights_fit(self) -> Observed:
        if self.weights is not None and len(self.weights) != len(self.values):
            raise fail(f"expected as many weights as values ({len(self.values)}), got {len(self.weights)}")
        if self.weights is not None and not sum(self.weights) > 0:
            raise fail("expected weights whose sum is more than 0")
        return self

    def shares(self) -> tuple[float, ...]:
        """Return the probability of each value [1]."""
        weights = self.weights or (1.0,) * len(self.values)
        return tuple(weight / sum(weights) for weight in weights)


class ConstantLaw(Frozen):
    """Always the same."""

    constant: Annotated[Hours, Field(description="the value [h]")]

    def mean(self) -> float:
        """Return the mean [h]."""
        return self.constant

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it."""
        return ("constant", self.constant)


class ExponentialLaw(Frozen):
    """Memoryless."""

    exponential: Mean

    def mean(self) -> float:
        """Return the mean [h]."""
        return self.exponential.mean

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it."""
        return ("exponential", self.exponential.mean)


class GammaLaw(Frozen):
    """Gamma by mean and coefficient of variation."""

    gamma: MeanCv

    def mean(self) -> float:
        """Return the mean [h]."""
        return self.gamma.mean

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it; constant where cv is 0."""
        return ("gamma", self.gamma.mean, self.gamma.cv) if self.gamma.cv > 0 else ("constant", self.gamma.mean)


class LognormalLaw(Frozen):
    """Lognormal by mean and coefficient of variation."""

    lognormal: MeanCv

    def mean(self) -> float:
        """Return the mean [h]."""
        return self.lognormal.mean

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it; constant where cv is 0."""
        law = self.lognormal
        return ("lognormal", law.mean, law.cv) if law.cv > 0 else ("constant", law.mean)


class TriangularLaw(Frozen):
    """Triangular between two ends."""

    triangular: LowModeHigh

    def mean(self) -> float:
        """Return the mean [h]."""
        return (self.triangular.low + self.triangular.mode + self.triangular.high) / 3

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it."""
        return ("triangular", self.triangular.low, self.triangular.mode, self.triangular.high)


class UniformLaw(Frozen):
    """Uniform between two ends."""

    uniform: LowHigh

    def mean(self) -> float:
        """Return the mean [h]."""
        return (self.uniform.low + self.uniform.high) / 2

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it."""
        return ("uniform", self.uniform.low, self.uniform.high)


class EmpiricalLaw(Frozen):
    """One of the observed values."""

    empirical: Observed

    def mean(self) -> float:
        """Return the mean [h]."""
        return sum(v * p for v, p in zip(self.empirical.values, self.empirical.shares(), strict=True))

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it; the weights sum to 1."""
        return ("empirical", self.empirical.values, self.empirical.shares())


class Part(Frozen):
    """One part of a mixture."""

    share: Annotated[Positive, Le(1), Field(description="probability of this part [1]")]
    law: Law


class MixtureLaw(Frozen):
    """One law or another: a border takes 4 h as a rule and 120 h now and then."""

    mixture: Annotated[tuple[Part, ...], Field(min_length=1, description="parts whose shares sum to 1")]

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> MixtureLaw:
        total = sum(part.share for part in self.mixture)
        if abs(total - 1) > 1e-9:
            raise fail(f"expected shares that sum to 1, got {total:g}")
        return self

    def mean(self) -> float:
        """Return the mean [h]."""
        return sum(part.share * part.law.mean() for part in self.mixture)

    def flat(self) -> FlatLaw:
        """Return the law as the engine reads it."""
        return ("mixture", tuple((part.share, part.law.flat()) for part in self.mixture))


def _spelled(value: Any) -> Any:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return {"constant": value} if plain else value


def kind_of(value: Any) -> str | None:
    """Return the kind of a law given as model or mapping, or None."""
    if isinstance(value, BaseModel):
        return next(iter(type(value).model_fields))
    kinds = [key for key in value if key in (*KINDS, "by_class")] if isinstance(value, dict) else []
    return kinds[0] if len(kinds) == 1 else None


def _check_kind(value: Any) -> Any:
    kinds = f"a time in hours or one of {', '.join(KINDS)}"
    if isinstance(value, dict) and len([key for key in value if key in KINDS]) > 1:
        raise fail(f"expected one law, got {' and '.join(map(str, value))}")
    if isinstance(value, dict) and kind_of(value) is None:
        raise fail(f"expected {kinds}, got a map with {', '.join(map(str, value)) or 'nothing'}", "law")
    if not isinstance(value, dict | BaseModel | int | float) or isinstance(value, bool):
        raise fail(f"expected {kinds}, got {shown(value)}")
    return value


def _tag(value: Any) -> str | None:
    kind = kind_of(value)
    return f"law:{kind}" if kind else None


_Plain = (
    Annotated[ConstantLaw, Tag("law:constant")]
    | Annotated[ExponentialLaw, Tag("law:exponential")]
    | Annotated[GammaLaw, Tag("law:gamma")]
    | Annotated[LognormalLaw, Tag("law:lognormal")]
    | Annotated[TriangularLaw, Tag("law:triangular")]
    | Annotated[UniformLaw, Tag("law:uniform")]
    | Annotated[EmpiricalLaw, Tag("law:empirical")]
    | Annotated[MixtureLaw, Tag("law:mixture")]
)
Law = Annotated[_Plain, Discriminator(_tag), BeforeValidator(_spelled), BeforeValidator(_check_kind)]
"""A law of a time [h]."""


class ByClass(Frozen):
    """A law for each class of vehicle, and one for every other."""

    by_class: Annotated[dict[str, Law], Field(description="class or mode: law, and other: law [h]")]

    @model_validator(mode="after")
    def _has_other(self) -> ByClass:
        if "other" not in self.by_class:
            raise fail("expected a law for 'other' beside the classes")
        return self

    def mean(self) -> float:
        """Return the mean of the law of every other class [h]."""
        return self.by_class["other"].mean()


Timing = Annotated[
    _Plain | Annotated[ByClass, Tag("law:by_class")],
    Discriminator(_tag),
    BeforeValidator(_spelled),
    BeforeValidator(_check_kind),
]
"""A law of a time [h], or one by class of vehicle."""

AnyLaw = ConstantLaw | ExponentialLaw | GammaLaw | LognormalLaw | TriangularLaw | UniformLaw | EmpiricalLaw | MixtureLaw


NO_TIME = ConstantLaw(constant=0.0)


def flat_by_class(timing: AnyLaw | ByClass) -> dict[str, FlatLaw]:
    """Return the flat law of each class; "" stands for every other class."""
    if isinstance(timing, ByClass):
        return {"" if name == "other" else name: law.flat() for name, law in timing.by_class.items()}
    return {"": timing.flat()}


Part.model_rebuild()
MixtureLaw.model_rebuild()
__all__ = ["KINDS", "NO_TIME", "AnyLaw", "ByClass", "FlatLaw", "Law", "Timing", "flat_by_class", "kind_of"]
