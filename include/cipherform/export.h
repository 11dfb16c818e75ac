// The way back: a live tenant → a declaration of it, on which a plan is empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/error.h"
#include "cipherform/model.h"

namespace cipherform {

struct ExportOptions {
  enum class Shape : std::uint8_t {
    document,        ///< everything in one file
    one_file,        ///< all groups in groups.yaml
    file_per_group,  ///< groups/NAME.yaml
  };
  Shape shape = Shape::document;
  /// Whether `version` and `environments` are written too. Without them the groups are for a
  /// project that exists, and only the names that its `group_ids` pins are used.
  bool whole_project = true;
  /// Groups are limited to `environment`, for a project that has others.
  bool only_this_environment = false;
  Environment environment;  ///< paths as they are to be written
  std::string tool_version;
};

struct ExportedFile {
  std::string path;  ///< relative to the project; safe whatever groups are called
  std::string content;
};

struct Export {
  std::vector<ExportedFile> files;   ///< cipherform.yaml first, where it is written
  std::vector<std::string> remarks;  ///< what cannot be declared: lines that are safe to print
  bool remarks_written = true;       ///< false: no file is the place for `remarks`
  std::size_t groups = 0;            ///< declared
  std::size_t people = 0;            ///< declared
};

/// The declaration of `live`, groups and members sorted; the same state gives the same bytes
/// whatever order it was listed in. What cannot be declared is a comment, and is never touched
/// by a plan: a group with members whom no declaration can hold is additive. Fails where the
/// list of users was not proved complete (ErrorKind::listing), and where a declaration would be
/// larger than may be read back (ErrorKind::file).
Result<Export> export_declaration(const LiveState& live, const ExportOptions& options);

/// An environment at `url` by that name; where `name` is empty, by the last part of the URL's
/// path. ErrorKind::usage where a declaration would refuse either.
Result<Environment> environment_at(std::string_view url, std::string_view name);

}  // namespace cipherform
