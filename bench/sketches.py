"""Our sketches of texts beside those of datasketch: what they cost, and which copies they find.

Run it with `python -m bench.sketches`, where datasketch is installed. The pairs are those of
tests/copy_pairs_*.toml; the times are CPU times of one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from datasketch import MinHash, MinHashLSH

from newscrawl.archive.copies import ComparedText, compared_text, is_candidate, sketch_of
from tests.copy_pairs import Pair, pairs

T = TypeVar("T")
PERMUTATIONS = 128
THRESHOLDS = (0.2, 0.3, 0.4, 0.5)


def main() -> None:
    """Print the cost of a sketch, and the share of copies and others that would be compared."""
    found = [(pair, texts_of(pair)) for pair in pairs()]
    texts = [text for _, both in found for text in both]
    measured("words of a text", lambda: [compared_text(p.one.body) for p, _ in found])
    ours = measured("our sketch", lambda: [sketch_of(text) for text in texts])
    print(f"  {sum(map(len, ours)) * 4 / len(ours):.0f} bytes")
    measured("MinHash", lambda: [minhash_of(text) for text in texts])
    print(f"  {PERMUTATIONS * 8} bytes")
    proposed("our candidates", found, are_ours_alike)
    for threshold in THRESHOLDS:
        proposed(f"MinHashLSH {threshold}", found, lambda a, b, t=threshold: are_near(a, b, t))


def measured(name: str, work: Callable[[], Sequence[T]]) -> Sequence[T]:
    """Print the CPU time of *work* for each text."""
    begin = time.process_time()
    done = work()
    print(f"{name:16} {(time.process_time() - begin) / len(done) * 1000:.2f} ms a text")
    return done


def proposed(
    name: str,
    found: Sequence[tuple[Pair, tuple[ComparedText, ComparedText]]],
    is_near: Callable[[ComparedText, ComparedText], bool],
) -> None:
    """Print which share of the copies, and of the other pairs, would be compared exactly."""
    shares = []
    for kind in (True, False):
        some = [is_near(*texts) for pair, texts in found if pair.is_copy is kind]
        shares.append(sum(some) / len(some))
    print(f"{name:16} {shares[0]:.0%} of the copies, {shares[1]:.0%} of the others")


def texts_of(pair: Pair) -> tuple[ComparedText, ComparedText]:
    """Return both texts of *pair* as they are compared."""
    one, other = (compared_text(t.body, dateline=t.dateline) for t in (pair.one, pair.other))
    return one, other


def are_ours_alike(one: ComparedText, other: ComparedText) -> bool:
    """Whether the archive would compare two texts."""
    sketches = [set(sketch_of(text)) for text in (one, other)]
    return is_candidate(len(sketches[0] & sketches[1]), *map(len, sketches))


def are_near(one: ComparedText, other: ComparedText, threshold: float) -> bool:
    """Whether datasketch would propose two texts."""
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    index.insert("one", minhash_of(one))
    return bool(index.query(minhash_of(other)))


def minhash_of(text: ComparedText) -> MinHash:
    """Return the MinHash of the shingles of *text*."""
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update_batch([shingle.to_bytes(4, "little") for shingle in text.shingles])
    return sketch


if __name__ == "__main__":
    main()
