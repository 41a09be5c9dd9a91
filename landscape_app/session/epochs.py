"""In which order an epoch takes the examples: drawn once, and kept while it is in use."""

from collections import OrderedDict
from threading import Lock

from landscape_app.core.arrays import IntArray
from landscape_app.core.rng import batch_order

#: Up to so many examples the order of an epoch is drawn within a millisecond or two.
ORDERED_AT_ONCE = 100_000
#: Epochs that are kept: the one in use, and some that are looked at again or raced through.
KEPT = 4

#: What an order depends on: seed, epoch, and number of examples.
Key = tuple[int, int, int]


class EpochOrders:
    """The orders of the epochs used last. Every thread asks here, so that none draws what another one has drawn."""

    def __init__(self) -> None:
        self._orders: OrderedDict[Key, IntArray] = OrderedDict()
        self._lock = Lock()

    def order(self, seed: int, epoch: int, m: int) -> IntArray:
        """Return the examples (m,) in the order of ``epoch``; a permutation costs more than a small step."""
        key = (seed, epoch, m)
        with self._lock:
            known = self._orders.get(key)
            if known is not None:
                self._orders.move_to_end(key)
                return known
        drawn = batch_order(seed, epoch, m)  # not under the lock: nobody shall wait for a permutation of others
        drawn.flags.writeable = False
        with self._lock:
            self._orders[key] = drawn
            while len(self._orders) > KEPT:
                self._orders.popitem(last=False)
        return drawn

    def at_hand(self, seed: int, epoch: int, m: int) -> bool:
        """Whether the order is there without a noticeable wait."""
        with self._lock:
            return m <= ORDERED_AT_ONCE or (seed, epoch, m) in self._orders


#: The orders that this process has drawn.
ORDERS = EpochOrders()
