"""Which of SA-1B's masks are taken."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.datasets.stills.sa1b.entry import Entry


@dataclass(frozen=True)
class MaskFilter:
    """Decides by what stands beside a mask, so that nothing is decoded for what is left out.

    A picture has a hundred masks: decoding them all takes longer than decoding the picture.

    Attributes:
        predicted_iou: Least value.
        stability: Least value.
        largest: Largest share of the picture; some masks are all of it.
        most: Number of masks of a picture, the largest ones; 0 takes all.
    """

    predicted_iou: float = 0.0
    stability: float = 0.0
    largest: float = 1.0
    most: int = 0

    def chosen(self, entries: list[Entry], pixels: int) -> list[Entry]:
        """Return those that are taken, in their order.

        Args:
            entries: All of a picture.
            pixels: Of the picture.
        """
        good = [entry for entry in entries if self._fits(entry, pixels)]
        if not self.most or len(good) <= self.most:
            return good
        kept = {e.number for e in sorted(good, key=lambda e: (-e.area, e.number))[: self.most]}
        return [entry for entry in good if entry.number in kept]

    def _fits(self, entry: Entry, pixels: int) -> bool:
        return (
            0 < entry.area <= self.largest * pixels
            and entry.origin.predicted_iou >= self.predicted_iou
            and entry.origin.stability >= self.stability
        )
