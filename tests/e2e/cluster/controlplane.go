package cluster

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Where the programs listen. The adapter and the webhooks of KEDA take all addresses, so nothing else may have their ports.
const (
	apiServer     = "127.0.0.1:7443"
	etcd          = "http://127.0.0.1:2379"
	etcdPeers     = "http://127.0.0.1:2380"
	metricsServer = "127.0.0.1:9666"
	adapterPort   = 6443
	webhooksPort  = 9443
)

// identities are the certificates of the control plane, each in a directory of its own.
type identities struct {
	authority *Authority
	server    string
	admin     string
	proxy     string
	account   string
}

func issueIdentities(directory string) (*identities, error) {
	authority, err := NewAuthority("cluster")
	if err != nil {
		return nil, err
	}
	made := &identities{authority: authority, account: filepath.Join(directory, "service-account.key")}
	for _, one := range []struct {
		path    *string
		name    string
		subject pkix.Name
		names   []string
	}{
		{&made.server, "server", pkix.Name{CommonName: "server"}, []string{"localhost", "kubernetes", "keda-metrics-apiserver.keda.svc"}},
		{&made.admin, "admin", pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}}, nil},
		{&made.proxy, "proxy", pkix.Name{CommonName: "front-proxy"}, nil},
	} {
		pair, err := authority.Issue(one.subject, one.names...)
		if err != nil {
			return nil, err
		}
		*one.path = filepath.Join(directory, one.name)
		if err := authority.write(*one.path, pair); err != nil {
			return nil, err
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return made, os.WriteFile(made.account, []byte(inPem("EC PRIVATE KEY", der)), 0o600)
}

// startControlPlane starts etcd, kube-apiserver and kube-controller-manager with the controllers that scaling needs. There is no
// kubelet: pods stay pending, which the HPA does not look at for metrics of type AverageValue.
func (c *Cluster) startControlPlane(pace Pace) error {
	ids := c.identities
	if err := c.launch("etcd", nil, "server",
		"--data-dir="+filepath.Join(c.directory, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd,
		"--listen-peer-urls="+etcdPeers, "--initial-advertise-peer-urls="+etcdPeers, "--initial-cluster=default="+etcdPeers,
	); err != nil {
		return err
	}
	if err := c.launch("kube-apiserver", nil, "kube-apiserver",
		"--etcd-servers="+etcd,
		"--bind-address=127.0.0.1", "--secure-port=7443",
		// The namespace has no other address, and nobody looks for the Service kubernetes.
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/16",
		"--tls-cert-file="+ids.server+"/tls.crt", "--tls-private-key-file="+ids.server+"/tls.key",
		"--client-ca-file="+ids.server+"/ca.crt",
		"--authorization-mode=RBAC",
		// Nobody makes the ServiceAccounts that it would wait for.
		"--disable-admission-plugins=ServiceAccount",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+ids.account, "--service-account-signing-key-file="+ids.account,
		// How KEDA's adapter recognises the API server.
		"--requestheader-client-ca-file="+ids.server+"/ca.crt", "--requestheader-allowed-names=front-proxy",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file="+ids.proxy+"/tls.crt", "--proxy-client-key-file="+ids.proxy+"/tls.key",
	); err != nil {
		return err
	}
	config, err := c.writeKubeconfig()
	if err != nil {
		return err
	}
	if err := c.connect(config); err != nil {
		return err
	}
	if err := c.await(time.Minute, "kube-apiserver is ready", func(ctx context.Context) error {
		return c.Kubernetes.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	}); err != nil {
		return err
	}
	return c.launch("kube-controller-manager", nil, "kube-controller-manager",
		"--kubeconfig="+c.kubeconfig, "--authentication-kubeconfig="+c.kubeconfig, "--authorization-kubeconfig="+c.kubeconfig,
		"--bind-address=127.0.0.1", "--leader-elect=false", "--kube-api-qps=200", "--kube-api-burst=400",
		"--controllers=deployment-controller,replicaset-controller,horizontal-pod-autoscaler-controller,"+
			"garbage-collector-controller,namespace-controller",
		"--concurrent-horizontal-pod-autoscaler-syncs=20",
		fmt.Sprintf("--horizontal-pod-autoscaler-sync-period=%s", pace.Sync),
		fmt.Sprintf("--horizontal-pod-autoscaler-downscale-stabilization=%s", pace.Downscale),
	)
}

func (c *Cluster) writeKubeconfig() (*rest.Config, error) {
	ids := c.identities
	config := clientcmdapi.NewConfig()
	config.Clusters["e2e"] = &clientcmdapi.Cluster{Server: "https://" + apiServer, CertificateAuthority: ids.server + "/ca.crt"}
	config.AuthInfos["admin"] = &clientcmdapi.AuthInfo{ClientCertificate: ids.admin + "/tls.crt", ClientKey: ids.admin + "/tls.key"}
	config.Contexts["e2e"] = &clientcmdapi.Context{Cluster: "e2e", AuthInfo: "admin"}
	config.CurrentContext = "e2e"
	c.kubeconfig = filepath.Join(c.directory, "kubeconfig")
	if err := clientcmd.WriteToFile(*config, c.kubeconfig); err != nil {
		return nil, err
	}
	return clientcmd.BuildConfigFromFlags("", c.kubeconfig)
}
