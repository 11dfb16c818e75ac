// The keys that only cipherform.yaml holds.
#pragma once

#include "config/diagnostics.h"
#include "config/raw_file.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

void read_version(const Value& value, RawRoot& root, const FileDiagnostics& errors);
void read_include(const Value& value, std::vector<NamedAt>& patterns, const FileDiagnostics& errors);
void read_environments(const Value& value, RawRoot& root, const FileDiagnostics& errors);
void read_guardrails(const Value& value, RawGuardrails& guardrails, const FileDiagnostics& errors);

/// `own` where it gives a key, else `all`: a key that an environment gives holds there instead.
RawGuardrails in_force(RawGuardrails all, const RawGuardrails& own);

/// What can be wrong between environments: `promotes_from`, names that are too alike.
void check_environments(const RawRoot& root, const FileDiagnostics& errors);

}  // namespace cipherform::config
