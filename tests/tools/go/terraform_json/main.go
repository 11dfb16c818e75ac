// Reads a plan as programs read Terraform's: with HashiCorp's own types, and tells what it
// understood as lines that a test compares.
//
//	terraform_json plan.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: terraform_json PLAN")
		os.Exit(1)
	}
	if err := tell(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func tell(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return err
	}
	fmt.Printf("format %s, made %s, complete %t\n", plan.FormatVersion, plan.Timestamp, *plan.Complete)
	for _, change := range plan.ResourceChanges {
		fmt.Printf("%s %s\n", action(change.Change.Actions), change.Address)
		fmt.Printf("  %s %s %s[%q] of %s\n", change.Mode, change.Type, change.Name, change.Index, change.ProviderName)
		fmt.Printf("  email %q\n", email(change.Change))
	}
	return nil
}

// The library's own judgement of what a list of actions means.
func action(actions tfjson.Actions) string {
	switch {
	case actions.Create():
		return "create"
	case actions.Delete():
		return "delete"
	case actions.NoOp():
		return "no-op"
	}
	words := make([]string, len(actions))
	for i, word := range actions {
		words[i] = string(word)
	}
	return "other: " + strings.Join(words, ",")
}

func email(change *tfjson.Change) interface{} {
	for _, value := range []interface{}{change.After, change.Before} {
		if object, ok := value.(map[string]interface{}); ok {
			return object["email"]
		}
	}
	return nil
}
