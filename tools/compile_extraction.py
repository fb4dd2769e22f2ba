"""Compile extraction by mypyc (`make compiled`): `python -m tools.compile_extraction FOLDER`.

FOLDER gets a copy of the package with compiled modules beside the plain ones; Python prefers
them. A wheel gets them if NEWSCRAWL_COMPILE=1 is set as it is built, with a C compiler at hand.

mypyc knows classes of attrs and cached properties only as ordinary Python, and reads constants
from a dictionary unless they are Final. So a copy of the source is rewritten for it; nobody
reads that copy, but its lines are those that a traceback numbers.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "NEWSCRAWL_COMPILE"
REQUIREMENTS = ("attrs>=25.1", "lxml-stubs>=0.5", "mypy>=2.4", "setuptools>=65")
ROOMS = ("html", "generic", "text", "values")
PLAIN = frozenset(
    (
        *("generic/candidates.py", "html/first_bytes.py", "html/page_requisites.py"),
        *("text/name_sounds.py", "text/normalize_article.py", "text/word_forms.py"),
        *("text/stems/__init__.py", "text/stems/lexicon.py"),
        *("values/gazetteer/place_ids.py", "values/retry_after.py"),
    )
)
"""Modules of these rooms that extraction does not run."""
_BUILD = Path(__file__).parent.resolve() / "build_extensions.py"
_MYPY = """
[mypy]
follow_imports = silent
ignore_missing_imports = true
# The source itself is checked strictly; the copy has lost its comments, `type: ignore` too.
disable_error_code = arg-type, operator
"""
_IMPORTS = "from typing import Any, Final\nimport attrs\n"
_FIELDS = """
def _fields(**named: bool) -> Any:
    from types import SimpleNamespace
    return tuple(
        SimpleNamespace(name=name, alias=name.lstrip("_"), init=init)
        for name, init in named.items()
    )
"""
_EVOLVE = """
def _evolve(value: Any, **changes: Any) -> Any:
    if hasattr(value, "evolved"):
        return value.evolved(**changes)
    return attrs.evolve(value, **changes)
"""


def compile_into(
    folder: Path, package: Path = Path("newscrawl"), level: str = "2"
) -> list[Path]:
    """Compile the extraction of *package* into *folder*; return the libraries, in it.

    *level* is the C compiler's level of optimisation: 2 takes 4.5 minutes of CPU, 0 takes 1.5.
    Raises subprocess.CalledProcessError if a module cannot be compiled, SystemExit if there
    is no C compiler.
    """
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if not shutil.which(compiler.split()[0]):
        sys.exit(f"no C compiler: {compiler} is not there; without {VARIABLE} none is needed")
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        shutil.copytree(package, source / "newscrawl")
        modules = [path.relative_to(source) for path in _compiled_modules(source / "newscrawl")]
        for module in modules:
            path = source / module
            path.write_text(rewritten(path.read_text("utf-8")), "utf-8")
        (source / "mypy.ini").write_text(_MYPY)
        command = [sys.executable, str(_BUILD), level, *map(str, modules)]
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=source, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:  # else there is only a warning for each generator
            print(done.stdout)
        done.check_returncode()
        shutil.copytree(source / "built", folder, dirs_exist_ok=True)
        built = [path for path in (source / "built").rglob("*") if path.is_file()]
        return sorted(path.relative_to(source / "built") for path in built)


def _compiled_modules(package: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            is_empty = not any(line.startswith(("def ", "class ")) for line in path.open())
            if not is_empty and path.relative_to(package).as_posix() not in PLAIN:
                yield path


def rewritten(source: str) -> str:
    """Return *source* with plain classes for those of attrs, and with Final constants."""
    tree = ast.parse(source)
    tree = ast.fix_missing_locations(_Rewriter(tree).visit(tree))
    future = next(
        at for at, one in enumerate(tree.body) if getattr(one, "module", "") == "__future__"
    )
    text = ast.unparse(tree)
    added = _IMPORTS + (_EVOLVE if "_evolve(" in text else "")
    added += _FIELDS if "_fields(" in text else ""
    tree.body[future + 1 : future + 1] = ast.parse(added).body
    return ast.unparse(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, module: ast.Module) -> None:
        nodes = list(ast.walk(module))
        self._changed = {
            name for one in nodes if isinstance(one, ast.Global) for name in one.names
        }
        names = Counter(_target(statement) for statement in module.body)
        self._changed |= {name for name, count in names.items() if count > 1}

    def visit_Module(self, module: ast.Module) -> ast.AST:
        module.body = [self._final(statement) for statement in module.body]
        return self.generic_visit(module)

    def _final(self, statement: ast.stmt) -> ast.stmt:
        """Return a constant as Final, any other statement as it is."""
        name = _target(statement)
        if not name or name != name.upper() or name in self._changed:
            return statement
        if isinstance(statement, ast.AnnAssign):
            kind, value = f"Final[{ast.unparse(statement.annotation)}]", statement.value
        else:
            kind, value = "Final", statement.value  # type: ignore[attr-defined]
        return _statement(f"{name}: {kind} = {ast.unparse(value)}") if value else statement

    def visit_Call(self, call: ast.Call) -> ast.AST:
        if ast.unparse(call.func) == "attrs.evolve":
            call.func = ast.Name("_evolve")
        return self.generic_visit(call)

    def visit_ClassDef(self, definition: ast.ClassDef) -> list[ast.AST]:
        body: list[ast.stmt] = []
        for statement in definition.body:
            body += _uncached(statement) if _is_cached(statement) else [statement]
        definition.body = body
        options = _attrs_options(definition)
        if options is not None and options.get("init", True):
            definition.decorator_list = []
            found = dict(_default_methods(body))
            fields = [_Field(one, found) for one in body if _is_field(one)]
            plain = _without_defaults(body, is_frozen=options["frozen"])
            definition.body = [*plain, *_methods(definition, fields, options)]
            named = ", ".join(f"{one.name}={one.is_argument}" for one in fields)
            known = f"setattr({definition.name}, '__attrs_attrs__', _fields({named}))"
            return [self.generic_visit(definition), _statement(known)]
        return [self.generic_visit(definition)]


def _default_methods(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield each field whose default a method finds (`@field.default`), and the method."""
    for method in body:
        for one in method.decorator_list if isinstance(method, ast.FunctionDef) else ():
            if isinstance(one, ast.Attribute) and one.attr == "default":
                method.decorator_list = []  # type: ignore[attr-defined]
                yield ast.unparse(one.value), method.name  # type: ignore[attr-defined]


def _target(statement: ast.stmt) -> str:
    """Return the name that *statement* assigns to; empty if it is no such statement."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return ""
    return target.id if isinstance(target, ast.Name) else ""


def _statement(source: str) -> ast.stmt:
    return ast.parse(source).body[0]


def _is_cached(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and any(
        ast.unparse(one) == "cached_property" for one in statement.decorator_list
    )


def _uncached(function: Any) -> list[ast.stmt]:
    """Return a cached property as an attribute, a property and a method that finds it."""
    name, kind = function.name, ast.unparse(function.returns)
    cached, method = f"_cached_{name.strip('_')}", f"_find_{name.strip('_')}"
    function.name, function.decorator_list = method, []
    source = f"""
{cached}: {kind} | None = None
@property
def {name}(self) -> {kind}:
    found = self.{cached}
    if found is None:
        found = self.{cached} = self.{method}()
    return found
"""
    return [*ast.parse(source).body, function]


def _attrs_options(definition: ast.ClassDef) -> dict[str, Any] | None:
    """Return the options of a class of attrs without a base; None for any other class."""
    for one in definition.decorator_list if not definition.bases else ():
        call = one if isinstance(one, ast.Call) else ast.Call(one, [], [])
        if ast.unparse(call.func) in {"attrs.frozen", "attrs.define", "frozen"}:
            options = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
            _refuse_others(options, "eq", "init", "kw_only", "slots")
            return {"frozen": ast.unparse(call.func) != "attrs.define", **options}
    return None


def _refuse_others(options: dict[str, Any], *known: str) -> None:
    """Raise ValueError if the code of attrs that *options* ask for is not written here."""
    if others := options.keys() - set(known):
        raise ValueError(f"no plain class is written for these options of attrs: {others}")


def _is_field(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return False
    return not statement.target.id.startswith("_cached_")


class _Field:
    """A field of a class of attrs."""

    def __init__(self, statement: Any, methods: dict[str, str]) -> None:
        self.name: str = statement.target.id
        self.argument = self.name.lstrip("_")
        self.kind = ast.unparse(statement.annotation)
        value, options = statement.value, {}
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "attrs.field":
            options = {
                str(keyword.arg): ast.unparse(keyword.value) for keyword in value.keywords
            }
        elif value is not None:
            options = {"default": ast.unparse(value)}
        _refuse_others(options, "converter", "default", "factory", "init", "repr")
        self.is_shown = options.get("repr") != "False"
        self.default, self.factory = options.get("default"), options.get("factory")
        self.converter = options.get("converter", "")
        self.is_argument = options.get("init") != "False"
        if self.name in methods:  # only of fields that are no arguments
            self.factory = f"self.{methods[self.name]}"

    @property
    def parameter(self) -> str:
        """Its parameter of `__init__`."""
        if self.factory:
            return f"{self.argument}: {self.kind} | None = None"
        default = f" = {self.default}" if self.default is not None else ""
        return f"{self.argument}: {self.kind}{default}"

    @property
    def assignment(self) -> str:
        """Its statement in `__init__`."""
        value = (
            f"{self.converter}({self.argument})" if self.is_argument else f"{self.factory}()"
        )
        if self.is_argument and self.factory:
            value = f"{self.argument} if {self.argument} is not None else {self.factory}()"
        return f"    self.{self.name} = {value}"


def _without_defaults(body: list[ast.stmt], *, is_frozen: bool) -> Iterator[ast.stmt]:
    """Yield the statements of a class, its fields without values, Final if frozen."""
    for statement in body:
        if _is_field(statement):
            statement.value = None  # type: ignore[attr-defined]
            if is_frozen:
                kind = ast.unparse(statement.annotation)  # type: ignore[attr-defined]
                statement.annotation = ast.Name(f"Final[{kind}]")  # type: ignore[attr-defined]
        yield statement


def _methods(
    definition: ast.ClassDef, fields: list[_Field], options: dict[str, Any]
) -> Iterator[ast.stmt]:
    """Yield the methods that attrs would add, and `evolved`."""
    own = {one.name for one in definition.body if isinstance(one, ast.FunctionDef)}
    arguments = [field for field in fields if field.is_argument]
    star = ["*"] if options.get("kw_only") and arguments else []
    parameters = ", ".join(["self", *star, *(field.parameter for field in arguments)])
    names = [field.name for field in fields]
    shown = [field.name for field in fields if field.is_shown]
    methods = {
        "__init__": [f"({parameters}) -> None", *(field.assignment for field in fields)],
        "evolved": [
            f"(self, **changes: Any) -> {definition.name}",
            *(f"    changes.setdefault({f.argument!r}, self.{f.name})" for f in arguments),
            f"    return {definition.name}(**changes)",
        ],
        "__repr__": [
            "(self) -> str",
            f"    return {definition.name!r} + repr({_tuple('self', shown)})",
        ],
    }
    if options.get("eq", True):
        same = f"{_tuple('self', names)} == {_tuple('other', names)}"
        is_one = f"isinstance(other, {definition.name})"
        methods["__eq__"] = ["(self, other: object) -> bool", f"    return {is_one} and {same}"]
        if options["frozen"]:
            hashed = f"    return hash({_tuple('self', names)})"
            methods["__hash__"] = ["(self) -> int", hashed]
    for name, (head, *lines) in methods.items():
        if name not in own:
            yield _statement("\n".join([f"def {name}{head}:", *(lines or ["    pass"])]))


def _tuple(owner: str, names: list[str]) -> str:
    return "(" + "".join(f"{owner}.{name}, " for name in names) + ")"


class CompiledExtraction(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel that is built with NEWSCRAWL_COMPILE=1."""

    def _is_asked(self) -> bool:
        return self.target_name == "wheel" and os.environ.get(VARIABLE) == "1"

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling."""
        return list(REQUIREMENTS) if self._is_asked() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the package is only linked to."""
        if not self._is_asked() or version == "editable":
            return
        folder = Path(self.directory) / "compiled"
        libraries = compile_into(folder, Path(self.root) / "newscrawl")
        build_data["pure_python"], build_data["infer_tag"] = False, True
        build_data["force_include"] |= {str(folder / one): one.as_posix() for one in libraries}


def main(folder: Path, level: str = "2") -> None:
    """Make a copy of the package in *folder*, with compiled modules."""
    shutil.rmtree(folder / "newscrawl", ignore_errors=True)
    shutil.copytree("newscrawl", folder / "newscrawl")
    print(f"{len(compile_into(folder, level=level))} libraries in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
