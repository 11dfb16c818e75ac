#include "cipherform/error.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

TEST(ErrorText, NamesPlaceFailureAndWhatToDo) {
  const Error error{ErrorKind::refused, "the API refused the key", "GET /tenants/users", "check the key", false};
  EXPECT_EQ(to_string(error), "GET /tenants/users: error: the API refused the key (check the key)");
}

TEST(ErrorText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(to_string(Error{ErrorKind::usage, "no command", {}, {}, false}), "error: no command");
}

TEST(DiagnosticText, IsFileLineColumnAndHint) {
  EXPECT_EQ(to_string(Diagnostic{"users/a.yaml", 3, 5, "unknown key 'group'", "did you mean 'groups'?"}),
            "users/a.yaml:3:5: error: unknown key 'group' (did you mean 'groups'?)");
}

TEST(DiagnosticText, OfAWholeFileHasNoLine) {
  EXPECT_EQ(to_string(Diagnostic{"users.yaml", 0, 0, "is a directory", {}}), "users.yaml: error: is a directory");
}

}  // namespace
}  // namespace cipherform
