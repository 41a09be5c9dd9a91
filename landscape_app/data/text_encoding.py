"""Which encoding a text has, and its bytes as text, block by block."""

import codecs
import unicodedata
from collections.abc import Iterator

from landscape_app.core.errors import DataError
from landscape_app.data.reading import Doubt, Progress
from landscape_app.data.source import Source
from landscape_app.data.text_quotes import record_end

#: Bytes read at a time, for lines and for the quick way.
BLOCK, SEGMENT = 1 << 20, 16 << 20
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Offered where bytes above 127 are neither UTF-8 nor sensible Latin-1.
FURTHER = ("latin-1", "cp437", "mac-roman", "shift-jis", "gb18030")
#: What Latin-1 has of signs that stand in tables.
_SIGNS = frozenset("°µ²³±€£§·×÷½¼¾–—’‘“”„…‰™®©«»¿¡ªº¹¨´¬¢¥‚‹›ƒ\u00a0\u00ad")


def codec_name(title: str, encoding: str, raw: bytes) -> str:
    """Return Python's name of the encoding ``encoding`` of a text that begins with ``raw``.

    Without a byte-order mark it is found out which UTF-16 is meant.

    Raises
    ------
    DataError
        If it is unknown, or no encoding of text.
    """
    try:
        info = codecs.lookup(encoding)
        "".encode(info.name)
    except (LookupError, ValueError) as error:
        raise DataError(
            f"'{encoding}', to read '{title}' with, is not an encoding of text: say utf-8, utf-16 or latin-1, for "
            "instance."
        ) from error
    if info.name in ("utf-16", "utf-32") and not any(raw.startswith(bom) for bom, _ in _BOMS):
        found = found_encoding(raw, whole=False)
        return found if isinstance(found, str) and found.startswith(info.name) else f"{info.name}-le"
    return "utf-8" if info.name == "utf-8-sig" else info.name


def found_encoding(raw: bytes, *, whole: bool) -> str | Doubt:
    """Return the encoding of a text that begins with ``raw``, or what is to be asked.

    A byte-order mark decides; then NUL bytes in every other place mean UTF-16; what is valid UTF-8 is UTF-8; other
    bytes are Windows' Latin-1 (cp1252) if they are letters and signs of it.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return name
    even, odd = raw[0::2].count(0), raw[1::2].count(0)
    if max(even, odd) > len(raw) // 5 and min(even, odd) < max(even, odd) // 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw, final=whole)
    except UnicodeDecodeError as error:
        return _one_byte_encoding(raw, error.start)
    return "utf-8"


def _one_byte_encoding(raw: bytes, position: int) -> str | Doubt:
    high = bytes({byte for byte in raw if byte >= 0x80})
    try:
        letters = high.decode("cp1252")
    except UnicodeDecodeError:
        letters = "\0"
    strange = [char for char in letters if not (unicodedata.category(char)[0] == "L" or char in _SIGNS)]
    if not strange:
        return "cp1252"
    line = line_ends(raw[:position].decode("latin-1")) + 1
    return Doubt("encoding", f"line {line} holds bytes that are neither UTF-8 nor letters of Latin-1", FURTHER)


def line_ends(text: str, before: str = "") -> int:
    """Return how many lines end in a text that follows ``before``: with CR, LF or both."""
    cut_in_two = before.endswith("\r") and text.startswith("\n")  # CR ended the line already
    return text.count("\n") + text.count("\r") - text.count("\r\n") - cut_in_two


def text_blocks(source: Source, encoding: str, progress: Progress | None, *, whole: bool = True) -> Iterator[str]:
    """Yield the text without its byte-order mark, line ends as they are; if not ``whole`` it may end in a character.

    Raises
    ------
    DataError
        If bytes are not valid in this encoding, or the text holds a NUL; with the line.
    """
    decoder = Decoder(encoding)
    line, done, text = 1, 0, ""
    with source.opened() as file:
        while True:
            block = file.read(min(BLOCK, source.size - done))  # a file that grows would never end
            before = text[-1:]
            try:
                text = decoder.decode(block, final=whole and not block)
            except UnicodeError as error:
                if isinstance(error, UnicodeDecodeError):
                    good = error.object[: error.start].decode(encoding, "replace")
                    line += line_ends(good, before)
                raise DataError(
                    f"Line {line} of '{source.title}' is not valid {encoding.upper()} text: choose another encoding "
                    "(--encoding), or save the file in UTF-8."
                ) from error
            if "\0" in text:
                line += line_ends(text[: text.index("\0")], before)
                raise DataError(
                    f"Line {line} of '{source.title}' holds a NUL byte, so that it is not a text file: "
                    "save it as CSV in UTF-8."
                )
            if text:
                yield text
            line += line_ends(text, before)
            done += len(block)
            if not block:
                return
            if progress is not None:
                progress(min(1.0, done / max(1, source.size)))


def is_utf8(encoding: str) -> bool:
    """Whether the bytes of a text are UTF-8 already, so that they need not be decoded to be split."""
    return codecs.lookup(encoding).name == "utf-8"


class Decoder:
    """Turns bytes into text block by block; a byte-order mark at the beginning is dropped, in every encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codecs.lookup(encoding).name)()
        self._at_start = True

    def decode(self, block: bytes, *, final: bool) -> str:
        """Return the text of the next bytes; characters cut in two wait for the next block.

        Raises
        ------
        UnicodeDecodeError
            If the bytes are not valid.
        """
        text = self._decoder.decode(block, final)
        if text and self._at_start:
            self._at_start = False
            return text.removeprefix("\ufeff")
        return text


class NulByteError(ValueError):
    """A text holds a NUL: `text_blocks` says where."""


def utf8_segments(source: Source, encoding: str, skip: int, progress: Progress | None) -> Iterator[bytes]:
    """Yield the text as UTF-8 from byte ``skip`` on, cut at line ends before which the quotation marks are even.

    Raises
    ------
    NulByteError, UnicodeError
        If the text holds a NUL or is not valid; `text_blocks` says where.
    """
    decoder = None if is_utf8(encoding) else Decoder(encoding)
    rest, done = b"", 0
    with source.opened() as file:
        if decoder is None:
            file.seek(skip)
            skip, done = 0, skip
        while True:
            block = file.read(min(SEGMENT, source.size - done))
            out = block if decoder is None else decoder.decode(block, final=not block).encode()
            if b"\0" in out:
                raise NulByteError
            if skip:
                skip, out = max(0, skip - len(out)), out[skip:]
            out = rest + out if rest else out
            end = len(out) if not block else record_end(out)
            rest = out[end:]
            if end:
                yield out if end == len(out) else out[:end]
            if not block:
                return
            done += len(block)
            if progress is not None:
                progress(min(1.0, done / max(1, source.size)))
