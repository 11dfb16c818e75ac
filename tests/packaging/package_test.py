"""`cmake --install`, and the Debian package that CPack makes of it: content, lintian, the same bytes twice, unpacked."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CIPHERFORM_BINARY", "")
BUILD = pathlib.Path(os.environ.get("CIPHERFORM_BUILD", ""))
PAGES = ["cipherform.1", "cipherform-plan.1", "cipherform-apply.1", "cipherform-completion.1"]


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=250, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Packaging(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-package-"))
        cls.directory.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.package = cls.packed("first", umask=0o022)

    @classmethod
    def packed(cls, name, **options):
        directory = cls.directory / name
        directory.mkdir()
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", directory, cwd=directory, **options)
        package, = directory.glob("*.deb")
        return package

    def control(self, field):
        return run("dpkg-deb", "--field", self.package, field).strip()

    def test_lintian_has_nothing_to_say(self):
        said = run("lintian", "--fail-on", "error,warning", "--allow-root", self.package)
        self.assertEqual(said, "")

    def test_says_what_it_is_and_needs(self):
        version = run(BINARY, "version").split()[1]
        self.assertEqual(self.control("Version").replace("~", "-").replace("+dirty", "-dirty"), version + "-1")
        self.assertEqual(self.package.name, f"cipherform_{self.control('Version')}_{self.control('Architecture')}.deb")
        for library in ["libc6 (>=", "libcpprest2.10", "libyaml-cpp0.7", "libsqlite3-0", "libpq5", "ca-certificates"]:
            self.assertIn(library, self.control("Depends"))

    def test_installs_what_cmake_installs(self):
        prefix = self.directory / "installed"
        run("cmake", "--install", BUILD, "--prefix", prefix / "usr")
        installed = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
        listed = run("dpkg-deb", "-c", self.package)
        packed = {line.split(" ./", 1)[1] for line in listed.splitlines() if line.startswith("-")}
        doc = "usr/share/doc/cipherform"
        only_debian = {f"{doc}/copyright", f"{doc}/changelog.Debian.gz", "usr/share/lintian/overrides/cipherform"}
        plain = {name.removesuffix(".gz") if "/man/" in name else name.replace("changelog.gz", "CHANGELOG.md")
                 for name in packed - only_debian}
        self.assertEqual(plain, installed)
        self.assertLessEqual(only_debian, packed)
        for name in ["usr/bin/cipherform", "usr/share/bash-completion/completions/cipherform",
                     "usr/share/zsh/vendor-completions/_cipherform",
                     "usr/share/fish/vendor_completions.d/cipherform.fish",
                     "usr/share/man/man5/cipherform.yaml.5.gz", "usr/share/cipherform/schemas/plan.schema.json",
                     f"{doc}/docs/gitops.md", f"{doc}/examples/quickstart/cipherform.yaml",
                     *(f"usr/share/man/man1/{page}.gz" for page in PAGES)]:
            self.assertIn(name, packed)
        for line in listed.splitlines():
            self.assertEqual(line.split()[1], "root/root", line)
            source = SOURCE / line.split(" ./")[1].removeprefix(f"{doc}/")
            script = source.suffix == ".sh" and source.read_bytes().startswith(b"#!")
            program = line.startswith("d") or line.endswith("/bin/cipherform") or script
            self.assertEqual(line[1:10], "rwxr-xr-x" if program else "rw-r--r--", line)

    def test_elsewhere_zsh_looks_in_site_functions(self):
        prefix = self.directory / "opt"
        run("cmake", "--install", BUILD, "--prefix", prefix)
        self.assertTrue((prefix / "share/zsh/site-functions/_cipherform").is_file())

    def test_is_the_same_bytes_again(self):
        elsewhere = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
        again = self.packed("second", umask=0o022, env=elsewhere)
        self.assertEqual(again.read_bytes(), self.package.read_bytes())

    def test_runs_where_it_is_unpacked(self):
        root = self.directory / "root"
        run("dpkg-deb", "-x", self.package, root)
        binary = root / "usr/bin/cipherform"
        self.assertEqual(run(binary, "version"), run(BINARY, "version"))
        self.assertEqual(run(binary, "-C", root / "usr/share/doc/cipherform/examples/quickstart", "validate"),
                         "The declaration is valid for demo.\n")
        self.assertIn("complete -F", (root / "usr/share/bash-completion/completions/cipherform").read_text())
        self.assertNotIn(str(SOURCE).encode(), binary.read_bytes())


if __name__ == "__main__":
    if not BINARY:
        sys.exit("CIPHERFORM_BINARY and CIPHERFORM_BUILD must name the program and the directory of its build")
    unittest.main(verbosity=1)
