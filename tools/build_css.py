"""Write static/css/panel.css: design tokens, chosen NL Design System components and our own layer.

The result is committed, so that the product runs without Node. The vendored half is rebuilt
only when frontend/node_modules is there (`npm ci` in frontend/); without it the half that is
already in the file is kept, and only our own layer is renewed.
"""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "frontend" / "node_modules"
OWN_LAYER = sorted((ROOT / "frontend" / "css").glob("*.css"))
TARGET = ROOT / "static" / "css" / "panel.css"
LICENCES = ROOT / "static" / "LICENSES"
TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"
COMPONENTS = (
    "@utrecht/root-css/dist/index.min.css",
    "@utrecht/form-label-css/dist/index.min.css",
    "@utrecht/textbox-css/dist/index.min.css",
    "@utrecht/textarea-css/dist/index.min.css",
    "@utrecht/select-css/dist/index.min.css",
    "@nl-design-system-candidate/skip-link-css/dist/skip-link.css",
    "@nl-design-system-candidate/link-css/dist/link.css",
    "@nl-design-system-candidate/button-css/dist/button.css",
)
UNUSED = re.compile(r"nl-button--(?:pressed|positive|busy|icon-only)|nl-button__|--read-only|--disabled")
NOTICE = (
    "/*! Contains parts of NL Design System (Utrecht, candidate components, voorbeeld tokens), "
    "licensed under EUPL-1.2. See static/LICENSES. */\n"
)
BORDER = "/*! own layer */\n"


ATTRIBUTION = """# Third-party style sheets in static/css/panel.css

Copyright (c) 2020-2024 Frameless B.V.; 2021-2024 Gemeente Utrecht; 2021 NL Design System Community.
Licensed under EUPL-1.2 (see EUPL-1.2.md). Changed: chosen, minified, unused tokens and states left out.

"""


class LicenceError(Exception):
    """A package that we would ship carries another licence than EUPL-1.2."""


def minify(css: str) -> str:
    """Drop comments and white space that carry no meaning."""
    css = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").strip()


def drop_unused(css: str) -> str:
    """Drop the rules whose every selector belongs to a state that no page of ours has."""
    rule = re.compile(r"([^{}@;]+)\{[^{}]*\}")

    def keep(match: re.Match[str]) -> str:
        unused = all(UNUSED.search(part) for part in re.split(r",(?![^(]*\))", match[1]))
        return "" if unused else match[0]

    return rule.sub(keep, css)


def used_tokens(css: str) -> set[str]:
    """Name the custom properties that this CSS reads."""
    return set(re.findall(r"var\(\s*(--[\w-]+)", css))


def prune(tokens: str, css: str) -> str:
    """Keep the tokens that the CSS needs, directly or through another token."""
    defined = dict(re.findall(r"^\s*(--[\w-]+):\s*([^;]+);", tokens, flags=re.M))
    wanted, queue = set[str](), used_tokens(css)
    while queue:
        found = {name for name in queue if name in defined} - wanted
        wanted |= found
        queue = set().union(*(used_tokens(defined[name]) for name in found)) - wanted
    lines = (f"{name}:{value}" for name, value in defined.items() if name in wanted)
    return ".voorbeeld-theme{" + ";".join(lines) + "}"


def vendored(own: str) -> str:
    """Bundle tokens and components from node_modules, or keep what was built before."""
    if not MODULES.is_dir():
        return TARGET.read_text(encoding="utf-8").split(BORDER)[0]
    parts = (MODULES.joinpath(name).read_text(encoding="utf-8") for name in COMPONENTS)
    components = drop_unused(minify("\n".join(re.sub(r"/\*.*?\*/", "", part, flags=re.S) for part in parts)))
    copy_licences()
    tokens = MODULES.joinpath(TOKENS).read_text(encoding="utf-8")
    return NOTICE + minify(prune(tokens, components + own)) + "\n" + components + "\n"


def copy_licences() -> None:
    """Put the licence beside the result, and name the packages and versions that it covers."""
    folders = {MODULES.joinpath(*Path(name).parts[:2]) for name in (*COMPONENTS, TOKENS)}
    packages = [json.loads((folder / "package.json").read_text(encoding="utf-8")) for folder in sorted(folders)]
    others = {package["name"] for package in packages if package["license"] != "EUPL-1.2"}
    if others:
        raise LicenceError(", ".join(sorted(others)))
    shutil.copyfile(MODULES / Path(*Path(TOKENS).parts[:2]) / "LICENSE.md", LICENCES / "EUPL-1.2.md")
    lines = (f"- {package['name']} {package['version']}" for package in packages)
    (LICENCES / "NOTICE.md").write_text(ATTRIBUTION + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Build the file and say how large it became."""
    own = "\n".join(path.read_text(encoding="utf-8") for path in OWN_LAYER)
    result = vendored(own) + BORDER + minify(own) + "\n"
    TARGET.write_text(result, encoding="utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {len(result)} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
