package cluster

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a redis-server of a scenario's own. It can be killed and started again, and paused.
type Redis struct {
	Address string
	*Process

	cluster   *Cluster
	host      string
	arguments []string
	client    *redis.Client
	// where its data stay while it does not run
	directory string
}

// StartRedis starts a redis-server at an address of its own, or at the host given, and ends it with the test. Arguments are those of
// redis-server.
func (c *Cluster) StartRedis(t *testing.T, host string, arguments ...string) *Redis {
	t.Helper()
	if host == "" {
		host = c.addresses.next()
	}
	address := host + ":6379"
	r := &Redis{Address: address, cluster: c, host: host, arguments: arguments, directory: t.TempDir(), client: redis.NewClient(&redis.Options{
		Addr: address, DialTimeout: time.Second, ReadTimeout: 5 * time.Second, MaxRetries: -1, DisableIdentity: true,
	})}
	r.Start(t)
	t.Cleanup(func() {
		_ = r.client.Close()
		r.Resume()
		r.Stop()
	})
	return r
}

// Start starts it again after it was killed. It comes back with all that it held.
func (r *Redis) Start(t *testing.T) {
	t.Helper()
	arguments := append([]string{"--bind", r.host, "--protected-mode", "no", "--save", "", "--appendonly", "yes", "--appendfsync", "no",
		"--dir", r.directory}, r.arguments...)
	process, err := r.cluster.run("redis-"+r.host, nil, "redis-server", arguments...)
	if err != nil {
		t.Fatal(err)
	}
	r.Process = process
	if err := await(10*time.Second, "Redis answers", func(ctx context.Context) error { return r.client.Ping(ctx).Err() }); err != nil {
		t.Fatal(err)
	}
}

// Do runs a command that must succeed.
func (r *Redis) Do(t *testing.T, command ...any) {
	t.Helper()
	if err := r.client.Do(t.Context(), command...).Err(); err != nil && err != redis.Nil {
		t.Fatalf("%v: %v", command, err)
	}
}

// Sessions makes a key, which a trigger names as its key, hold a number of sessions.
func (r *Redis) Sessions(t *testing.T, sessions int) {
	t.Helper()
	r.Do(t, "SET", SessionsKey, sessions)
}

// SessionsKey is the key of Redis.Sessions.
const SessionsKey = "sessions"

// Keys makes the database hold this number of keys, session:1 and so on.
func (r *Redis) Keys(t *testing.T, keys int) {
	t.Helper()
	r.refill(t, keys, func(pipe redis.Pipeliner, n int) { pipe.Set(t.Context(), "session:"+strconv.Itoa(n), "x", time.Hour) })
}

// SpringSessions makes the database hold this number of sessions as Spring Session writes them.
func (r *Redis) SpringSessions(t *testing.T, sessions int) {
	t.Helper()
	r.refill(t, sessions, func(pipe redis.Pipeliner, n int) {
		key := "spring:session:sessions:00000000-0000-4000-8000-" + strconv.Itoa(1_000_000_000_000 + n)[1:]
		pipe.HSet(t.Context(), key, "creationTime", 1)
		pipe.Expire(t.Context(), key, time.Hour)
	})
}

// refill replaces all keys in one transaction, so that nobody counts a part of them.
func (r *Redis) refill(t *testing.T, keys int, put func(pipe redis.Pipeliner, n int)) {
	t.Helper()
	_, err := r.client.TxPipelined(t.Context(), func(pipe redis.Pipeliner) error {
		pipe.FlushDB(t.Context())
		for n := range keys {
			put(pipe, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
