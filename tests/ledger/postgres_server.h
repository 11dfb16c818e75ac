// A real PostgreSQL for a test program: started with the first test that needs it
// (tests/e2e/postgres.py), gone with the program.
#pragma once

#include <string>

namespace cipherform::fakes {

/// The URL of the running server, with its password. Fails the test, and is empty, where
/// there is no PostgreSQL.
const std::string& postgres_url();

}  // namespace cipherform::fakes
