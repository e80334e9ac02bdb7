package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a program that runs until it is stopped; what it prints is in a file of its own.
type Process struct {
	name    string
	log     string
	command *exec.Cmd
	ended   chan struct{}
}

// launch starts a program. A later program of the same name appends to the same log.
func launch(logs, name string, env []string, program string, arguments ...string) (*Process, error) {
	log := filepath.Join(logs, name+".log")
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(), env...)
	command.Stdout, command.Stderr = out, out
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	process := &Process{name: name, log: log, command: command, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(process.ended)
	}()
	return process, nil
}

// Stop asks the process to end, and returns when it has.
func (p *Process) Stop() {
	p.end(syscall.SIGTERM)
}

// Kill ends the process as a failing machine does, and returns when it has ended.
func (p *Process) Kill() {
	p.end(syscall.SIGKILL)
}

// Pause stops the process without closing any of its connections.
func (p *Process) Pause() {
	_ = p.command.Process.Signal(syscall.SIGSTOP)
}

// Resume lets a paused process go on.
func (p *Process) Resume() {
	_ = p.command.Process.Signal(syscall.SIGCONT)
}

func (p *Process) end(signal syscall.Signal) {
	_ = p.command.Process.Signal(signal)
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// hasEnded is an error once the process has ended.
func (p *Process) hasEnded() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended: see %s", p.name, p.log)
	default:
		return nil
	}
}

// Log returns all that processes of this name have printed.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// how often a condition is looked at
const glance = 100 * time.Millisecond

// await returns once the condition has no error, or with its last one when the time is over.
func await(limit time.Duration, what string, condition func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	var last error
	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s: %w", what, limit, last)
		case <-ticker.C:
		}
	}
}
