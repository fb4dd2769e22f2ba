"""The source of a module that declares a site, for a person to continue."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence

from newscrawl.proposal.queries import Proposal
from newscrawl.proposal.site_facts import SiteFacts

_LINE = 96
_HIDDEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Characters that an editor hides or that reorder a line (CVE-2021-42574), and half letters."""


def layout_name(name: str, day: dt.date) -> str:
    """Return the name of the layout of a site first seen on *day*, e.g. Shams2026."""
    return "".join(part.capitalize() for part in name.split("_")) + str(day.year)


def module_text(
    facts: SiteFacts,
    name: str,
    rules: Sequence[Proposal],
    signature: str | None,
    day: dt.date,
) -> str:
    """Return the text of a module with site *name*, and a layout where there are rules."""
    layout = layout_name(name, day) if rules else None
    parts = [f'"""{_plain(facts.title)}: {facts.home}"""', "from __future__ import annotations"]
    parts.append(_imports(layout, signature))
    if layout is not None:
        parts.append(_layout(layout, facts, rules, signature, day))
    parts.append(_site(facts, name, layout))
    text = "\n\n".join(parts[:3]) + "\n\n\n" + "\n\n\n".join(parts[3:])
    return text + "\n"


def _imports(layout: str | None, signature: str | None) -> str:
    lines = ["from newscrawl.layouts.site import Site, Sources"]
    if layout is not None:
        lines = [
            "from newscrawl.layouts.layout import Layout",
            "from newscrawl.layouts.rules import css",
            *lines,
        ]
        if signature is None:
            lines = ["import datetime as dt", "", *lines]
    return "\n".join(lines)


def _layout(
    layout: str,
    facts: SiteFacts,
    rules: Sequence[Proposal],
    signature: str | None,
    day: dt.date,
) -> str:
    lines = [
        f"class {layout}(Layout):",
        f'    """The pages of {_plain(facts.title)} as seen on {day.isoformat()}."""',
        "",
    ]
    if signature is not None:
        lines.append(f"    signature = {_text(signature)}")
    else:
        lines.append(f"    since = dt.date({day.year}, {day.month}, {day.day})")
    for rule in rules:
        lines.append(f"    # as the generic layout on {rule.agrees} of {rule.of} samples")
        lines.append(f"    {rule.field} = css({_text(rule.query)})")
    return "\n".join(lines)


def _site(facts: SiteFacts, name: str, layout: str | None) -> str:
    hint = (
        "its times say their zone; where some do not, name it"
        if facts.is_zone_stated
        else "its times do not say their zone: name it, or they are taken for UTC"
    )
    lines = [
        "SITE = Site(",
        f"    name={_text(name)},",
        f"    title={_text(facts.title)},",
        *_tuple("    hosts", facts.hosts),
        *_sources(facts),
        f"    # {hint}",
        '    # zone="Africa/Cairo",',
        *_tuple("    languages", facts.languages),
        f"    layouts=({layout},)," if layout else "",
        ")",
    ]
    return "\n".join(line for line in lines if line)


def _sources(facts: SiteFacts) -> list[str]:
    named = (("feeds", facts.feeds), ("sitemaps", facts.sitemaps), ("sections", facts.sections))
    lines = ["    sources=Sources(", f"        home={_text(facts.home)},"]
    for field, urls in named:
        lines += _tuple(f"        {field}", urls)
    return [*lines, "    ),"]


def _tuple(head: str, texts: Sequence[str]) -> list[str]:
    """Return `head=(…),` in one line where it fits, else a text a line."""
    if not texts:
        return []
    inner = ", ".join(_text(text) for text in texts) + ("," if len(texts) == 1 else "")
    line = f"{head}=({inner}),"
    if len(line) <= _LINE:
        return [line]
    indent = " " * (len(head) - len(head.lstrip()) + 4)
    return [f"{head}=(", *(f"{indent}{_text(text)}," for text in texts), f"{indent[4:]}),"]


def _text(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _plain(text: str) -> str:
    """Return *text* for a docstring: the title of a page may hold any character."""
    return _HIDDEN.sub("", text).replace("\\", "").replace('"', "'")
