"""When two errors are the same one again."""

from types import CodeType


def same_error(error: BaseException | None) -> tuple[object, ...]:
    """Return what two errors have in common if the same line failed in the same way: to be compared, nothing else.

    The message is left out, because it may hold a number that differs each time.
    """
    if error is None:
        return ()
    place: tuple[CodeType, int] | None = None
    trace = error.__traceback__
    while trace is not None:
        place = (trace.tb_frame.f_code, trace.tb_lineno)
        trace = trace.tb_next
    return (type(error), place if place is not None else str(error))
