package cluster

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
)

// In a network namespace of its own, all of 127.0.0.0/8 is the cluster's: every scaler and every Redis has an address, and the
// same port as in production. Names are in /etc/hosts, which tests/e2e/inside has replaced for this namespace.

// addresses hands out loopback addresses.
type addresses struct {
	last atomic.Int32
}

func (a *addresses) next() string {
	return fmt.Sprintf("127.0.1.%d", a.last.Add(1))
}

// The names that examples/ uses, and one that is in a certificate.
const (
	OriginalScaler = "127.0.2.1"
	OriginalRedis  = "127.0.2.2"
	SecureScaler   = "127.0.2.3"
	SecureName     = "secure.e2e"
)

// Pair is a name with two addresses, as a headless Service with two pods has.
type Pair struct {
	Name  string
	Hosts [2]string
}

var (
	pairs    = makePairs(16)
	lastPair atomic.Int32
)

func makePairs(number int) []Pair {
	var made []Pair
	for n := range number {
		made = append(made, Pair{Name: fmt.Sprintf("pair-%d.e2e", n), Hosts: [2]string{fmt.Sprintf("127.0.3.%d", n+1), fmt.Sprintf("127.0.4.%d", n+1)}})
	}
	return made
}

// NextPair is a pair that nobody has yet.
func NextPair() Pair {
	return pairs[lastPair.Add(1)-1]
}

func nameHosts() error {
	var lines strings.Builder
	fmt.Fprintln(&lines, "127.0.0.1 localhost")
	fmt.Fprintln(&lines, OriginalScaler, "redis-session-scaler.keda")
	fmt.Fprintln(&lines, OriginalRedis, "redis.shop")
	fmt.Fprintln(&lines, SecureScaler, SecureName)
	for _, pair := range pairs {
		for _, host := range pair.Hosts {
			fmt.Fprintln(&lines, host, pair.Name)
		}
	}
	return os.WriteFile("/etc/hosts", []byte(lines.String()), 0o644)
}
