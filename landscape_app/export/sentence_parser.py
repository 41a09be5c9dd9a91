"""A parser of command lines whose every complaint is one sentence."""

import argparse
from typing import NoReturn

from landscape_app.core.errors import ExplorerError


class UsageError(ExplorerError):
    """The command line can't be understood."""


class SentenceParser(argparse.ArgumentParser):
    """An ArgumentParser that raises UsageError instead of printing a usage block and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise ``message`` as a sentence that ends in where to read more."""
        # An option's value may hold a line break; the sentence must stay on one line.
        text = " ".join(message.removeprefix("argument ").split()).rstrip(".")
        if text.startswith("unrecognized arguments: "):
            text = f"there is no option or argument {text.removeprefix('unrecognized arguments: ')}"
        if text.startswith("the following arguments are required: "):
            text = f"{text.removeprefix('the following arguments are required: ')} is missing"
        raise UsageError(f"{text[0].upper()}{text[1:]}; {self.prog} --help explains what there is.")


def joined_values(words: list[str], options: frozenset[str]) -> list[str]:
    """Return ``words`` with ``--option -4:5`` as ``--option=-4:5`` for all ``options`` that take one value.

    To argparse a word that begins with a minus is an option of its own, a negative range included.
    """
    joined: list[str] = []
    waiting = ""
    for word in words:
        if waiting and word.startswith("-") and not word.startswith("--") and word != "-h":
            joined[-1] = f"{waiting}={word}"
            waiting = ""
            continue
        joined.append(word)
        waiting = word if word in options else ""
    return joined
