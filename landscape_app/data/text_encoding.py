"""Which encoding a text has, and its bytes as text, block by block."""

import codecs
import unicodedata
from collections.abc import Iterator

from landscape_app.core.errors import DataError
from landscape_app.data.reading import Doubt, Progress
from landscape_app.data.source import Source

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


def codec_name(title: str, encoding: str) -> str:
    """Return Python's name of a text encoding.

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
    return info.name


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
    line = line_at(raw, position)
    return Doubt("encoding", f"line {line} holds bytes that are neither UTF-8 nor letters of Latin-1", FURTHER)


def line_at(raw: bytes, position: int) -> int:
    """Return the line, counted from 1, in which a byte stands."""
    before = raw[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def text_blocks(source: Source, encoding: str, progress: Progress | None) -> Iterator[str]:
    """Yield the text without its byte-order mark, line ends as they are.

    Raises
    ------
    DataError
        If bytes are not valid in this encoding, or the text holds a NUL; with the line.
    """
    decoder = decoder_of(encoding)
    line, done, text = 1, 0, ""
    with source.opened() as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += line_at(error.object, error.start) - 1
                raise DataError(
                    f"Line {line} of '{source.title}' is not valid {encoding.upper()} text: choose another encoding "
                    "(--encoding), or save the file in UTF-8."
                ) from error
            if done == 0:
                text = text.removeprefix("\ufeff")
            if "\0" in text:
                line += text[: text.index("\0")].count("\n")
                raise DataError(
                    f"Line {line} of '{source.title}' holds a NUL byte, so that it is not a text file: "
                    "save it as CSV in UTF-8."
                )
            if text:
                yield text
            line += text.count("\n")
            done += len(block)
            if not block:
                return
            if progress is not None:
                progress(min(1.0, done / max(1, source.size)))


def decoder_of(encoding: str) -> codecs.IncrementalDecoder:
    """Return what turns bytes into text block by block; a byte-order mark is dropped."""
    name = codecs.lookup(encoding).name
    return codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()


class NulByteError(ValueError):
    """A text holds a NUL: `text_blocks` says where."""


def utf8_segments(source: Source, encoding: str, skip: int, progress: Progress | None) -> Iterator[bytes]:
    """Yield the text as UTF-8 from byte ``skip`` on, cut between records: at line ends that no quotation holds.

    Raises
    ------
    NulByteError, UnicodeDecodeError
        If the text holds a NUL or is not valid; `text_blocks` says where.
    """
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "ascii")
    decoder = decoder_of(encoding)
    rest, done = b"", 0
    with source.opened() as file:
        if is_utf8:
            file.seek(skip)
            skip, done = 0, skip
        while True:
            block = file.read(SEGMENT)
            out = block if is_utf8 else decoder.decode(block, final=not block).encode()
            if b"\0" in out:
                raise NulByteError
            if skip:
                skip, out = max(0, skip - len(out)), out[skip:]
            out = rest + out if rest else out
            end = len(out) if not block else _record_end(out)
            rest = out[end:]
            if end:
                yield out if end == len(out) else out[:end]
            if not block:
                return
            done += len(block)
            if progress is not None:
                progress(min(1.0, done / max(1, source.size)))


def _record_end(text: bytes) -> int:
    """Return where the last line ends that closes all its quotation marks; 0 if none does."""
    end = len(text)
    quotes = text.count(b'"')
    while end > 0:
        begin = max(text.rfind(b"\n", 0, end), text.rfind(b"\r", 0, end - 1))
        quotes -= text.count(b'"', begin + 1, end)
        if quotes % 2 == 0:
            return begin + 1
        end = begin
    return 0
