"""The version that cmake/version.cmake finds: of a tag, of commits after it, of a tarball, of a tree without git."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
WHEN = "2026-11-23T12:00:00Z"
MAINTAINER = "Somebody <somebody@example.com>"


class Version(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-version-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.tree = self.directory / "tree"
        self.copy_to(self.tree)

    def copy_to(self, tree):
        shutil.copytree(SOURCE / "cmake", tree / "cmake")
        shutil.copytree(SOURCE / "docs/man", tree / "docs/man")
        shutil.copy(SOURCE / ".gitattributes", tree)

    def environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("GIT_") and name != "SOURCE_DATE_EPOCH"}
        return kept | {"GIT_AUTHOR_DATE": WHEN, "GIT_COMMITTER_DATE": WHEN, "GIT_CONFIG_GLOBAL": "/dev/null",
                       "GIT_CONFIG_NOSYSTEM": "1"}

    def git(self, *words, tree=None):
        done = subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words],
                              cwd=tree or self.tree, env=self.environment(), check=True, capture_output=True)
        return done.stdout.decode().strip() if words[0] != "archive" else done.stdout

    def commit(self):
        if not (self.tree / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")

    def made(self, tree=None, **variables):
        """What the script says: version, Debian's version, time."""
        out = self.directory / "out"
        subprocess.run(["cmake", f"-DSOURCE={tree or self.tree}", "-DRELEASE=1.3.0", f"-DOUT={out}",
                        f"-DMAINTAINER={MAINTAINER}", "-P", (tree or self.tree) / "cmake/version.cmake"],
                       env=self.environment() | variables, check=True)
        lines = (out / "version.cmake").read_text().splitlines()[1:]
        version, debian, time = (line.split('"')[1] for line in lines)
        self.assertIn(f'return "{version}"', (out / "version.cc").read_text())
        subprocess.run(["dpkg", "--validate-version", debian], check=True)
        return version, debian, time

    def test_of_a_tag_and_of_what_follows_it(self):
        self.commit()
        self.git("tag", "v1.2.3")
        self.assertEqual(self.made(), ("1.2.3", "1.2.3-1", "1795435200"))
        self.commit()
        self.commit()
        hash = self.git("rev-parse", "--short", "HEAD")
        self.assertEqual(self.made()[0], f"1.2.3+2.g{hash}")
        (self.tree / ".gitattributes").write_text("# changed\n")
        self.assertEqual(self.made()[:2], (f"1.2.3+2.g{hash}-dirty", f"1.2.3+2.g{hash}+dirty-1"))

    def test_before_the_first_tag_it_comes_before_the_release(self):
        self.commit()
        version, debian, _ = self.made()
        self.assertEqual(version, f"1.3.0-dev.1+g{self.git('rev-parse', '--short', 'HEAD')}")
        self.assert_order(debian, "1.3.0-1")
        self.assert_order("1.3.0-1", "1.3.0+1.gabcdef0-1")

    def assert_order(self, earlier, later):
        subprocess.run(["dpkg", "--compare-versions", earlier, "lt", later], check=True)

    def archive(self):
        unpacked = self.directory / "unpacked"
        unpacked.mkdir()
        subprocess.run(["tar", "-x"], cwd=unpacked, input=self.git("archive", "HEAD"), check=True)
        return unpacked

    def test_a_tarball_carries_it(self):
        self.commit()
        self.git("tag", "v1.2.3")
        self.assertEqual(self.made(self.archive())[0], "1.2.3")
        shutil.rmtree(self.directory / "unpacked")
        self.commit()
        hash = self.git("rev-parse", "--short", "HEAD")
        self.assertEqual(self.made(self.archive()), (f"1.2.3+1.g{hash}", f"1.2.3+1.g{hash}-1", "1795435200"))

    def test_a_tarball_of_no_release_says_so(self):
        self.commit()
        self.assertEqual(self.made(self.archive())[0], f"1.3.0-dev+g{self.git('rev-parse', '--short', 'HEAD')}")

    def test_a_tree_inside_another_repository_is_not_that_one(self):
        self.commit()
        self.git("tag", "v9.9.9")
        inner = self.tree / "vendored"
        self.copy_to(inner)
        self.assertEqual(self.made(inner), ("1.3.0", "1.3.0-1", "0"))

    def test_the_time_can_be_given(self):
        self.assertEqual(self.made(SOURCE_DATE_EPOCH="1700000000")[2], "1700000000")
        self.assertIn('"2023-11-14"', (self.directory / "out/version.cc").read_text())
        changelog = (self.directory / "out/changelog.Debian").read_text()
        self.assertIn(f" -- {MAINTAINER}  Tue, 14 Nov 2023 22:13:20 +0000\n", changelog)

    def test_what_would_not_change_is_left_alone(self):
        self.made()
        before = (self.directory / "out/version.cc").stat().st_mtime_ns
        self.made()
        self.assertEqual((self.directory / "out/version.cc").stat().st_mtime_ns, before)


if __name__ == "__main__":
    unittest.main()
