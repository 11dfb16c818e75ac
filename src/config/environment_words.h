// The maps of an environment that say how its tenant spells what is declared.
#pragma once

#include "config/diagnostics.h"
#include "config/raw_file.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

void read_group_ids(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors);
void read_group_names(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors);
void read_email_domains(const Value& value, RawRoot::Tenant& tenant, const FileDiagnostics& errors);

/// What contradicts itself between these maps.
void check_environment_words(const RawRoot::Tenant& tenant, const FileDiagnostics& errors);

}  // namespace cipherform::config
