"""Train the line model of `newscrawl/resources/pages/line_model.tsv` on labelled pages.

    pip install lightgbm numpy
    python tools/train_line_model.py CORPUS SET... [--check]

CORPUS holds a folder for each SET with `truth.jsonl` (a JSON object a line: `page`, `url`,
`body`, optionally `standfirst`) and the pages it names, gzipped or not. The shipped model was
trained on three sets: wcxb (WCXB by Murrough Foley, CC-BY 4.0, its articles), aeb
(article-extraction-benchmark, MIT) and publishers (the saved pages of Fundus, MIT).

A line of a page is labelled as text where more than half of its runs of four words stand in the
body of the truth. Tags and roles get the log-odds of text as their weight, each host counting
once; a line never sees a weight that its own host contributed to. The trees are
trained by lightgbm, which is needed for training alone. `--check` trains on three quarters of
the hosts and reports on the others, for each quarter, how many words are right.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import lightgbm
import numpy as np

from newscrawl import Page
from newscrawl.generic.body.article_node import outline_of
from newscrawl.generic.body.line_features import FEATURES, LineFeatures
from newscrawl.generic.body.line_features import words_of as words_of_line
from newscrawl.generic.body.part import FirstReading, first_reading
from newscrawl.generic.fields.headlines.headline import headline_of
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.text.phrases import folded

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
RUN = 4
TEXT = 0.5
"""A line with a larger label is text."""
IGNORED = -1.0
"""The label of a standfirst, which may be text or not."""
LEAST_HOSTS = 3
QUARTERS = 4
SCALE = 15
"""Weights are multiplied by this, since limits on leaves are absolute."""
TREES, LEAVES, RATE = 32, 8, 0.25
RESOURCE = Path(__file__).parents[1] / "newscrawl" / "resources" / "line_model.tsv"
HEAD = """\
# The model by which text lines are told from the other lines of a page: see
# newscrawl/generic/body/line_model.py. Made by tools/train_line_model.py from development
# pages of WCXB (Murrough Foley, CC-BY 4.0), article-extraction-benchmark (MIT) and Fundus
# (MIT).
# feature: a number of a line. weight: the log-odds, times 100, that a line with this tag or
# role is text. tree: feature:most, then the branch up to it and the one beyond; a number alone
# is a leaf's value.
"""


Token = tuple[str, str]
"""A table of the model, and a word in it."""


class Weights:
    """Log-odds of tokens; each host counts once, and may be left out."""

    def __init__(self) -> None:
        self.by_host: dict[str, dict[Token, list[float]]] = defaultdict(dict)
        self.sums: dict[Token, list[float]] = {}

    def add(self, host: str, tokens: Sequence[Token], weight: float, *, is_text: bool) -> None:
        """Count one line."""
        counts = self.by_host[host]
        for token in tokens:
            count = counts.setdefault(token, [0.0, 0.0])
            count[0] += weight * is_text
            count[1] += weight

    def close(self) -> None:
        """Sum over the hosts."""
        for counts in self.by_host.values():
            for token, (text, every) in counts.items():
                share = min(1, every) / every
                total = self.sums.setdefault(token, [0.0, 0.0, 0.0])
                total[0] += text * share
                total[1] += every * share
                total[2] += 1

    def weight(self, token: tuple[str, str], left_out: str = "") -> int:
        """Return the weight of a token over all hosts but one; 0 if too few know it."""
        if token not in self.sums:
            return 0
        text, every, hosts = self.sums[token]
        own = self.by_host.get(left_out, {}).get(token)
        if own is not None:
            share = min(1, own[1]) / own[1]
            text, every, hosts = text - own[0] * share, every - own[1] * share, hosts - 1
        if hosts < LEAST_HOSTS:
            return 0
        return round(100 * math.log((text + 0.25) / (max(0, every - text) + 0.25)))


def first_reading_of(url: str, raw: bytes) -> FirstReading:
    """Return the page read by the rules alone."""
    structured_data = StructuredData(Page(url=url, body=raw))
    outline = outline_of(structured_data.tree.root)
    chosen, _ = headline_of(structured_data, outline)
    heading = chosen.node if chosen else None
    KEPT.append(structured_data)
    return first_reading(
        structured_data, outline, heading, folded(chosen.text if chosen else "")
    )


KEPT: list[StructuredData] = []
"""A tree is let go with its page: the last one is held here."""


def words_of(text: str) -> list[str]:
    """Return the words of *text*, and each ideograph."""
    return WORD.findall(text)


def runs_of_words(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return all runs of RUN words."""
    return [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


def folded_line(text: str) -> str:
    """Return *text* with punctuation, white space and case put aside."""
    return " ".join(words_of(unicodedata.normalize("NFKC", text))).casefold()


def labelled(truth: Mapping[str, Any], texts: Sequence[str]) -> tuple[list[float], list[int]]:
    """Return how far each line is text by the *truth*, and how many words it has."""
    body = truth["body"] if isinstance(truth["body"], str) else "\n".join(truth["body"])
    known = set(runs_of_words(words_of(body)))
    aside = set(runs_of_words(words_of("\n".join(truth.get("standfirst") or []))))
    lines = {folded_line(line) for line in body.split("\n")} - {""}
    words = [words_of(text) for text in texts]
    labels = [_share(runs_of_words(line), known) for line in words]
    sure = [at for at, line in enumerate(words) if labels[at] > 0.6 and len(line) >= 2 * RUN]
    first, last = (sure[0], sure[-1]) if sure else (0, -1)
    for at, line in enumerate(words):
        if len(line) < RUN:
            is_near = first - 3 <= at <= last + 3
            labels[at] = float(is_near and folded_line(texts[at]) in lines)
        elif len(line) < 3 * RUN and not first - 6 <= at <= last + 6:
            labels[at] = 0.0
        if _share(runs_of_words(line), aside) > 0.7:
            labels[at] = IGNORED
    _unlabel_copies(texts, labels, f" {folded_line(body)} ")
    return labels, [len(line) for line in words]


def _share(text_lines: Sequence[tuple[str, ...]], known: set[tuple[str, ...]]) -> float:
    return (
        sum(text_line in known for text_line in text_lines) / len(text_lines)
        if text_lines
        else 0.0
    )


def _unlabel_copies(texts: Sequence[str], labels: list[float], body: str) -> None:
    """Let a text printed more often than it stands in *body* count where most text is."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        if labels[at] > 0.6:
            places[text].append(at)
    for text, found in places.items():
        if len(found) > 1:
            times = max(1, body.count(f" {folded_line(text)} "))
            found.sort(key=lambda at: -sum(max(0, x) for x in labels[max(0, at - 4) : at + 5]))
            for at in found[times:]:
                labels[at] = 0.0


def pages_of(corpus: Path, names: Sequence[str]) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    """Yield the truth and the bytes of each page that has a body."""
    for name in names:
        for line in (corpus / name / "truth.jsonl").open(encoding="utf-8"):
            truth = json.loads(line)
            raw = (corpus / name / truth["page"]).read_bytes()
            if truth.get("body"):
                yield truth, gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def host_of(truth: Mapping[str, Any]) -> str:
    """Return the last two labels of the page's host."""
    return ".".join((urlsplit(truth["url"]).hostname or truth["page"]).split(".")[-2:])


def weights_of(labels: Sequence[float], lengths: Sequence[int]) -> list[float]:
    """Return how much each line of a page counts: by its share of the page's text."""
    raw = [0.3 * math.log1p(length) + 0.1 * length for length in lengths]
    text = sum(value for value, label in zip(raw, labels, strict=True) if label > 0.5)
    return [
        0.0 if label == IGNORED else min(1.0, value / max(10.0, text))
        for value, label in zip(raw, labels, strict=True)
    ]


@attrs.define
class Sample:
    """The scored lines of one page."""

    host: str
    rows: Any
    labels: Any
    weights: Any

    @property
    def quarter(self) -> int:
        """The part of the hosts that it belongs to."""
        return quarter_of(self.host)


def quarter_of(host: str) -> int:
    """Return the quarter of the hosts that *host* belongs to."""
    return int(hashlib.md5(host.encode(), usedforsecurity=False).hexdigest(), 16) % QUARTERS


def weigh_tokens(corpus: Path, names: Sequence[str], held: int | None) -> Weights:
    """Read all pages once for the weights of their tokens; the *held* quarter is left out."""
    weights = Weights()
    for truth, raw in pages_of(corpus, names):
        if quarter_of(host_of(truth)) == held:
            continue
        KEPT.clear()
        first = first_reading_of(truth["url"], raw)
        text_lines = first.around.outline.text_lines
        labels, lengths = labelled(truth, [text_line.text for text_line in text_lines])
        counts = weights_of(labels, lengths)
        if max(labels, default=0) <= TEXT:
            continue
        for at in first.open_lines:
            if counts[at]:
                found = words_of_line(first.around, at)
                weights.add(host_of(truth), found, counts[at], is_text=labels[at] > TEXT)
    weights.close()
    return weights


def samples_of(corpus: Path, names: Sequence[str], weights: Weights) -> list[Sample]:
    """Read all pages again for the numbers of their lines."""
    found = []
    for truth, raw in pages_of(corpus, names):
        KEPT.clear()
        host = host_of(truth)
        first = first_reading_of(truth["url"], raw)
        labels, lengths = labelled(
            truth, [text_line.text for text_line in first.around.outline.text_lines]
        )
        lines = first.open_lines
        if max(labels, default=0) <= TEXT or not lines:
            continue
        features = LineFeatures(first.around, partial(weights.weight, left_out=host))
        counts = weights_of(labels, lengths)
        found.append(
            Sample(
                host,
                np.array([features.row(at) for at in lines], dtype=np.int32),
                np.array([labels[at] > TEXT for at in lines]),
                np.array([SCALE * counts[at] for at in lines]),
            )
        )
    return found


def trained(samples: Sequence[Sample]) -> Any:
    """Return lightgbm's trees for *samples*."""
    settings = {
        "objective": "binary",
        "num_leaves": LEAVES,
        "learning_rate": RATE,
        "min_sum_hessian_in_leaf": 0.5,
        "min_data_in_leaf": 40,
        "feature_fraction": 0.4,
        "bagging_fraction": 0.6,
        "bagging_freq": 1,
        "lambda_l2": 3,
        "max_bin": 63,
        "num_threads": 1,
        "deterministic": True,
        "seed": 1,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(
        np.vstack([sample.rows for sample in samples]).astype(np.float32),
        np.hstack([sample.labels for sample in samples]),
        weight=np.hstack([sample.weights for sample in samples]),
    )
    return lightgbm.train(settings, data, TREES)


def check(samples: Sequence[Sample]) -> None:
    """Report the F1 over weighted lines for each quarter of the hosts, left out in training."""
    for quarter in range(QUARTERS):
        model = trained([sample for sample in samples if sample.quarter != quarter])
        held = [sample for sample in samples if sample.quarter == quarter]
        labels = np.hstack([sample.labels for sample in held])
        weights = np.hstack([sample.weights for sample in held])
        is_text = model.predict(np.vstack([sample.rows for sample in held])) > 0.42
        right = weights[labels & is_text].sum()
        both = weights[labels].sum() + weights[is_text].sum()
        print(f"quarter {quarter}: {len(held)} pages, F1 {2 * right / both:.4f}", flush=True)


def branches(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield a tree as the resource spells it."""
    if "leaf_value" in node:
        yield str(round(1000 * node["leaf_value"]))
        return
    yield f"{node['split_feature']}:{math.floor(node['threshold'])}"
    yield from branches(node["left_child"])
    yield from branches(node["right_child"])


def written(model: Any, weights: Weights) -> str:
    """Return the resource's text."""
    lines = [f"feature\t{name}" for name in FEATURES]
    known = ((*token, weights.weight(token)) for token in sorted(weights.sums))
    lines += [f"weight\t{table}\t{word}\t{value}" for table, word, value in known if value]
    trees = model.dump_model()["tree_info"]
    lines += [f"tree\t{' '.join(branches(tree['tree_structure']))}" for tree in trees]
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Train, check if asked to, and write the resource."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--check", action="store_true", help="report on hosts left out")
    parser.add_argument("--held", type=int, help="leave this quarter of the hosts out")
    parser.add_argument("--output", type=Path, default=RESOURCE)
    arguments = parser.parse_args()
    held = arguments.held
    weights = weigh_tokens(arguments.corpus, arguments.sets, held)
    samples = samples_of(arguments.corpus, arguments.sets, weights)
    print(f"{len(samples)} pages, {sum(len(s.labels) for s in samples)} lines", flush=True)
    if arguments.check:
        check(samples)
    model = trained([s for s in samples if held is None or s.quarter != held])
    arguments.output.write_text(written(model, weights), "utf-8")


if __name__ == "__main__":
    main()
