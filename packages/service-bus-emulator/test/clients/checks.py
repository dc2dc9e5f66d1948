"""One line for each check: `ok NAME` or `not ok NAME: WHY`."""

import contextlib
import sys

_failures = 0


@contextlib.contextmanager
def check(name):
    global _failures
    try:
        yield
        print(f"ok {name}", flush=True)
    except Exception as error:  # every failure is a line, and the next check is made
        _failures += 1
        print(f"not ok {name}: {type(error).__name__}: {error}", flush=True)


def expect_error(kind, action):
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"{kind} expected")


async def expect_error_of(kind, awaitable):
    try:
        await awaitable
    except kind as error:
        return error
    raise AssertionError(f"{kind} expected")


def finish():
    sys.exit(1 if _failures else 0)
