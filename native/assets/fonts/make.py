#!/usr/bin/env python3
"""Makes the subset font of the plots and the table of its widths. Run in this folder.

    apt-get install fonts-dejavu-core     # DejaVu Sans 2.37
    pip install fonttools==4.68.0
    python3 make.py /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

Writes `DejaVuSans-subset.ttf` here and `advances.rs` beside the plots of core.
"""
import subprocess
import sys
from fontTools.ttLib import TTFont

SOURCE = sys.argv[1]
SUBSET = "DejaVuSans-subset.ttf"
TABLE = "../../../core/src/show/plot/advances.rs"
# Latin with Latin-1 and Extended-A and -B, combining marks, Greek, Cyrillic, more Latin,
# punctuation, super- and subscripts, currency, letterlike, arrows, maths, technical, boxes, shapes.
UNICODES = ("U+0020-007E,U+00A0-024F,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2010-205E,"
            "U+2070-209C,U+20A0-20BF,U+2100-214F,U+2190-21FF,U+2200-22FF,U+2300-2311,U+25A0-25FF,"
            "U+FFFD")
FIRST, LAST = 0x20, 0x45F

subprocess.run(["pyftsubset", SOURCE, f"--unicodes={UNICODES}", f"--output-file={SUBSET}",
                "--layout-features=", "--no-hinting", "--desubroutinize", "--drop-tables+=kern,GPOS,GSUB,GDEF",
                "--name-IDs=0,1,2,3,4,5,6,13,14", "--notdef-outline"], check=True)
font = TTFont(SUBSET, recalcTimestamp=False)
names, advances = font.getBestCmap(), font["hmtx"]
wide = font["head"].unitsPerEm
widths = [advances[names[code]][0] if code in names else wide for code in range(FIRST, LAST + 1)]
widths = [0 if 0x300 <= code <= 0x36F else width for code, width in zip(range(FIRST, LAST + 1), widths)]
with open(TABLE, "w", encoding="utf-8") as out:
    out.write("//! Advance widths of DejaVu Sans 2.37, made by `native/assets/fonts/make.py`.\n\n")
    out.write("/// The first character of [`ADVANCES`].\npub(super) const FIRST: u32 = 0x20;\n\n")
    out.write(f"/// Font units in an em.\npub(super) const UNITS_PER_EM: f64 = {wide}.0;\n\n")
    out.write(f"/// The advance width of each character from U+0020 to U+{LAST:04X}, in font units.\n")
    out.write("#[rustfmt::skip]\n")
    out.write(f"pub(super) const ADVANCES: [u16; {len(widths)}] = [\n")
    for start in range(0, len(widths), 20):
        out.write("    " + ", ".join(map(str, widths[start:start + 20])) + ",\n")
    out.write("];\n")
