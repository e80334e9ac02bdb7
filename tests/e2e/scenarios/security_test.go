package scenarios

import (
	"crypto/x509/pkix"
	"os"
	"path/filepath"
	"testing"

	"e2e/cluster"
)

// KEDA and the scaler show each other certificates, as examples/mutual-tls.yaml says; a certificate of another authority is refused.
func TestMutualTls(t *testing.T) {
	t.Parallel()
	ours, theirs := authority(t, "ours"), authority(t, "theirs")
	server := issue(t, ours, "scaler", cluster.SecureName)
	redis := it.StartRedis(t, "")
	scaler := it.NewScaler(t, cluster.SecureScaler, "REDIS_ADDRESS="+redis.Address,
		"GRPC_TLS_CERT_FILE="+inFile(t, server.Certificate), "GRPC_TLS_KEY_FILE="+inFile(t, server.Key),
		"GRPC_TLS_CLIENT_CA_FILE="+inFile(t, ours.PEM))
	scaler.Start(t)
	redis.SpringSessions(t, 250)

	friend := secured(t, "mutual-tls", ours.PEM, issue(t, ours, "keda"))
	friend.Settles(t, "250 sessions", 3, 300)

	stranger := secured(t, "mutual-tls-stranger", ours.PEM, issue(t, theirs, "keda"))
	scaler.Logs(t, "TLS client refused", "authority")
	stranger.Reaches(t, "a certificate of another authority", 1)
}

// secured deploys the example with a certificate for KEDA.
func secured(t *testing.T, namespace, authority string, client cluster.KeyPair) *cluster.Application {
	t.Helper()
	shop := it.Application(t, namespace)
	it.Secret(t, namespace, "redis-session-scaler-client", map[string]string{
		"ca.crt": authority, "tls.crt": client.Certificate, "tls.key": client.Key,
	})
	if err := it.Example("mutual-tls.yaml", namespace, "redis-session-scaler.keda:6000", cluster.SecureName+":6000"); err != nil {
		t.Fatal(err)
	}
	return shop
}

func authority(t *testing.T, name string) *cluster.Authority {
	t.Helper()
	made, err := cluster.NewAuthority(name)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func issue(t *testing.T, authority *cluster.Authority, name string, hosts ...string) cluster.KeyPair {
	t.Helper()
	pair, err := authority.Issue(pkix.Name{CommonName: name}, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func inFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
