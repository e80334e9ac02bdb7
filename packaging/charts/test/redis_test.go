package charttest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A Redis server with a password, on loopback.
type redis struct {
	port     int
	password string
}

func startRedis(t *testing.T, password string) redis {
	t.Helper()
	port := freePort(t)
	command := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "",
		"--dir", t.TempDir(), "--requirepass", password)
	runUntil(t, command, regexp.MustCompile("Ready to accept connections"))
	return redis{port: port, password: password}
}

func (r redis) address() string {
	return fmt.Sprintf("127.0.0.1:%d", r.port)
}

// putSessions puts as many sessions of Spring Session in.
func (r redis) putSessions(t *testing.T, sessions int) {
	t.Helper()
	script := fmt.Sprintf("for i=1,%d do local k=string.format('spring:session:sessions:%%08x-0000-4000-8000-000000000000',i); redis.call('HSET',k,'a','b'); "+
		"redis.call('EXPIRE',k,1800) end return 'done'", sessions)
	command := exec.Command("redis-cli", "-p", strconv.Itoa(r.port), "EVAL", script, "0")
	command.Env = append(command.Environ(), "REDISCLI_AUTH="+r.password)
	if out, err := command.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "done" {
		t.Fatalf("%s: %v", out, err)
	}
}

// A port below those that Linux gives to outgoing connections, so that none takes it before the server does.
func freePort(t *testing.T) int {
	t.Helper()
	for port := 20_000 + os.Getpid()%10_000; port < 32_768; port++ {
		if listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}
