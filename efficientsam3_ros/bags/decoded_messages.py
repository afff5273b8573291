"""Messages of a bag one by one; a damaged one costs no more than itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.files import Record
from efficientsam3_ros.bags.storage import Storage
from efficientsam3_ros.bags.typestore import Decoder
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.compressed_image import decode_compressed
from efficientsam3_ros.core.messages.image_codec import decode_rgb
from efficientsam3_ros.core.messages.stamps import to_nanoseconds

Item = TypeVar('Item')
UNFIT = (ValueError, TypeError, AttributeError)
"""What damaged messages, and those of a type that is defined in another way, raise."""


class DecodedMessages:
    """Decodes what lies in a bag, and notes what cannot be decoded.

    Args:
        storage: The bag; receives the notes.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._decode = Decoder()

    def of(self, topic: str, records: Iterable[Record]) -> Iterator[Any]:
        """Yield the messages of a topic's records as rosbags decodes them.

        Raises:
            BagError: If the type's definition is missing.
        """
        for record in records:
            try:
                message = self._decode(record.connection, record.data)
            except BagError:
                raise
            # A damaged message makes the decoder raise almost anything.
            except Exception as error:
                self._storage.note(f'{topic} holds messages that cannot be decoded: {error}')
                continue
            yield message

    def converted(
        self, topic: str, items: Iterable[Any], convert: Callable[[Any], Item]
    ) -> Iterator[Item]:
        """Yield what becomes of a topic's messages; those that do not fit are counted by cause.

        Raises:
            BagError: If not one fits.
        """
        damaged: Counter[str] = Counter()
        good = 0
        for found in items:
            try:
                item = convert(found)
            except UNFIT as error:
                damaged[str(error)] += 1
                continue
            good += 1
            yield item
        reasons = [f'{count} messages of {topic} skipped: {why}' for why, count in damaged.items()]
        for reason in reasons:
            self._storage.note(reason)
        if not good:
            why = ' '.join(reasons) or ' '.join(self._storage.notes) or 'the topic is empty.'
            raise BagError(f'Nothing could be read of {topic}: {why}')


def read_frame(message: Any) -> Frame:
    """Decode an Image or CompressedImage.

    Raises:
        ValueError: If it is damaged or its encoding is not served.
    """
    rgb = decode_rgb(message) if hasattr(message, 'encoding') else decode_compressed(message)
    return Frame(rgb, to_nanoseconds(message.header.stamp), message.header.frame_id)
