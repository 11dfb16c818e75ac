// Runs a fuzz target over files, where there is no libFuzzer: the committed corpus is a
// regression test of the ordinary suite. replay FILE|DIRECTORY...
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/property.h"

namespace {

namespace fs = std::filesystem;

void run(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) throw std::runtime_error("cannot read " + file.string());
  // Without a byte to spare, so that AddressSanitizer sees a read past the end.
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[bytes.size()]);
  std::memcpy(exact.get(), bytes.data(), bytes.size());
  std::cerr << file.filename().string() << '\n';  // the last one named is the one that failed
  LLVMFuzzerTestOneInput(exact.get(), bytes.size());
}

std::size_t run_all(const fs::path& path) {
  if (!fs::is_directory(path)) {
    run(path);
    return 1;
  }
  std::size_t count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    run(entry.path());
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::size_t count = 0;
    for (const char* path : std::vector<const char*>(argv + 1, argv + argc)) count += run_all(path);
    std::cout << count << " inputs\n";
    return count == 0 ? 1 : 0;  // a corpus that is not found proves nothing
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
