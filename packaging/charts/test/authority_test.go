package charttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An authority that issues certificates for a test.
type authority struct {
	root *x509.Certificate
	key  *ecdsa.PrivateKey
	pair
}

// A certificate and its private key, both in PEM.
type pair struct {
	certificate string
	privateKey  string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return authority{root: root, key: key, pair: sign(t, root, root, key, key)}
}

// issue makes a certificate for a name, and for addresses.
func (a authority) issue(t *testing.T, name string, addresses ...string) pair {
	t.Helper()
	key := newKey(t)
	wanted := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, address := range addresses {
		wanted.IPAddresses = append(wanted.IPAddresses, net.ParseIP(address))
	}
	return sign(t, wanted, a.root, key, a.key)
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(a.certificate))
	return pool
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, wanted, issuer *x509.Certificate, key, issuerKey *ecdsa.PrivateKey) pair {
	t.Helper()
	certificate, err := x509.CreateCertificate(rand.Reader, wanted, issuer, &key.PublicKey, issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{certificate: inPem("CERTIFICATE", certificate), privateKey: inPem("PRIVATE KEY", private)}
}

func inPem(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

// inFile writes a text into a file, and returns its path.
func inFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
