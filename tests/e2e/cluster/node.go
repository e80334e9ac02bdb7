package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Node does for the pods of the quick start what a node does: it starts the programs of their images as processes of this machine, at the
// addresses that the names of their Services have, tells the API server that the pods are ready once the program answers, and ends the
// program when its last pod is gone. A program loses its data when it ends.
type Node struct {
	cluster *Cluster
	folder  string
	running map[string]*Process
	cancel  context.CancelFunc
	ended   chan struct{}

	mutex     sync.Mutex
	listeners []net.Listener
}

// image is what a node can run.
type image struct {
	name    string
	address string
	start   func(ctx context.Context) (*Process, error)
}

// StartNode starts a node for the namespaces keda and shop, which ends with the test.
func (c *Cluster) StartNode(t *testing.T) *Node {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	node := &Node{cluster: c, folder: t.TempDir(), running: map[string]*Process{}, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(node.ended)
		ticker := time.NewTicker(glance)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := node.look(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	t.Cleanup(node.Stop)
	return node
}

// Stop ends the node, its programs, and what it forwards.
func (n *Node) Stop() {
	n.cancel()
	<-n.ended
	for name, process := range n.running {
		process.Stop()
		delete(n.running, name)
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, listener := range n.listeners {
		_ = listener.Close()
	}
	n.listeners = nil
}

// Forward connects whoever connects to the first address with the second, until the node ends.
func (n *Node) Forward(t *testing.T, from, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", from)
	if err != nil {
		t.Fatal(err)
	}
	n.mutex.Lock()
	n.listeners = append(n.listeners, listener)
	n.mutex.Unlock()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go join(client, to)
		}
	}()
}

func join(client net.Conn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

func (n *Node) look(ctx context.Context) error {
	wanted := map[string]bool{}
	for _, namespace := range []string{"keda", "shop"} {
		pods, err := n.cluster.Kubernetes.CoreV1().Pods(namespace).List(ctx, meta.ListOptions{})
		if err != nil {
			return err
		}
		for _, pod := range pods.Items {
			if pod.DeletionTimestamp != nil {
				continue
			}
			image := n.imageOf(pod)
			wanted[image.name] = true
			if err := n.run(ctx, image); err != nil {
				return err
			}
			if !isReady(pod) && answers(image.address) {
				if err := n.makeReady(ctx, pod); err != nil {
					return err
				}
			}
		}
	}
	for name, process := range n.running {
		if !wanted[name] {
			process.Stop()
			delete(n.running, name)
		}
	}
	return nil
}

func (n *Node) imageOf(pod core.Pod) image {
	name := pod.Spec.Containers[0].Image
	switch {
	case strings.Contains(name, "/redis-session-scaler:"):
		return image{name, OriginalScaler + ":6000", n.startScaler}
	case strings.HasPrefix(name, "redis:"):
		return image{name, OriginalRedis + ":6379", n.startRedis}
	default:
		return image{name: name}
	}
}

func (n *Node) run(ctx context.Context, image image) error {
	if image.start == nil {
		return nil
	}
	if process := n.running[image.name]; process != nil {
		return process.hasEnded()
	}
	process, err := image.start(ctx)
	if err == nil {
		n.running[image.name] = process
	}
	return err
}

func (n *Node) startRedis(context.Context) (*Process, error) {
	return n.cluster.run("redis-"+OriginalRedis, nil, "redis-server", "--bind", OriginalRedis, "--protected-mode", "no", "--save", "",
		"--dir", n.folder)
}

// startScaler starts it with the configuration that is in the ConfigMap of the chart.
func (n *Node) startScaler(ctx context.Context) (*Process, error) {
	config, err := n.cluster.Kubernetes.CoreV1().ConfigMaps("keda").Get(ctx, "redis-session-scaler", meta.GetOptions{})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(n.folder, "config.yaml")
	if err := os.WriteFile(file, []byte(config.Data["config.yaml"]), 0o600); err != nil {
		return nil, err
	}
	return n.cluster.run("scaler-"+OriginalScaler, []string{"CONFIG_FILE=" + file, "LISTEN_ADDRESS=" + OriginalScaler},
		filepath.Join(root, "redis-session-scaler"), "serve")
}

// answers says whether something listens at the address. What has none is there as soon as its pod is.
func answers(address string) bool {
	if address == "" {
		return true
	}
	connection, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

func isReady(pod core.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == core.PodReady {
			return condition.Status == core.ConditionTrue
		}
	}
	return false
}

func (n *Node) makeReady(ctx context.Context, pod core.Pod) error {
	pod.Status.Phase = core.PodRunning
	pod.Status.Conditions = append(pod.Status.Conditions,
		core.PodCondition{Type: core.PodReady, Status: core.ConditionTrue, LastTransitionTime: meta.Now()})
	_, err := n.cluster.Kubernetes.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, &pod, meta.UpdateOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // The next look sees what it is now.
	}
	return err
}

// Shell runs a command in the root of the checkout, by a shell that has the kubectl of this cluster, and returns what it prints.
func (c *Cluster) Shell(ctx context.Context, line string) (string, error) {
	programs, err := filepath.Abs(filepath.Join(root, "tests/e2e/target/bin"))
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", line)
	command.Dir = root
	command.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig, "PATH="+programs+":"+os.Getenv("PATH"))
	out, err := command.CombinedOutput()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("status %d: %s", exit.ExitCode(), out)
	}
	return string(out), err
}

// Launch starts a program of the checkout that runs until it is stopped.
func (c *Cluster) Launch(name, program string, arguments ...string) (*Process, error) {
	return c.run(name, nil, filepath.Join(root, program), arguments...)
}
