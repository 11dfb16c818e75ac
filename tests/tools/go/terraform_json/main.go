// Reads what programs read of Terraform, with HashiCorp's own types, and tells what it
// understood as lines that a test compares: a plan, or the events of `--json`.
//
//	terraform_json plan FILE
//	terraform_json events FILE
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

func main() {
	tell := map[string]func([]byte) error{"plan": tellPlan, "events": tellEvents}
	if len(os.Args) != 3 || tell[os.Args[1]] == nil {
		fail("usage: terraform_json plan|events FILE")
	}
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	if err := tell[os.Args[1]](text); err != nil {
		fail(err)
	}
}

func fail(why interface{}) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

func tellPlan(text []byte) error {
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

// The library has types for some of the messages; of the others it knows level, text and time.
// (Not UnmarshalLogMessage, which loses what it read where Go is as old as Debian's.)
func tellEvents(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		kind, message, err := understood(lines.Bytes())
		if err != nil {
			return err
		}
		if message.Timestamp().IsZero() {
			return fmt.Errorf("no time in %s", lines.Text())
		}
		fmt.Printf("%s %s: %s\n", message.Level(), kind, message.Message())
	}
	return lines.Err()
}

func understood(line []byte) (string, tfjson.LogMsg, error) {
	var head struct{ Type tfjson.LogMessageType }
	if err := json.Unmarshal(line, &head); err != nil {
		return "", nil, err
	}
	switch head.Type {
	case tfjson.MessageTypeVersion:
		var message tfjson.VersionLogMessage
		err := json.Unmarshal(line, &message)
		return "ui " + message.UI.String(), message, err
	case tfjson.MessageTypeDiagnostic:
		var message tfjson.DiagnosticLogMessage
		err := json.Unmarshal(line, &message)
		return string(message.Severity) + place(message.Range), message, err
	}
	var message tfjson.LogMessage
	err := json.Unmarshal(line, &message)
	return string(head.Type), message, err
}

func place(where *tfjson.Range) string {
	if where == nil {
		return ""
	}
	return fmt.Sprintf(" at %s:%d:%d", where.Filename, where.Start.Line, where.Start.Column)
}
