//go:build tools

// Package tools names what scripts/test-tools builds from others' modules, so that go.mod
// pins it. The versions are the newest that Debian 12's Go (1.19) builds.
package tools

import (
	_ "github.com/open-policy-agent/opa"
)
