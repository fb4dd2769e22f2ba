"""Pages through WARC files: written, read, damaged and read all the same."""

from __future__ import annotations

import datetime as dt
import gzip
import random
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import attrs
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from newscrawl import Page
from newscrawl.errors import WarcError
from newscrawl.outcomes import Evidence
from newscrawl.warc import Exchange, WarcWriter, erase_record, read_answer, read_pages
from newscrawl.warc.members import MAX_RECORD, broken_members, empty_members, read_content
from newscrawl.warc.new_records import RecordTooLongError, deflated
from newscrawl.warc.scan import Span, spans
from newscrawl.warc.writer import is_being_written

HEADERS = [
    ("Content-Type", "text/html; charset=windows-1256"),
    ("Transfer-Encoding", "chunked"),
]
COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files of evidence are."""
    return tmp_path / "warc"


@pytest.fixture
def series(folder: Path) -> Iterator[WarcWriter]:
    """An open series of files."""
    with WarcWriter(folder, "shams") as series:
        yield series


def page(number: int = 0) -> Page:
    """A page whose content does not compress away."""
    noise = random.Random(number).randbytes(600).hex()  # noqa: S311
    return Page(
        url=f"https://shams.example/{number}",
        body=f"<h1>ميناء {number}</h1>{noise}".encode("windows-1256"),
        fetched_at=dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC),
        content_type=HEADERS[0][1],
    )


def facts(one: Page) -> tuple[object, ...]:
    return one.url, one.body, one.fetched_at, one.content_type


def written(series: WarcWriter, count: int = COUNT) -> list[Evidence]:
    return [series.write_page(page(number), 200, HEADERS) for number in range(count)]


def test_page_comes_back_as_it_was(series: WarcWriter, folder: Path) -> None:
    written(series, 2)
    found = list(read_pages(folder / "shams-00001.warc.gz"))
    assert [facts(one) for one in found] == [facts(page(0)), facts(page(1))]
    assert found[0].text.startswith("<h1>ميناء 0</h1>")


def test_page_is_found_by_its_evidence(series: WarcWriter, folder: Path) -> None:
    evidence = written(series)[7]
    answer = read_answer(folder / evidence.file, evidence)
    assert answer.payload == page(7).body
    assert answer.fields["warc-target-uri"] == page(7).url


def test_warcio_reads_what_we_write(series: WarcWriter, folder: Path) -> None:
    evidence = series.write_page(page(), 200, HEADERS, [("User-Agent", "newscrawl")])
    with (folder / evidence.file).open("rb") as file:
        found = []
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Date")))
            assert record.rec_headers.protocol == "WARC/1.1"
            if record.rec_type == "response":
                assert record.rec_headers.get_header("WARC-Record-ID") == evidence.record_id
                original = record.http_headers.get_header("X-Archive-Orig-Transfer-Encoding")
                assert original == "chunked"
    assert found[1:] == [
        ("response", "2026-03-01T06:30:00Z"),
        ("request", "2026-03-01T06:30:00Z"),
    ]


def test_body_that_was_deflated_before_is_the_same_page(
    series: WarcWriter, folder: Path
) -> None:
    first, other = (
        Exchange(
            url=f"https://shams.example/{number}",
            fetched_at=dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC),
            status=200,
            headers=[("Content-Type", "text/html")],
            body=page(number).body * 200,
        )
        for number in range(2)
    )
    series.write(attrs.evolve(first, deflated=deflated(first.body)))
    evidence = series.write(other)
    path = folder / evidence.file
    assert [one.body for one in read_pages(path)] == [first.body, other.body]
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
    subprocess.run(["gzip", "-t", path], check=True)


def test_record_is_the_same_unpacked_before_and_read_again(
    series: WarcWriter, folder: Path
) -> None:
    path = folder / written(series)[0].file
    with path.open("rb") as file:
        found = list(spans(file, 0, 2**30, keeps_content=True))
    assert len(found) > COUNT
    for one in found:
        assert isinstance(one, Span)
        assert one.content == read_content(path, one.offset, one.length)


def test_missing_page_is_not_a_page(series: WarcWriter, folder: Path) -> None:
    series.write_page(page(), 404, HEADERS)
    series.write_page(page(), 200, [("Content-Type", "image/png")])
    assert list(read_pages(folder / "shams-00001.warc.gz")) == []


def test_series_goes_on_where_it_stopped(folder: Path) -> None:
    for _ in range(2):
        with WarcWriter(folder, "shams") as series:
            written(series, 2)
    assert len(list(read_pages(folder / "shams-00001.warc.gz"))) == 4


def test_full_file_is_followed_by_another(folder: Path) -> None:
    with WarcWriter(folder, "shams", max_file=2_000) as series:
        files = [evidence.file for evidence in written(series)]
    assert files == sorted(files)
    assert len(set(files)) > 2
    with WarcWriter(folder, "shams", max_file=2_000) as series:
        assert series.write_page(page(), 200, HEADERS).file >= files[-1]


def test_file_of_another_writer_is_passed_over(series: WarcWriter, folder: Path) -> None:
    first = series.write_page(page(1), 200, HEADERS)
    with WarcWriter(folder, "shams") as other:
        second = other.write_page(page(2), 200, HEADERS)
    third = series.write_page(page(3), 200, HEADERS)
    assert [one.file[-10:] for one in (first, second, third)] == [
        "01.warc.gz",
        "02.warc.gz",
        "01.warc.gz",
    ]


@pytest.mark.parametrize("is_zstandard", [False, True], ids=["gzip", "zstandard"])
def test_record_that_would_be_read_as_damaged_is_not_written(
    folder: Path, is_zstandard: bool
) -> None:
    answer = Exchange(
        url="https://shams.example/0",
        fetched_at=dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC),
        status=200,
        headers=[],
        body=page().body,
    )
    text = bytes(MAX_RECORD)
    long = attrs.evolve(answer, url="https://shams.example/1", body=text)
    with WarcWriter(folder, "shams", is_zstandard=is_zstandard) as series:
        places = [series.write(answer, json=b'{"description": "%b"}' % text)]
        with pytest.raises(RecordTooLongError):
            series.write(long)
        with pytest.raises(RecordTooLongError):
            series.write_resource("urn:view:0", long.fetched_at, "image/png", text)
        with pytest.raises(RecordTooLongError):
            series.write_record(text + b"\r\n")
        fitting = attrs.evolve(long, body=text[: -(2**16)])
        places.append(series.write(fitting, json=b"{}"))
        path = series.path
    # A file is cut back to the end of its last whole record when it is opened.
    with WarcWriter(folder, "shams", is_zstandard=is_zstandard) as series:
        assert series.path == path
    assert list(broken_members(path, [])) == []
    with path.open("rb") as file:
        found = list(spans(file, 0, path.stat().st_size))
    kinds = [one.kind for one in found if isinstance(one, Span)]
    usual = ["warcinfo", "response", "request"]
    assert kinds == [*usual, "response", "request", "metadata"]
    assert [len(read_answer(path, one).payload) for one in places] == [
        len(answer.body),
        len(fitting.body),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_torn_tail_loses_no_record_after_it(folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    with WarcWriter(folder, "shams") as series:
        places = written(series)
    path = folder / "shams-00001.warc.gz"
    cut = chance.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(cut)
        file.seek(0, 2)
        file.write(chance.randbytes(chance.randrange(40)))
    whole = [
        number for number, place in enumerate(places) if place.offset + place.length <= cut
    ]
    with WarcWriter(folder, "shams") as series:
        series.write_page(page(99), 200, HEADERS)
    expected = [facts(page(number)) for number in [*whole, 99]]
    assert [facts(one) for one in read_pages(path)] == expected


@pytest.mark.parametrize("seed", range(40))
def test_flipped_byte_costs_one_record_and_is_reported(folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    with WarcWriter(folder, "shams") as series:
        places = written(series)
    path = folder / "shams-00001.warc.gz"
    hit = chance.randrange(len(places))
    content = bytearray(path.read_bytes())
    # Neither the ten bytes of the gzip header nor the last byte of the compressed data, eight
    # bytes before the end of the member: some of their bits mean nothing.
    meaningful = [
        *range(10, places[hit].length - 9),
        *range(places[hit].length - 8, places[hit].length),
    ]
    content[places[hit].offset + chance.choice(meaningful)] ^= chance.randrange(1, 256)
    path.write_bytes(content)
    damages: list[str] = []
    found = [facts(one) for one in read_pages(path, on_damage=damages.append)]
    assert found == [facts(page(number)) for number in range(COUNT) if number != hit]
    assert len(damages) == 1
    assert f"at byte {places[hit].offset}" in damages[0]


def test_damage_ends_the_reading_after_what_stands_before_it(
    series: WarcWriter, folder: Path
) -> None:
    place = written(series)[5]
    path = folder / place.file
    content = bytearray(path.read_bytes())
    content[place.offset + 40] ^= 0xFF
    path.write_bytes(content)
    reading = read_pages(path)
    assert [facts(next(reading)) for _ in range(5)] == [facts(page(n)) for n in range(5)]
    with pytest.raises(WarcError, match=f"damaged at byte {place.offset}"):
        next(reading)


def test_erased_record_is_gone_and_no_other_moves(folder: Path) -> None:
    with WarcWriter(folder, "shams") as series:
        places = written(series, 6)
    path = folder / places[0].file
    size = path.stat().st_size
    before = path.read_bytes()
    for hit in (0, 3, 5):
        erase_record(folder, places[hit])
        gone = before[places[hit].offset :][: places[hit].length]
        assert gone[20:60] not in path.read_bytes()
    assert path.stat().st_size == size
    left = [facts(page(number)) for number in (1, 2, 4)]
    assert [facts(one) for one in read_pages(path)] == left
    assert read_answer(path, places[4]).payload == page(4).body
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds.count("response") == 3
    with WarcWriter(folder, "shams") as series:
        series.write_page(page(9), 200, HEADERS)
    assert [facts(one) for one in read_pages(path)] == [*left, facts(page(9))]


@pytest.mark.parametrize("length", [22, 23, 1_000, 65_556, 65_557, 65_558, 65_579, 300_000])
def test_empty_members_fill_any_length(length: int) -> None:
    filler = empty_members(length)
    assert len(filler) == length
    assert gzip.decompress(filler) == b""


def test_nothing_is_erased_where_no_record_is(series: WarcWriter, folder: Path) -> None:
    place = written(series, 1)[0]
    with pytest.raises(WarcError, match="holds no whole record"):
        erase_record(folder, attrs.evolve(place, offset=place.offset + 1))


def test_texts_of_a_wet_file_are_pages(tmp_path: Path) -> None:
    for name, is_gzip in (("a.warc.wet.gz", True), ("a.warc.wet", False)):
        with (tmp_path / name).open("wb") as file:
            writer = WARCWriter(file, gzip=is_gzip)
            for number in range(2):
                text = f"ميناء {number}\nسفينة".encode()
                record = writer.create_warc_record(
                    f"https://shams.example/{number}",
                    "conversion",
                    payload=BytesIO(text),
                    length=len(text),
                    warc_content_type="text/plain",
                    warc_headers_dict={"WARC-Date": "2018-05-01T00:00:00Z"},
                )
                writer.write_record(record)
        found = list(read_pages(tmp_path / name))
        assert [one.text for one in found] == ["ميناء 0\nسفينة", "ميناء 1\nسفينة"]
        assert all(one.is_plain_text for one in found)
        assert found[0].fetched_at == dt.datetime(2018, 5, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"not a warc",
        gzip.compress(b"not a warc", mtime=0),
        b"\x1f\x8b\x08",
        b"\x1f\x8b\x08" * 99,
    ],
)
def test_file_that_is_no_warc_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(WarcError) as error:
        list(read_pages(path))
    assert "a.warc.gz" in str(error.value)


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WarcError, match="No such file"):
        list(read_pages(tmp_path / "a.warc.gz"))


def test_folder_that_cannot_be_written_is_one_clear_error() -> None:
    with pytest.raises(WarcError, match="cannot write to"):
        WarcWriter(Path("/proc/warc"), "shams")


def test_file_says_whether_it_is_being_written(folder: Path) -> None:
    with WarcWriter(folder, "shams") as series:
        written(series, 1)
        assert is_being_written(series.path)
    assert not is_being_written(series.path)


def test_writer_can_be_imported_where_there_is_no_fcntl() -> None:
    """As on Windows."""
    program = "import sys; sys.modules['fcntl'] = None; import newscrawl.warc.writer"
    subprocess.run([sys.executable, "-P", "-c", program], check=True)
