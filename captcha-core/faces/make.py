#!/usr/bin/env python3
"""Makes the faces that text challenges are set in.

    python3 make.py            # writes ../src/render/faces.bin
    python3 make.py --check    # makes it again and compares
    python3 make.py --sheet    # draws every face to sheet.html

Needs npm, which fetches the typefaces, and Python 3 with fonttools, brotli and skia-pathops. README.md has
the format and the licences.
"""
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pathops
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
OUT = HERE / "../src/render/faces.bin"
SUMS = HERE / "SHA256SUMS"

# Letters, figures, signs of sums, and the small letters that cannot be taken for another character.
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-=dkmpty"
SIGNS = "+-="

# Package, version, weight, style, and by how much strokes are thickened, in heights of a capital: so that
# all are about as wide as the parts of the patterns.
FACES = [
    ("aclonica", "5.3.0", "400", "normal", 0.03),
    ("arimo", "5.0.8", "700", "italic", 0.02),
    ("arimo", "5.0.8", "700", "normal", 0.02),
    ("cherry-cream-soda", "5.3.0", "400", "normal", 0.07),
    ("chewy", "5.3.0", "400", "normal", 0.0),
    ("coming-soon", "5.3.0", "400", "normal", 0.11),
    ("crushed", "5.3.0", "400", "normal", 0.08),
    ("irish-grover", "5.3.0", "400", "normal", 0.02),
    ("luckiest-guy", "5.3.0", "400", "normal", 0.0),
    ("maiden-orange", "5.3.0", "400", "normal", 0.07),
    ("permanent-marker", "5.3.0", "400", "normal", 0.02),
    ("rancho", "5.3.0", "400", "normal", 0.05),
    ("roboto", "5.0.8", "900", "italic", 0.0),
    ("roboto", "5.0.8", "900", "normal", 0.0),
    ("roboto-condensed", "5.0.1", "700", "italic", 0.02),
    ("roboto-condensed", "5.0.1", "700", "normal", 0.02),
    ("roboto-mono", "5.0.8", "700", "italic", 0.02),
    ("roboto-mono", "5.0.8", "700", "normal", 0.02),
    ("roboto-slab", "5.3.0", "700", "normal", 0.02),
    ("roboto-slab", "5.3.0", "900", "normal", 0.0),
    ("schoolbell", "5.3.0", "400", "normal", 0.07),
    ("slackey", "5.3.0", "400", "normal", 0.0),
    ("special-elite", "5.3.0", "400", "normal", 0.08),
    ("syncopate", "5.3.0", "700", "normal", 0.0),
    ("tinos", "5.0.13", "700", "italic", 0.03),
    ("tinos", "5.0.13", "700", "normal", 0.03),
    ("walter-turncoat", "5.3.0", "400", "normal", 0.08),
]

# Farthest that a polygon may leave the outline, in heights of a capital.
STRAY = 0.006
# What is less of the box than this is left out: holes that thickened strokes have all but closed.
PINHOLE = 0.004
# Parts that a curve is looked at in.
PARTS = 8
# Steps of a coordinate, and of the width in heights.
STEPS = 255
WIDTHS = 64


def fetch(folder):
    """The files of the typefaces, by their names, each with the sum that is written down beside this."""
    known = dict(reversed(line.split()) for line in SUMS.read_text().splitlines()) if SUMS.exists() else {}
    files, sums = [], []
    for package, version, weight, style, _ in FACES:
        archive = Path(folder) / f"fontsource-{package}-{version}.tgz"
        if not archive.exists():
            subprocess.run(["npm", "pack", "--silent", f"@fontsource/{package}@{version}"],
                           cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(archive) as tar:
            licence = tar.extractfile("package/LICENSE").read().decode()
            if "Apache License" not in licence or "Version 2.0" not in licence:
                sys.exit(f"{package} {version} is not under the Apache License 2.0: choose another version")
            name = f"{package}-latin-{weight}-{style}.woff2"
            data = tar.extractfile(f"package/files/{name}").read()
        found = hashlib.sha256(data).hexdigest()
        if known.get(name, found) != found:
            sys.exit(f"{name} of {version} is not the file that faces.bin was made from")
        files.append(data)
        sums.append(f"{found}  {name}\n")
    if not known:
        SUMS.write_text("".join(sums))
    return files


def outline(font, name, bold, cap):
    """Closed polygons of a glyph in units of the font, y up."""
    path = pathops.Path()
    glyphs = font.getGlyphSet()
    glyphs[name].draw(path.getPen(glyphSet=glyphs))
    path.convertConicsToQuads()
    path.simplify(fix_winding=True)
    if bold:
        edge = pathops.Path(path)
        edge.stroke(bold * cap, pathops.LineCap.ROUND_CAP, pathops.LineJoin.ROUND_JOIN, 4)
        edge.convertConicsToQuads()
        edge.simplify(fix_winding=True)
        path = pathops.op(path, edge, pathops.PathOp.UNION, fix_winding=True)
    contours = []
    for verb, points in path:
        if verb == pathops.PathVerb.MOVE:
            contours.append([points[0]])
        elif points:
            contours[-1] += curve([contours[-1][-1], *points])
    return [contour for contour in contours if len(contour) > 2]


def curve(controls):
    """Points of a line, or of a curve of two or three degrees, without the first."""
    parts = 1 if len(controls) == 2 else PARTS
    points = []
    for part in range(1, parts + 1):
        row = controls
        while len(row) > 1:
            row = [tuple(a + (b - a) * part / parts for a, b in zip(p, q)) for p, q in zip(row, row[1:])]
        points.append(row[0])
    return points


def thinned(points, stray):
    """The polygon with fewer points, none of it farther than `stray` from where it was."""
    def keep(low, high):
        (x0, y0), (x1, y1) = points[low], points[high % len(points)]
        dx, dy = x1 - x0, y1 - y0
        length = (dx * dx + dy * dy) ** 0.5
        worst, at = 0.0, None
        for index in range(low + 1, high):
            x, y = points[index][0] - x0, points[index][1] - y0
            off = abs(x * dy - y * dx) / length if length else (x * x + y * y) ** 0.5
            if off > worst:
                worst, at = off, index
        return keep(low, at) + keep(at, high) if worst > stray else [low]
    far = max(range(len(points)), key=lambda i: sum((a - b) ** 2 for a, b in zip(points[i], points[0])))
    return [points[index] for index in keep(0, far) + keep(far, len(points))]


def area(points):
    return abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(points, points[1:] + points[:1]))) / 2


def character(font, cap, sign, name, bold):
    """Width in heights, and contours within a box of STEPS by STEPS, y down."""
    contours = outline(font, name, bold, cap)
    contours = [thinned(contour, cap * STRAY) for contour in contours]
    xs, ys = ([point[axis] for contour in contours for point in contour] for axis in (0, 1))
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    if sign:
        low, high = min(low, 0), max(high, cap)
    height = high - low
    boxed = []
    for contour in contours:
        steps = [(round((x - left) / (right - left) * STEPS), round((high - y) / height * STEPS))
                 for x, y in contour]
        steps = [point for index, point in enumerate(steps) if point != steps[index - 1]]
        if len(steps) > 2 and area(steps) > PINHOLE * STEPS * STEPS:
            boxed.append(steps)
    width = round((right - left) / height * WIDTHS)
    assert 0 < width < 256 and boxed and all(len(contour) < 256 for contour in boxed), name
    return bytes([width, len(boxed)]) + b"".join(
        bytes([len(contour), *(value for point in contour for value in point)]) for contour in boxed)


def made():
    with tempfile.TemporaryDirectory() as folder:
        files = fetch(folder)
    glyphs = []
    for data, (*_, bold) in zip(files, FACES):
        font = TTFont(io.BytesIO(data))
        names, pen = font.getBestCmap(), BoundsPen(font.getGlyphSet())
        font.getGlyphSet()[names[ord("H")]].draw(pen)
        cap = pen.bounds[3] - pen.bounds[1]
        glyphs += [character(font, cap, c in SIGNS, names[ord(c)], bold) for c in CHARACTERS]
    starts, at = b"", 3 * len(glyphs)
    for glyph in glyphs:
        starts += at.to_bytes(3, "little")
        at += len(glyph)
    return starts + b"".join(glyphs)


def sheet(data):
    rows, count = [], len(CHARACTERS)
    for face, name in enumerate(FACES):
        row = ""
        for index in range(count):
            at = int.from_bytes(data[3 * (face * count + index):][:3], "little")
            width, contours, at, path = data[at] / WIDTHS, data[at + 1], at + 2, ""
            for _ in range(contours):
                points = data[at + 1:at + 1 + 2 * data[at]]
                at += 1 + len(points)
                path += "M" + " ".join(f"{x * width:.0f} {y}" for x, y in zip(points[::2], points[1::2])) + "Z"
            row += (f'<svg viewBox="-20 -20 {STEPS * width + 40:.0f} 295" height="36" title="{CHARACTERS[index]}">'
                    f'<path d="{path}" fill-rule="evenodd"/></svg>')
        rows.append(f"<p>{name[0]} {name[2]} {name[3]}<br>{row}</p>")
    (HERE / "sheet.html").write_text("<!doctype html>" + "".join(rows))


def main():
    data = made()
    if "--check" in sys.argv:
        if data != OUT.read_bytes():
            sys.exit("faces.bin is not what this script makes: run it without --check, and look at what changed")
    elif "--sheet" in sys.argv:
        sheet(data)
    else:
        OUT.write_bytes(data)
        print(f"{len(FACES)} faces, {len(data)} bytes")


main()
