#include "faulty_disk.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace cipherform::fakes {
namespace {

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find(nullptr); }

/// SQLite allocates these with room for the system's file behind.
struct File {
  sqlite3_file base;
  FaultyDisk* disk;
  sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* as_file(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* inner(sqlite3_file* file) { return as_file(file)->system(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return inner(file)->pMethods; }

int do_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  int code = as_file(file)->disk->next_change();
  sqlite3_int64 length = 0;
  if (code == SQLITE_OK) code = methods(file)->xFileSize(inner(file), &length);
  if (code == SQLITE_OK) code = as_file(file)->disk->next_growth(std::max<sqlite3_int64>(0, offset + size - length));
  return code != SQLITE_OK ? code : methods(file)->xWrite(inner(file), bytes, size, offset);
}
int do_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = as_file(file)->disk->next_change();
  return code != SQLITE_OK ? code : methods(file)->xTruncate(inner(file), size);
}
int do_sync(sqlite3_file* file, int flags) {
  const int code = as_file(file)->disk->next_change();
  return code != SQLITE_OK ? code : methods(file)->xSync(inner(file), flags);
}

const sqlite3_io_methods kMethods{
    .iVersion = 2,  // no memory mapping: every byte passes through xWrite
    .xClose = [](sqlite3_file* f) { return methods(f)->xClose(inner(f)); },
    .xRead = [](sqlite3_file* f, void* bytes, int size,
                sqlite3_int64 offset) { return methods(f)->xRead(inner(f), bytes, size, offset); },
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return methods(f)->xFileSize(inner(f), size); },
    .xLock = [](sqlite3_file* f, int level) { return methods(f)->xLock(inner(f), level); },
    .xUnlock = [](sqlite3_file* f, int level) { return methods(f)->xUnlock(inner(f), level); },
    .xCheckReservedLock = [](sqlite3_file* f, int* held) { return methods(f)->xCheckReservedLock(inner(f), held); },
    .xFileControl = [](sqlite3_file* f, int op, void* arg) { return methods(f)->xFileControl(inner(f), op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return methods(f)->xSectorSize(inner(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return methods(f)->xDeviceCharacteristics(inner(f)); },
    .xShmMap = [](sqlite3_file* f, int region, int size, int extend,
                  void volatile** map) { return methods(f)->xShmMap(inner(f), region, size, extend, map); },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return methods(f)->xShmLock(inner(f), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { methods(f)->xShmBarrier(inner(f)); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return methods(f)->xShmUnmap(inner(f), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int do_open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  File* const opened = as_file(file);
  opened->base.pMethods = nullptr;
  opened->disk = static_cast<FaultyDisk*>(vfs->pAppData);
  opened->system()->pMethods = nullptr;
  const int code = system_vfs()->xOpen(system_vfs(), name, opened->system(), flags, out_flags);
  if (opened->system()->pMethods != nullptr) opened->base.pMethods = &kMethods;
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() : vfs_(*system_vfs()) {
  static std::atomic<unsigned> made{0};
  name_ = "faulty-" + std::to_string(++made);
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.pNext = nullptr;
  vfs_.szOsFile += static_cast<int>(sizeof(File));
  vfs_.xOpen = do_open;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace cipherform::fakes
