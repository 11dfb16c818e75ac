"""Holds schemas/cipherform.schema.json and the parser against each other.

Every valid file of the corpus must pass the schema. Every invalid case must fail it, or
begin with a line "# schema: cannot see this, because ..."; then all its files must pass,
so that such a line cannot outlive its reason. What the parser says about the same files
is pinned by corpus_test.cc.

Files are loaded with the types of YAML 1.2, as the parser reads them: to PyYAML's own
loaders `no` is false and a date is no string.
"""
import json
import pathlib
import re
import sys
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CORPUS = SOURCE / "tests" / "config" / "corpus"
SCHEMA = json.loads((SOURCE / "schemas" / "cipherform.schema.json").read_text("utf-8"))
MARKER = "# schema: cannot see this, because "


class CoreSchemaLoader(yaml.SafeLoader):
    """YAML with the scalar types of the 1.2 core schema only."""

    yaml_implicit_resolvers = {}


def integer(loader, node):
    text = node.value
    if text.startswith("0x"):
        return int(text[2:], 16)
    if text.startswith("0o"):
        return int(text[2:], 8)
    return int(text, 10)


def number(loader, node):
    return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))


TAG = "tag:yaml.org,2002:"
for tag, pattern, first in [
    ("null", r"^(?:null|Null|NULL|~|)$", ["n", "N", "~", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    ("merge", r"^<<$", ["<"]),
]:
    CoreSchemaLoader.add_implicit_resolver(TAG + tag, re.compile(pattern), first)
CoreSchemaLoader.add_constructor(TAG + "int", integer)
CoreSchemaLoader.add_constructor(TAG + "float", number)


def projects(kind):
    """The cases of one kind: name, and the files that the parser would read."""
    for path in sorted((CORPUS / kind).iterdir()):
        if path.is_dir():
            files = sorted(file for file in path.rglob("*.y*ml") if "nonsense" not in file.read_text("utf-8"))
            yield path.name, [path / "cipherform.yaml"] + [f for f in files if f.name != "cipherform.yaml"]
        elif path.suffix == ".yaml":
            yield path.stem, [path]


def passes(file):
    """Whether the schema, or the loader before it, has nothing against a file."""
    try:
        value = yaml.load(file.read_bytes(), CoreSchemaLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return jsonschema.Draft7Validator(SCHEMA).is_valid(value)


class SchemaCorpusTest(unittest.TestCase):
    def test_the_schema_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_valid_files_pass(self):
        for name, files in projects("valid"):
            for file in files:
                with self.subTest(case=name, file=file.name):
                    value = yaml.load(file.read_bytes(), CoreSchemaLoader)
                    errors = jsonschema.Draft7Validator(SCHEMA).iter_errors(value)
                    self.assertEqual([error.message for error in errors], [])

    def test_invalid_files_fail_or_say_why_they_pass(self):
        for name, files in projects("invalid"):
            marked = files[0].read_bytes().startswith(MARKER.encode())
            with self.subTest(case=name):
                self.assertEqual(all(passes(file) for file in files), marked)

    def test_the_examples_pass(self):
        for file in sorted((SOURCE / "examples").rglob("*.yaml")):
            if file.name.startswith(".") or "sandbox" in file.parts or file.stem in ("sandbox", "tenant", "seed"):
                continue
            with self.subTest(file=file.relative_to(SOURCE)):
                self.assertTrue(passes(file))

    def test_the_corpus_is_large_enough(self):
        self.assertGreaterEqual(len(list(projects("valid"))), 20)
        self.assertGreaterEqual(len(list(projects("invalid"))), 60)


if __name__ == "__main__":
    sys.exit(unittest.main())
