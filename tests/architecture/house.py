"""The files of this project, for the house rules: what would be committed, and what each module imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_NOT_OURS = {"__pycache__", "node_modules", "var"}
_HIDDEN_AND_OURS = {".ci", ".dockerignore", ".gitignore"}


def files(*endings: str, root: Path = ROOT, tests: bool = False) -> list[Path]:
    """Every file with one of these endings; the tests only when asked for."""
    found = (path for path in _walk(root) if path.name.endswith(endings or ("",)))
    return sorted(path for path in found if tests or path.relative_to(root).parts[0] != "tests")


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name not in _HIDDEN_AND_OURS
        if hidden or path.name in _NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def name(path: Path, root: Path = ROOT) -> str:
    return path.relative_to(root).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> list[str]:
    """The full name of everything a module imports, wherever in it, and of what it imports by a string."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(first.value)
    return found


def packages(root: Path = ROOT) -> list[str]:
    """The importable folders at the top, tests apart."""
    return sorted(path.parent.name for path in root.glob("*/__init__.py") if path.parent.name != "tests")
