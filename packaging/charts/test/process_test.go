package charttest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// runUntil starts a program that ends with the test, and returns the groups of the first line that has what is
// looked for, of its output or its errors.
func runUntil(t *testing.T, command *exec.Cmd, wanted *regexp.Regexp) []string {
	t.Helper()
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := wanted.FindStringSubmatch(lines.Text()); found != nil {
			go io.Copy(io.Discard, out)
			return found
		}
	}
	t.Fatalf("%s ended without %q", command.Path, wanted)
	return nil
}
