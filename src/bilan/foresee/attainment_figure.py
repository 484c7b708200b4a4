"""From the band of the rest to the figure of the whole period, and to the probability that it keeps a limit."""

from __future__ import annotations

from dataclasses import dataclass

from bilan.foresee.attainment_scale import Scale
from bilan.foresee.attainment_years import Year
from bilan.foresee.bands import Band
from bilan.foresee.room_limits import Limit


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The figure of ``now`` where the level of its rest lies in ``band``.

    The figure is the mean of the valid days, those so far and as many as :attr:`Year.coming` says, as in the rooms.
    What is nearer to zero than ``least`` is not told apart (:func:`Scale.least`).
    """

    now: Year
    scale: Scale
    least: float
    band: Band

    def figure(self, probability: float) -> float:
        """Return the figure that is not exceeded with ``probability``."""
        rest = self.scale.mean(self.band.quantile(probability), self._least)
        return (self.now.so_far.total + self.now.coming * rest) / self._valid

    def probability(self, limit: Limit) -> float:
        """Return the probability that the figure, as published, keeps ``limit``."""
        edge, lower = limit.bound(), limit.side == "at_most"
        most = (
            float(edge.value) * self._valid - self.now.so_far.total
        ) / self.now.coming  # the rest's mean on the edge
        if most < 0 or (most == 0 and edge.closed != lower):
            below = 0.0
        elif self.scale.share and (most > 1 or (most == 1 and edge.closed == lower)):
            below = 1.0
        else:
            below = self.band.below(self.scale.level(most, self._least))
        return below if lower else 1.0 - below

    @property
    def _valid(self) -> int:
        return self.now.so_far.valid + self.now.coming

    @property
    def _least(self) -> float:
        return self.scale.least(self.least, self.now.rest.steps)
