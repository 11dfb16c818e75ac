"""The include arrows of docs/architecture.md, and the rooms of the libraries that only one module may know."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# module → the modules whose public headers it may include
ARROWS = {
    "model": set(),
    "config": {"model"},
    "plan": {"model"},
    "tenant": {"model"},
    "ledger": {"model", "plan"},
    "apply": {"model", "plan", "tenant", "ledger"},
    "render": {"model", "plan"},
    "sandbox": {"model"},
    "cli": {"model", "config", "plan", "tenant", "ledger", "apply", "render", "sandbox"},
}
# public header → its module
HEADERS = {"error": "model", "model": "model", "tenant_seed": "model", "report": "plan", "ledger_url": "model", "utf8": "model", "json_writer": "model",
           "events": "render", "metrics": "render", "explain": "plan", "diff": "plan", "drift": "plan", "promotion": "plan", "elsewhere": "model",
           "mapping": "model", "export": "config"}
# library → how many source files may include it, and in which modules
LIBRARIES = {
    r"cpprest/": {"tenant": 1, "sandbox": 1},
    r"yaml-cpp/": {"config": 1},
    r"boost/program_options": {"cli": 2},
    r"sqlite3\.h": {"ledger": 1, "sandbox": 1},
    r"libpq": {"ledger": 1},
    r"spdlog/": {"cli": 1},
    r"rapidjson/": {"model": 1},
    r"simdjson": {"tenant": 1, "plan": 1, "sandbox": 4},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)


def files(module):
    return sorted((SOURCE / "src" / module).glob("*.*"))


def includes(path):
    return INCLUDE.findall(path.read_text())


def module_of_header(name):
    return HEADERS.get(name, name)


class IncludeArrows(unittest.TestCase):
    def test_every_module_has_its_arrows(self):
        modules = {path.name for path in (SOURCE / "src").iterdir() if path.is_dir()}
        self.assertEqual(modules, set(ARROWS))

    def test_sources_follow_the_arrows(self):
        for module, allowed in ARROWS.items():
            for path in files(module):
                for name in includes(path):
                    with self.subTest(file=path.name, include=name):
                        if name.startswith("cipherform/"):
                            target = module_of_header(pathlib.PurePath(name).stem)
                            self.assertIn(target, allowed | {module})
                        elif name == "model/planted_bug.h":
                            pass  # switches of the tests' own copy of the code; nothing in the product
                        elif "/" in name and name.split("/")[0] in ARROWS:
                            self.assertEqual(name.split("/")[0], module, "a private header of another module")

    def test_public_headers_follow_the_arrows(self):
        for path in sorted((SOURCE / "include/cipherform").glob("*.h")):
            module = module_of_header(path.stem)
            for name in includes(path):
                if name.startswith("cipherform/"):
                    with self.subTest(file=path.name, include=name):
                        self.assertIn(module_of_header(pathlib.PurePath(name).stem), ARROWS[module] | {module})

    def test_each_library_has_its_room(self):
        for library, rooms in LIBRARIES.items():
            found = {}
            for module in ARROWS:
                count = sum(any(re.match(library, name) for name in includes(path)) for path in files(module))
                if count:
                    found[module] = count
            with self.subTest(library):
                self.assertEqual(found, rooms)

    def test_public_headers_know_no_library(self):
        for path in sorted((SOURCE / "include/cipherform").glob("*.h")):
            for name in includes(path):
                with self.subTest(file=path.name, include=name):
                    self.assertTrue("/" not in name or name.startswith(("cipherform/", "tl/")), name)

    def test_the_tree_can_fail(self):
        """The check itself: a wrong arrow is seen."""
        self.assertNotIn("tenant", ARROWS["plan"] | {"plan"})
        self.assertEqual(INCLUDE.findall('#include "cipherform/tenant.h"\n'), ["cipherform/tenant.h"])


if __name__ == "__main__":
    unittest.main()
