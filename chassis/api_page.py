"""The page about an API, written from its OpenAPI document: plain HTML, no script, nothing from elsewhere."""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

from chassis.language import Language

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2530; --paper: #fff; --line: #d5dae1; --soft: #f4f6f8;
  --dim: #566070; --link: #1558b0 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebef; --paper: #14181d; --line: #39424e; --soft: #1e242b;
    --dim: #a8b2bf; --link: #8ab8ff } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 64rem;
  margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .25rem } h2 { margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line) }
h3 { margin: 1rem 0 .3rem; font-size: 1rem } a { color: var(--link) } .dim { color: var(--dim) }
code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { background: var(--soft); padding: .75rem; overflow: auto; margin: .4rem 0; border-radius: 4px }
details { border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0 }
details > div { padding: 0 1rem 1rem }
summary { padding: .6rem 1rem; cursor: pointer }
summary:focus-visible, a:focus-visible { outline: 3px solid var(--link) }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line) }
.m { display: inline-block; min-width: 4.5rem; text-align: center; border-radius: 4px; color: #fff;
  font-weight: 700; font-size: .8rem; padding: .1rem .3rem; margin-right: .5rem; background: #4a5568 }
.get { background: #1558b0 } .post { background: #1b6e3c } .put { background: #8a5300 }
.patch { background: #6b3fa0 } .delete { background: #b3261e }
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}
_WORDS: dict[str, tuple[str, str]] = {
    "parameters": ("Tham số", "Parameters"),
    "body": ("Nội dung gửi", "Request body"),
    "answers": ("Trả lời", "Answers"),
    "schemas": ("Cấu trúc dữ liệu", "Schemas"),
    "required": ("bắt buộc", "required"),
    "example": ("Ví dụ", "Example"),
    "other": ("Khác", "Other"),
    "machine": ("Bản cho máy đọc", "For machines"),
}
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def render_api_page(document: dict[str, Any], language: Language) -> str:
    """The whole page; every text of the document is escaped."""
    page = _Page(language)
    info = document.get("info", {})
    groups: dict[str, list[str]] = {}
    for path, operations in document.get("paths", {}).items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or [page.word("other")])[0]
                groups.setdefault(tag, []).append(page.operation(method, path, operation))
    schemas = document.get("components", {}).get("schemas", {})
    sections = [f"<h2>{escape(tag)}</h2>{''.join(items)}" for tag, items in groups.items()]
    sections.append(f"<h2>{page.word('schemas')}</h2>")
    sections += [page.schema(name, schema) for name, schema in schemas.items()]
    title = escape(str(info.get("title", "API")))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>"
        f'<body><main><h1>{title}</h1><p class="dim">{escape(str(info.get("version", "")))} · '
        f'<a href="openapi.json">{page.word("machine")}: openapi.json</a></p>'
        f"<p>{escape(str(info.get('description', '')))}</p>{''.join(sections)}</main></body></html>"
    )


class _Page:
    def __init__(self, language: Language) -> None:
        self._pick = 0 if language == "vi" else 1

    def word(self, name: str) -> str:
        return _WORDS[name][self._pick]

    def operation(self, method: str, path: str, operation: dict[str, Any]) -> str:
        parts = [f"<p>{escape(operation['description'])}</p>"] if operation.get("description") else []
        if operation.get("parameters"):
            parts.append(f"<h3>{self.word('parameters')}</h3><table>")
            parts += [self._parameter(parameter) for parameter in operation["parameters"]]
            parts.append("</table>")
        if "requestBody" in operation:
            parts.append(
                f"<h3>{self.word('body')}</h3>{self._content(operation['requestBody'].get('content', {}))}"
            )
        parts.append(f"<h3>{self.word('answers')}</h3><table>")
        for status, answer in operation.get("responses", {}).items():
            told = escape(str(answer.get("description", ""))) + self._content(answer.get("content", {}))
            parts.append(f'<tr><th scope="row">{escape(str(status))}</th><td>{told}</td></tr>')
        parts.append("</table>")
        return (
            f'<details><summary><span class="m {method}">{method.upper()}</span> <code>{escape(path)}</code> '
            f'<span class="dim">{escape(str(operation.get("summary", "")))}</span></summary>'
            f"<div>{''.join(parts)}</div></details>"
        )

    def schema(self, name: str, schema: dict[str, Any]) -> str:
        rows = []
        for field, kind in schema.get("properties", {}).items():
            must = f" · {self.word('required')}" if field in schema.get("required", []) else ""
            told = escape(str(kind.get("description") or kind.get("title") or ""))
            rows.append(
                f'<tr><th scope="row"><code>{escape(field)}</code></th><td>{_kind(kind)}'
                f'<span class="dim">{must}</span></td><td>{told}</td></tr>'
            )
        body = f"<table>{''.join(rows)}</table>" if rows else f"<p>{_kind(schema)}</p>"
        told = escape(str(schema.get("description", "")))
        return (
            f'<details id="{_anchor(name)}"><summary><code>{escape(name)}</code></summary>'
            f"<div><p>{told}</p>{body}{self._examples(schema)}</div></details>"
        )

    def _parameter(self, parameter: dict[str, Any]) -> str:
        schema = parameter.get("schema", {})
        must = f" · {self.word('required')}" if parameter.get("required") else ""
        told = escape(str(parameter.get("description", ""))) + self._examples(schema)
        return (
            f'<tr><th scope="row"><code>{escape(parameter["name"])}</code></th>'
            f"<td>{escape(parameter['in'])}{must}</td><td>{_kind(schema)}</td><td>{told}</td></tr>"
        )

    def _content(self, content: dict[str, Any]) -> str:
        return "".join(
            f'<div><span class="dim">{escape(kind)}</span> {_kind(told.get("schema", {}))}'
            f"{self._examples(told)}</div>"
            for kind, told in content.items()
        )

    def _examples(self, holder: dict[str, Any]) -> str:
        listed = holder.get("examples", [])
        shown = list(listed.values()) if isinstance(listed, dict) else list(listed)
        if "example" in holder:
            shown.append(holder["example"])
        return "".join(
            f'<div class="dim">{self.word("example")}</div>'
            f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>"
            for example in shown
        )


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words, with a link to a named one."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f'<a href="#{_anchor(name)}"><code>{escape(name)}</code></a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(_kind(one) for one in schema[several])
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return " | ".join(
            f"<code>{escape(json.dumps(choice, ensure_ascii=False))}</code>" for choice in choices
        )
    kind = escape(str(schema.get("type", "")))
    if kind == "array":
        return f"{kind} ({_kind(schema.get('items', {}))})"
    limits = [schema[name] for name in ("format", "pattern") if name in schema]
    limits += [
        f"{name} {schema[name]}"
        for name in ("minimum", "maximum", "minLength", "maxLength")
        if name in schema
    ]
    return f"{kind} {' '.join(f'<code>{escape(str(limit))}</code>' for limit in limits)}".strip()


def _anchor(name: str) -> str:
    return "schema-" + "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)
