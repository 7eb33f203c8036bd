"""Documents set by typst: no system libraries, a few milliseconds a page.

Everything a person typed reaches a template as JSON data, never as markup, so no name can run or break anything.
"""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"


def typeset(template: Path, data: dict[str, Any], *, folder: str) -> bytes:
    """A PDF of `template`, which reads `data` from `sys.inputs.data`; `folder` is all of the disk it can see.

    Accessible (PDF/UA) when our fonts have every character; else as good as the machine's fonts allow.
    """
    source, given = shutil.copy(template, folder), json.dumps(data)

    def compiled(*, accessible: bool) -> bytes:
        return typst.compile(
            source,
            root=folder,
            font_paths=_fonts(),
            sys_inputs={"data": given},
            format="pdf",
            pdf_standards="ua-1" if accessible else None,
        )

    try:
        return compiled(accessible=True)
    except typst.TypstError:
        return compiled(accessible=False)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(FONTS)])
