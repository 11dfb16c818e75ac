"""The metrics of the golden files as Prometheus's own client library for Python reads them."""

import pathlib
import re
import unittest

from prometheus_client.parser import text_string_to_metric_families

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = SOURCE / "tests/golden/render"


def families(name):
    text = (GOLDEN / f"{name}.prom").read_bytes().decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family):
    """labels as sorted pairs → value; every sample once."""
    found = {}
    for sample in family.samples:
        key = tuple(sorted(sample.labels.items()))
        assert key not in found, key
        found[key] = sample.value
    return found


class Metrics(unittest.TestCase):
    def test_values_are_what_was_written(self):
        read = families("metrics")
        self.assertEqual(values(read["cipherform_up"]), {
            (("environment", "prod"),): 1, (("environment", "qa"),): 0, (("environment", "stage"),): 1})
        actions = values(read["cipherform_drift_actions"])
        self.assertEqual(actions[("action", "create"), ("environment", "prod")], 2)
        self.assertEqual(actions[("action", "remove"), ("environment", "stage")], 1)
        self.assertEqual(values(read["cipherform_last_converged_timestamp_seconds"])[("environment", "prod"),],
                         1800000000.04)

    def test_names_and_types_follow_the_conventions(self):
        for name, family in families("metrics").items():
            with self.subTest(name):
                self.assertEqual(family.type, "gauge")
                self.assertRegex(name, r"^cipherform_[a-z]+(_[a-z]+)*$")
                self.assertNotRegex(name, r"_(total|count|sum|bucket|info|milliseconds|gauge)$")
                self.assertTrue(family.documentation.endswith("."))
                if "timestamp" in name:
                    self.assertTrue(name.endswith("_timestamp_seconds"))
                self.assertGreater(len(values(family)), 0)

    def test_the_documentation_has_every_name_and_no_other(self):
        documented = set(re.findall(r"^\| `(cipherform_\w+)", (SOURCE / "docs/metrics.md").read_text(), re.MULTILINE))
        self.assertEqual(documented, set(families("metrics")))

    def test_hostile_names_come_back_as_they_were(self):
        read = families("metrics_hostile")
        self.assertEqual(set(read), {"cipherform_up", "cipherform_check_timestamp_seconds"})
        names = {dict(labels)["environment"] for labels in values(read["cipherform_up"])}
        for name in ("\x1b[2J\x1b[H", "before\0after", "a\r\nb", "x\n::error::b\n::add-mask::a", "\\`\\|\\<b\\>\\",
                     "\" onmouseover=\"alert(1)\" '", "a\u2028b\u2029c"):
            self.assertIn(name, names)


if __name__ == "__main__":
    unittest.main()
