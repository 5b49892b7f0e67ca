"""Names and modules that the standard library has lost, with their meaning of the time."""

from __future__ import annotations

import array
import base64
import csv
import hashlib
import importlib
import io
import json
import math
import random
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polykeras.era import views
from polykeras.era.imports import ImportHooks
from polykeras.era.libraries import standard_library
from polykeras.era.libraries.dropped_modules import FACTORIES as DROPPED
from polykeras.era.libraries.string_io import StringIO


@pytest.fixture(scope="module")
def hooks() -> Iterator[ImportHooks]:
    made = ImportHooks()
    made.install()
    standard_library.register(made)
    yield made
    made.uninstall()


@pytest.fixture
def old(hooks: ImportHooks) -> Any:
    """Imports a module by its name of the time."""
    return importlib.import_module


@pytest.fixture
def seen(hooks: ImportHooks) -> Any:
    """Imports a module as the program's own files see it."""
    return lambda name: views.view_of(importlib.import_module(name))


def test_getargspec(old: Any) -> None:
    class Layer:
        def call(self, x: int, mask: Any = None, *rest: Any, flag: bool = True, **more: Any) -> int:
            return 1

    spec = old("inspect").getargspec(Layer().call)
    assert tuple(spec) == (["self", "x", "mask"], "rest", "more", (None,))
    assert spec.args == ["self", "x", "mask"] and spec.keywords == "more"
    for wrong in (Layer, 3):
        with pytest.raises(TypeError, match="not a Python function"):
            old("inspect").getargspec(wrong)
    assert old("inspect").formatargspec(["a", "b"], "c", "d", (2,)) == "(a, b=2, *c, **d)"


def test_names_of_modules(old: Any) -> None:
    assert issubclass(dict, old("collections").Mapping) and callable(old("time").clock)
    assert old("time").clock() <= old("time").clock()
    assert old("sys").maxint == sys.maxsize and old("os").getcwdu() == old("os").getcwd()
    assert old("os").errno.ENOENT == 2
    assert list(old("itertools").izip([1], [2])) == [(1, 2)]
    assert list(old("itertools").izip_longest([1], [])) == [(1, None)]
    assert isinstance("", old("types").StringTypes) and old("types").ListType is list
    assert old("operator").isCallable(len) and old("operator").sequenceIncludes([1], 1)
    assert [old("operator").div(*pair) for pair in ((7, 2), (-7, 2), (7.0, 2))] == [3, -4, 3.5]
    assert len(old("platform").linux_distribution()) == 3
    assert isinstance(old("re").compile("a"), old("re")._pattern_type)
    old("sys").setdefaultencoding("utf-8")


@pytest.mark.parametrize(
    ("a", "b", "expected"), [(12, 18, 6), (12, -18, -6), (-12, 18, 6), (5, 0, 5), (0, -5, -5)]
)
def test_gcd_has_the_sign_of_the_second(old: Any, a: int, b: int, expected: int) -> None:
    assert old("fractions").gcd(a, b) == expected


def test_string(old: Any) -> None:
    string = old("string")
    assert string.letters == "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert (string.lowercase, string.uppercase) == (string.letters[:26], string.letters[26:])
    assert string.join(["a", "b"]) == "a b" and string.join(["a", "b"], "-") == "a-b"
    assert string.split("a,b", ",") == ["a", "b"] and string.replace("aa", "a", "b", 1) == "ba"
    assert (string.atoi("12"), string.atof("1.5"), string.zfill("7", 3)) == (12, 1.5, "007")
    table = string.maketrans("ab", "xy")
    assert len(table) == 256 and "cab€".translate(table) == "cxy€"
    with pytest.raises(ValueError, match="one length, got 1 and 2"):
        string.maketrans("a", "bc")
    names: dict[str, Any] = {}
    assert {"letters", "maketrans", "ascii_letters"} <= set(views.view_of(string).__all__)
    exec("from types import *", names)  # the module itself is as it was
    assert "ListType" not in names or "ListType" in types.__all__


def test_methods_of_classes(old: Any, tmp_path: Path) -> None:
    thread = old("threading").Thread(target=lambda: None)
    assert not thread.isAlive()
    assert old("html.parser").HTMLParser().unescape("a &lt; &eacute;") == "a < é"
    parser = old("configparser").SafeConfigParser()
    parser.readfp(io.StringIO("[a]\nb = 1\n"))
    assert parser.get("a", "b") == "1"

    class Case(old("unittest").TestCase):  # type: ignore[misc]
        def runTest(self) -> None:
            self.assertEqual(1, 1)
            self.assertItemsEqual([1, 2], [2, 1])
            self.assertTrue(True)
            self.assertRaisesRegex(ValueError, "no", self.fails)

        def fails(self) -> None:
            raise ValueError("no")

    assert Case().run().wasSuccessful()


def test_escape(old: Any) -> None:
    escape = old("cgi").escape
    assert escape('<a href="b">&') == '&lt;a href="b"&gt;&amp;'
    assert escape('"', True) == "&quot;"
    assert old("pipes").quote("a b") == "'a b'"


def test_base64_of_text(old: Any, seen: Any) -> None:
    assert old("base64").encodestring("a" * 58) == b"YWFh" * 19 + b"\n" + b"YQ==\n"
    assert old("base64").decodestring("YQ==\n") == b"a"
    assert seen("base64").b64encode("a") == b"YQ==" and base64.b64encode(b"a") == b"YQ=="


def test_urllib(old: Any, tmp_path: Path) -> None:
    urllib = old("urllib")
    assert urllib.quote("a b") == "a%20b" and urllib.urlencode([("a", 1)]) == "a=1"
    assert urllib.unquote_plus("a+b") == "a b"
    (tmp_path / "file").write_bytes(b"here")
    with urllib.urlopen(str(tmp_path / "file")) as file:
        assert file.read() == b"here"
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = urllib.nothing_like_it
    request = old("urllib2").Request("http://localhost/", urllib.urlencode({"a": 1}))
    assert request.data == b"a=1" and issubclass(old("urllib2").HTTPError, old("urllib2").URLError)
    assert old("urlparse").urlparse("http://a/b").path == "/b"


@pytest.mark.parametrize(
    ("name", "attribute", "today"),
    [
        ("Queue", "Queue", "queue"),
        ("thread", "start_new_thread", "_thread"),
        ("httplib", "HTTPConnection", "http.client"),
        ("SocketServer", "TCPServer", "socketserver"),
        ("BaseHTTPServer", "HTTPServer", "http.server"),
        ("SimpleHTTPServer", "SimpleHTTPRequestHandler", "http.server"),
        ("Cookie", "SimpleCookie", "http.cookies"),
        ("cookielib", "CookieJar", "http.cookiejar"),
        ("xmlrpclib", "ServerProxy", "xmlrpc.client"),
        ("copy_reg", "pickle", "copyreg"),
        ("__builtin__", "len", "builtins"),
        ("htmlentitydefs", "name2codepoint", "html.entities"),
        ("repr", "repr", "reprlib"),
        ("anydbm", "open", "dbm"),
        ("xml.etree.cElementTree", "parse", "xml.etree.ElementTree"),
        ("email.MIMEText", "MIMEText", "email.mime.text"),
        ("HTMLParser", "HTMLParser", "html.parser"),
    ],
)
def test_modules_under_their_old_names(old: Any, name: str, attribute: str, today: str) -> None:
    assert getattr(old(name), attribute) is getattr(importlib.import_module(today), attribute)
    names: dict[str, Any] = {}
    exec(f"from {name} import *", names)
    assert attribute in names or attribute == "pickle"  # copyreg names what its star import hands out


def test_what_is_set_in_builtin_is_a_builtin(old: Any) -> None:
    old("__builtin__").era_sample = 5
    try:
        assert eval("era_sample") == 5
    finally:
        del vars(importlib.import_module("builtins"))["era_sample"]


def test_string_io_takes_text_and_bytes(old: Any) -> None:
    assert old("StringIO").StringIO is StringIO and old("cStringIO").StringIO is StringIO
    text = StringIO()
    print("a", 1, file=text)
    assert text.getvalue() == "a 1\n" and StringIO("a\nb").readlines() == ["a\n", "b"]
    data = StringIO()
    data.write(b"\x89PNG")
    assert data.getvalue() == b"\x89PNG" and StringIO(b"ab").read(1) == b"a"
    mixed = StringIO()
    mixed.write("é")
    mixed.write(b"\xff")
    mixed.write("b")
    assert mixed.getvalue() == b"\xc3\xa9\xffb" and (mixed.tell(), mixed.len) == (4, 4)
    mixed.seek(-1, 2)
    assert mixed.read() == b"b"
    with StringIO("abc") as file:
        file.seek(1)
        assert (file.next(), file.pos) == ("bc", 3)


def test_config_parser(old: Any) -> None:
    parser = old("ConfigParser").ConfigParser()
    parser.readfp(StringIO("[a]\nx = 1 ; a comment\nx = 2 ; again\ny = %(x)s0\n"))
    assert parser.get("a", "x") == "2" and parser.getint("a", "y") == 20
    assert parser.get("a", "y", True) == "%(x)s0"
    parser.set("a", "z", 3)
    assert dict(parser.items("a"))["z"] == "3"
    with pytest.raises(old("ConfigParser").NoSectionError):
        parser.get("b", "x")


def test_small_modules(old: Any) -> None:
    assert old("md5").new("abc").hexdigest() == "900150983cd24fb0d6963f7d28e17f72"
    assert old("sha").new(b"abc").hexdigest() == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert old("commands").getoutput("echo a") == "a"
    assert old("commands").getstatusoutput("echo a; exit 3") == (3 << 8, "a")
    assert old("sets").Set([1, 1]) == {1} and hash(old("sets").ImmutableSet([1])) is not None
    assert old("compiler.ast").flatten([1, [2, (3, [4])]]) == [1, 2, 3, 4]
    assert old("exceptions").StandardError is Exception and old("exceptions").IOError is OSError
    assert old("UserDict").UserDict(a=1)["a"] == 1 and old("new").module("m").__name__ == "m"
    assert list(old("future_builtins").map(len, ["a"])) == [1]


def test_kinds_of_pictures(hooks: ImportHooks) -> None:
    what = importlib.import_module("polykeras.era.libraries.python2_modules").picture_kind
    assert what(io.BytesIO(b"\x89PNG\r\n\x1a\nrest")) == "png" and what(None, b"\xff\xd8\xff\xe0") == "jpeg"
    assert what(None, b"RIFF\0\0\0\0WEBPVP8") == "webp" and what(None, b"text") is None


def test_imp(tmp_path: Path) -> None:
    imp: Any = DROPPED["imp"]("imp")
    (tmp_path / "era_imp_sample.py").write_text("value = 5\n")
    made = imp.load_source("era_imp_sample", str(tmp_path / "era_imp_sample.py"))
    assert made.value == 5 and sys.modules.pop("era_imp_sample") is made
    file, path, details = imp.find_module("era_imp_sample", [str(tmp_path)])
    with file:
        assert imp.load_module("era_imp_sample", file, path, details).value == 5
    del sys.modules["era_imp_sample"]
    with pytest.raises(ImportError, match="era_nothing"):
        imp.find_module("era_nothing", [str(tmp_path)])
    assert isinstance(imp.new_module("m"), types.ModuleType)


def test_distutils(tmp_path: Path) -> None:
    made: dict[str, Any] = {
        name: DROPPED[name](name)
        for name in DROPPED
        if name.startswith("distutils.") and name not in ("distutils.core", "distutils.extension")
    }
    loose, strict = made["distutils.version"].LooseVersion, made["distutils.version"].StrictVersion
    assert loose("1.10") > loose("1.9") and loose("0.12.1") >= "0.12" and loose("1.2") == "1.2"
    assert loose("1.5.1").version == [1, 5, 1] and loose("0.960923a").version == [0, 960923, "a"]
    assert strict("1.2a1") < strict("1.2") < strict("1.2.1") and str(strict("1.2")) == "1.2"
    with pytest.raises(ValueError, match="invalid version number '1'"):
        strict("1")
    new = tmp_path / "a" / "b"
    assert made["distutils.dir_util"].mkpath(str(new)) == [str(tmp_path / "a"), str(new)]
    (new / "file").write_text("x")
    assert made["distutils.dir_util"].copy_tree(str(tmp_path / "a"), str(tmp_path / "c")) == [
        str(tmp_path / "c" / "b" / "file")
    ]
    assert (tmp_path / "c" / "b" / "file").read_text() == "x"
    assert made["distutils.spawn"].find_executable("era-no-such-program") is None
    assert (made["distutils.util"].strtobool("Yes"), made["distutils.util"].strtobool("0")) == (1, 0)
    with pytest.raises(ModuleNotFoundError, match="pip install setuptools"):
        DROPPED["distutils.core"]("distutils.core")


def test_a_module_that_nothing_stands_in_for_says_so(old: Any) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"'rfc822'.*use the package email"):
        old("rfc822")


def test_csv_of_files_open_for_bytes(seen: Any, tmp_path: Path) -> None:
    rows, path = seen("csv"), tmp_path / "table.csv"
    with open(path, "wb") as file:
        rows.writer(file).writerow(["é", 1])
        rows.DictWriter(file, ["a"]).writerow({"a": 2})
    assert path.read_bytes() == b"\xc3\xa9,1\r\n2\r\n"
    with open(path, "rb") as file:
        assert list(rows.reader(file)) == [["é", "1"], ["2"]]
    with open(path, "rb") as file:
        assert next(rows.DictReader(file)) == {"é": "2", "1": None}
    with open(path, newline="") as text:
        assert list(rows.reader(text)) == [["é", "1"], ["2"]]
    assert csv.reader is not rows.reader


def test_hashes_of_text(seen: Any) -> None:
    digest = seen("hashlib").md5("a")
    digest.update("bc")
    assert digest.hexdigest() == "900150983cd24fb0d6963f7d28e17f72" and digest.digest_size == 16
    assert seen("hashlib").new("md5", "abc").copy().hexdigest() == digest.hexdigest()
    with pytest.raises(TypeError):
        hashlib.md5("abc")  # type: ignore[arg-type]


def test_numbers_that_were_taken(seen: Any) -> None:
    numpy = importlib.import_module("numpy")
    assert seen("math").sqrt(numpy.array([4.0])) == 2.0 and seen("math").factorial(5.0) == 120
    with pytest.raises(TypeError):
        seen("math").sqrt(numpy.array([4.0, 1.0]))
    with pytest.raises(TypeError):
        seen("math").sqrt("4")
    assert seen("random").randint(3.0, 3.0) == 3 and seen("random").randrange(1.0) == 0
    with pytest.raises((TypeError, ValueError)):
        seen("random").randint(0, 2.5)
    assert sorted(seen("random").sample({1, 2, 3}, 3)) == [1, 2, 3]
    items = [1, 2, 3, 4]
    seen("random").shuffle(items, lambda: 0.0)  # each changes places with the first, from the last on
    assert items == [2, 3, 4, 1]
    seen("random").seed((1, 2))
    first = random.random()
    seen("random").seed((1, 2))
    assert random.random() == first and math.sqrt(4) == 2


def test_json_and_array(seen: Any) -> None:
    assert seen("json").loads('{"a": 1}', encoding="utf-8") == {"a": 1}
    assert seen("json").dumps([1], encoding="latin1", indent=None) == "[1]" and json.dumps([1]) == "[1]"
    numbers = seen("array").array("B", [1, 2])
    numbers.fromstring("\x03")
    assert numbers.tostring() == b"\x01\x02\x03" and isinstance(numbers, array.array)


def test_what_exists_is_as_it_was(hooks: ImportHooks) -> None:
    """No name of a module is replaced, and `uninstall` takes away all that came."""
    program = """
        import collections, importlib, inspect, itertools, os, string, sys, threading, types, urllib
        import urllib.error, urllib.parse, urllib.request, urllib.response
        watched = [collections, inspect, itertools, os, string, sys, threading, types, urllib]
        watched.append(threading.Thread)
        before = [dict(vars(each)) for each in watched]
        from polykeras import era
        era.install()
        for name in ("Queue", "StringIO", "urllib2", "__builtin__", "compiler.ast"):
            importlib.import_module(name)
        assert inspect.getargspec and string.letters and urllib.quote and threading.Thread.isAlive
        for each, was in zip(watched, before):
            was.pop("__warningregistry__", None)
            assert all(vars(each)[name] is value for name, value in was.items()), each
        era.uninstall()
        for each, was in zip(watched, before):
            assert set(vars(each)) - {"__warningregistry__"} == set(was), (each, set(vars(each)) ^ set(was))
        for name in ("Queue", "StringIO", "urllib2", "__builtin__", "compiler", "compiler.ast"):
            assert name not in sys.modules, name
            try:
                importlib.import_module(name)
            except ImportError:
                continue
            raise AssertionError(name)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_tables_are_whole() -> None:
    """Each watched module has an entry, each view too."""
    names = importlib.import_module("polykeras.era.libraries.standard_names")
    overrides = importlib.import_module("polykeras.era.libraries.standard_views")
    assert set(standard_library._NAMES) == set(names.NAMES)
    assert set(standard_library._VIEWS) == set(overrides._VIEWS)
