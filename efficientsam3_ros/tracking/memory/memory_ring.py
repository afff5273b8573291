"""What the video memory holds of each object: a fixed number of frames and pointers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from efficientsam3_ros.core.memory_layout import MemoryLayout


class MemoryRing:
    """Latents and pointers of up to ``rows`` objects in arrays that never grow.

    A new frame overwrites the oldest one; a table of slot orders turns instead of the data. The
    first conditioning frame of an object stays, as it is surely the object.

    Args:
        layout: Slots and channels.
        rows: Objects at a time.
    """

    def __init__(self, layout: MemoryLayout, rows: int) -> None:
        self._layout = layout
        self._latents = np.zeros((rows, layout.slots, layout.latents, layout.width), np.float32)
        self._valid = np.zeros((rows, layout.slots), np.float32)
        self._order = np.tile(np.arange(layout.slots), (rows, 1))
        self._pointers = np.zeros((rows, layout.pointers, layout.pointer_width), np.float32)
        self._pointer_frames = np.full((rows, layout.pointers), -1, np.int64)
        self._conditioned = np.zeros(rows, np.int64)
        self._looked = np.zeros(rows, np.int64)
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, track_id: int) -> bool:
        return track_id in self._rows

    @property
    def capacity(self) -> int:
        """Objects at most."""
        return len(self._valid)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays; constant."""
        return sum(v.nbytes for v in vars(self).values() if isinstance(v, np.ndarray))

    def conditioned(self, track_id: int) -> int:
        """Return the frame number of an object's last conditioning view."""
        return int(self._conditioned[self._rows[track_id]])

    def last_propagated(self, track_id: int) -> int:
        """Return the frame number in which an object was last propagated, or begun."""
        return int(self._looked[self._rows[track_id]])

    def note_propagated(self, track_ids: Iterable[int], frame: int) -> None:
        """Note that objects were propagated to a frame; unknown ids are ignored."""
        for track_id in track_ids:
            if track_id in self._rows:
                self._looked[self._rows[track_id]] = frame

    def condition(self, track_id: int, latents: np.ndarray, frame: int) -> None:
        """Take in a conditioning view float32 (L, C); the first one begins an object's memory.

        Raises:
            ValueError: If a new object finds no row.
        """
        new = track_id not in self._rows
        if new:
            free = set(range(self.capacity)) - set(self._rows.values())
            if not free:
                raise ValueError(f'All {self.capacity} rows are taken; forget an object first.')
            self._rows[track_id] = min(free)
        row, slots = self._rows[track_id], self._layout.conditioning
        self._write(row, 0 if new or slots == 1 else 1, slots, latents)
        self._conditioned[row] = self._looked[row] = frame

    def append(self, track_id: int, latents: np.ndarray) -> None:
        """Take in an ordinary view float32 (L, C) of a known object."""
        layout = self._layout
        self._write(self._rows[track_id], layout.conditioning, layout.slots, latents)

    def point(self, track_id: int, pointer: np.ndarray, frame: int) -> None:
        """Take in the object pointer float32 (W,) of a frame."""
        row = self._rows[track_id]
        oldest = int(np.argmin(self._pointer_frames[row]))
        self._pointers[row, oldest] = pointer
        self._pointer_frames[row, oldest] = frame

    def forget(self, track_id: int) -> None:
        """Free an object's row."""
        row = self._rows.pop(track_id)
        self._latents[row] = self._valid[row] = 0
        self._pointer_frames[row] = -1

    def retain(self, track_ids: Collection[int]) -> None:
        """Free the rows of all objects but these."""
        for track_id in self._rows.keys() - set(track_ids):
            self.forget(track_id)

    def bank(self, track_ids: Sequence[int], frame: int) -> dict[str, np.ndarray]:
        """Gather what ``track_step`` reads of N objects at a frame number, float32.

        Returns:
            Graph input to array: ``memory`` (N, S, L, C), conditioning slots first, then recent,
            newest first, and ``memory_valid`` (N, S), 1 where a slot is filled; ``pointers``
            (N, P, W), newest first, with their ages in frames ``pointer_ages`` and
            ``pointer_valid`` (N, P).
        """
        rows = np.array([self._rows[track_id] for track_id in track_ids], np.intp)[:, None]
        order = self._order[rows[:, 0]]
        frames = self._pointer_frames[rows[:, 0]]
        newest = np.argsort(-frames, axis=1, kind='stable')
        frames = np.take_along_axis(frames, newest, axis=1)
        filled = frames >= 0
        return {
            'memory': self._latents[rows, order],
            'memory_valid': self._valid[rows, order],
            'pointers': self._pointers[rows, newest] * filled[..., None],
            'pointer_ages': np.where(filled, frame - frames, 0).astype(np.float32),
            'pointer_valid': filled.astype(np.float32),
        }

    def _write(self, row: int, begin: int, end: int, latents: np.ndarray) -> None:
        """Overwrite the oldest of some slots and make it the newest."""
        order = self._order[row]
        order[begin:end] = np.roll(order[begin:end], 1)
        self._latents[row, order[begin]] = latents
        self._valid[row, order[begin]] = 1
