"""Reads what a PDF says, as a viewer that knows marked content does, and what a PNG shows."""

import re
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from pypdf import PdfReader
from pypdf.generic import ContentStream

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def told(pdf: bytes) -> str:
    """The text of all pages in logical order, one piece of marked content to a line."""
    reader = PdfReader(BytesIO(pdf))
    lines: list[str] = []
    for page in reader.pages:
        fonts = {name: _letters(font.get_object()["/ToUnicode"].get_data().decode()) for name, font in page["/Resources"]["/Font"].items()}
        lines += _pieces(ContentStream(page.get_contents(), reader).operations, fonts)
    return "\n".join(lines)


def _pieces(operations: list[tuple[Any, bytes]], fonts: dict[str, dict[int, str]]) -> list[str]:
    """A piece is what stands under one MCID; its runs are drawn from left to right, whichever way they are read."""
    pieces: list[str] = []
    runs: list[str] = []
    font: dict[int, str] = {}
    marks: list[tuple[str, str]] = []
    turned = False
    for operands, operator in operations:
        if operator in (b"BDC", b"BMC"):
            values = operands[1] if operator == b"BDC" else {}
            if "/MCID" in values:
                pieces, runs, turned = [*pieces, _joined(runs, turned=turned)], [], False
            marks.append((str(operands[0]), str(values.get("/ActualText", ""))))
            if marks[-1][1]:
                runs.append(marks[-1][1])
        elif operator == b"EMC":
            marks.pop()
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in (b"Tj", b"TJ") and not any(actual for _name, actual in marks):
            shown = operands[0] if operator == b"TJ" else operands
            text = "".join(_decoded(part, font) for part in shown if not isinstance(part, (int, float)))
            if any(name == "/ReversedChars" for name, _actual in marks):
                text, turned = text[::-1], True
            runs.append(text)
    return [piece for piece in [*pieces, _joined(runs, turned=turned)] if piece]


def _joined(runs: list[str], *, turned: bool) -> str:
    return "".join(reversed(runs) if turned else runs)


def _decoded(part: Any, font: dict[int, str]) -> str:
    codes = part.original_bytes
    return "".join(font.get(int.from_bytes(codes[at : at + 2]), "\ufffd") for at in range(0, len(codes), 2))


def _letters(cmap: str) -> dict[int, str]:
    letters: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            letters[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for code in range(int(first, 16), int(last, 16) + 1):
                letters[code] = chr(int(text, 16) + code - int(first, 16))
    return letters


def ink(png: bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a picture is dark: one boolean a pixel, rows from the top. Reads 8-bit RGB(A) without interlace, which is what typst writes."""
    width, height, depth, colour = (*np.frombuffer(png[16:24], ">u4").tolist(), png[24], png[25])
    assert (depth, png[28]) == (8, 0)
    channels = {2: 3, 6: 4}[colour]
    data = b"".join(png[at + 8 : at + 8 + size] for at, size in _chunks(png, b"IDAT"))
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * channels)
    pixels = _unfiltered(rows, channels).reshape(height, width, channels)
    return np.asarray(pixels[:, :, :3].mean(axis=2) < 140)


def _chunks(png: bytes, wanted: bytes) -> list[tuple[int, int]]:
    found, at = [], 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == wanted:
            found.append((at, size))
        at += 12 + size
    return found


def _unfiltered(rows: Pixels, channels: int) -> Pixels:
    lines = np.zeros((rows.shape[0] + 1, rows.shape[1] - 1), np.uint8)
    for number, row in enumerate(rows):
        kind, line, above = int(row[0]), row[1:].astype(np.int32), lines[number].astype(np.int32)
        if kind == 2:
            line = line + above
        elif kind == 1:
            line = line.reshape(-1, channels).cumsum(axis=0).reshape(-1)
        elif kind in (3, 4):
            line = _by_pixel(line, above, channels, kind)
        lines[number + 1] = line % 256
    return lines[1:]


def _by_pixel(line: Any, above: Any, channels: int, kind: int) -> Any:
    for at in range(len(line)):
        left = int(line[at - channels]) if at >= channels else 0
        up, corner = int(above[at]), int(above[at - channels]) if at >= channels else 0
        if kind == 3:
            guess = (left + up) // 2
        else:
            nearest = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(nearest - value))
        line[at] = (line[at] + guess) % 256
    return line
