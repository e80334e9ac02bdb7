package pace

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"e2e/cluster"
)

const root = "../../.."

// The quick start, command by command and in its order, by a shell with kubectl and helm. There are no nodes, so cluster.Node starts what
// the pods would run. Of its commands only those are left out that make a cluster, or that build and load an image.
func TestQuickStart(t *testing.T) {
	page := readPage(t)
	user := &user{t: t, node: it.StartNode(t), left: page.commands}

	user.does("1. Create a cluster with KEDA")
	user.does("2. Install the scaler")
	user.does("3. Deploy an application")
	shop := it.Deployed("shop")
	user.does("4. Create the ScaledObject")
	shop.Settles(t, "ten sessions", 1, 100)

	user.doesNext("for i=11,100 do")
	user.sees("the scaler counts 100 sessions",
		"./redis-session-scaler check --scaler redis-session-scaler.keda:6000 --metadata 'keyPattern=session:*'", "sessions           100,")
	shop.Settles(t, "100 sessions", 1, 100)
	user.doesNext("session:101")
	user.sees("101 sessions, before the second replica", "kubectl -n shop get hpa keda-hpa-shop", "200/100 (avg)")
	shop.Settles(t, "101 sessions", 2, 200)
	user.sees("101 sessions, with the second replica", "kubectl -n shop get hpa keda-hpa-shop", "100/100 (avg)")
	user.doesNext("port-forward")
	user.isServed("http://localhost:8080/")
	user.doesNext("check")
	user.printed("check of the scaler", "sessions           101,", "value              200")

	user.doesNext("--replicas 0")
	// The HPA waits five minutes before it scales in.
	shop.SettlesWithin(t, 8*time.Minute, "Redis stopped", 1, 0)
	user.doesNext("--replicas 1")
	user.doesNext("rollout status")
	shop.Settles(t, "Redis started again", 1, 0)
	user.doesNext("kind delete cluster")
	user.node.Stop()

	scaler := user.doesNext("serve --embedded-redis")
	user.doesNext("check --metadata wholeReplicas=true")
	user.printed("check without a cluster", strings.Split(page.output, "\n")...)
	scaler.Stop()
	if len(user.left) != 1 || !strings.HasSuffix(user.left[0].line, " demo") {
		t.Errorf("only the demo is left, which a test of its own runs, and not %v", user.left)
	}
}

// page is docs/quick-start.md.
type page struct {
	commands []command
	// output of the last command but the demo
	output string
}

type command struct {
	section string
	line    string
}

func (c command) String() string { return c.line }

func readPage(t *testing.T) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/quick-start.md"))
	if err != nil {
		t.Fatal(err)
	}
	var read page
	sections := strings.Split(string(text), "\n## ")
	for _, section := range sections[1:] {
		name, _, _ := strings.Cut(section, "\n")
		for _, block := range regexp.MustCompile("(?s)```(sh|text)\n(.*?)```").FindAllStringSubmatch(section, -1) {
			if block[1] == "text" {
				// Ages differ.
				read.output = strings.ReplaceAll(strings.TrimSpace(block[2]), ", 0 s ago", "")
				continue
			}
			for _, line := range strings.Split(strings.TrimSpace(strings.ReplaceAll(block[2], "\\\n", "")), "\n") {
				read.commands = append(read.commands, command{name, line})
			}
		}
	}
	return read
}

// user types the commands of a page in their order.
type user struct {
	t    *testing.T
	node *cluster.Node
	left []command
	out  string
}

// does runs all commands of a section.
func (u *user) does(section string) {
	u.t.Helper()
	done := 0
	for len(u.left) > 0 && u.left[0].section == section {
		u.next()
		done++
	}
	if done == 0 {
		u.t.Fatalf("the next section is not %q, but that of %v", section, u.left)
	}
}

// doesNext runs the next command, which holds this text. It returns the process of a command that does not end.
func (u *user) doesNext(holds string) *cluster.Process {
	u.t.Helper()
	if len(u.left) == 0 || !strings.Contains(u.left[0].line, holds) {
		u.t.Fatalf("the next command is not %q: %v", holds, u.left)
	}
	return u.next()
}

func (u *user) next() *cluster.Process {
	u.t.Helper()
	line := u.left[0].line
	u.left = u.left[1:]
	words := strings.Fields(line)
	switch {
	case words[0] == "kind", strings.HasPrefix(line, "helm repo "), strings.HasPrefix(line, "helm install keda "):
		// The cluster and KEDA are there.
	case words[0] == "packaging/image/build", strings.HasPrefix(line, "helm install redis-session-scaler packaging/"):
		// Another way to the same, with an image that no node would run.
	case strings.HasPrefix(line, "helm install redis-session-scaler oci://"):
		u.install(words[3:])
	case strings.Contains(line, " exec "):
		u.execute(line)
	case strings.Contains(line, " port-forward "):
		u.forward(words[len(words)-2:])
	case strings.Contains(line, " serve "):
		return u.serve(words)
	case strings.HasSuffix(line, " demo"):
		u.t.Fatal("the demo is run by a test of its own")
	default:
		u.shell(line)
	}
	return nil
}

// shell runs a command in the root of the checkout, with the kubectl that is built from the modules of the cluster.
func (u *user) shell(line string) {
	u.t.Helper()
	out, err := it.Shell(u.t.Context(), line)
	u.out = out
	if err != nil {
		u.t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// install publishes the chart of the checkout to a registry on loopback, in place of the one on the page, and installs it from there. helm
// does not wait, because Kubernetes starts no pods without nodes; so this waits for the scaler.
func (u *user) install(words []string) {
	u.t.Helper()
	// The port is free, since the cluster has a network namespace of its own.
	registry, err := it.Launch("registry", "tests/e2e/target/bin/crane", "registry", "serve", "--address", "127.0.0.1:5000")
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(registry.Stop)
	u.isServed("http://localhost:5000/v2/")
	u.shell("version=$(packaging/release/version)\n" +
		"${HELM:?} package packaging/charts/redis-session-scaler --destination tests/e2e/target\n" +
		"${HELM:?} push tests/e2e/target/redis-session-scaler-$version.tgz oci://localhost:5000/charts --plain-http")

	options := []string{"oci://localhost:5000/charts/redis-session-scaler", "--plain-http", "--version", "$(packaging/release/version)"}
	for _, word := range words[1:] {
		if word != "--wait" {
			options = append(options, word)
		}
	}
	u.shell("${HELM:?} install redis-session-scaler " + strings.Join(options, " "))
	u.shell("kubectl -n keda rollout status deployment/redis-session-scaler --timeout 2m")
}

// execute runs a redis-cli of this machine in place of the one in the pod, which must be ready.
func (u *user) execute(line string) {
	u.t.Helper()
	before, inside, _ := strings.Cut(line, " -- ")
	deployment := regexp.MustCompile(`^kubectl -n shop exec deployment/(\w+)$`).FindStringSubmatch(before)
	if deployment == nil || !strings.HasPrefix(inside, "redis-cli ") {
		u.t.Fatalf("%q is not known", line)
	}
	u.shell(fmt.Sprintf("kubectl -n shop wait pod --selector app=%s --for condition=Ready --timeout 0s", deployment[1]))
	u.shell("redis-cli -h redis.shop " + strings.TrimPrefix(inside, "redis-cli "))
	if strings.Contains(u.out, "ERR") {
		u.t.Fatalf("%s: %s", line, u.out)
	}
}

// forward connects ports of loopback with those of the scaler, until the test ends.
func (u *user) forward(ports []string) {
	u.t.Helper()
	for _, port := range ports {
		u.node.Forward(u.t, "127.0.0.1:"+port, cluster.OriginalScaler+":"+port)
	}
}

// serve starts a scaler, and returns when it is ready.
func (u *user) serve(words []string) *cluster.Process {
	u.t.Helper()
	process, err := it.Launch("quick-start", words[0], words[1:]...)
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(process.Stop)
	u.isServed("http://localhost:8080/readyz")
	return process
}

// isServed waits until an address answers.
func (u *user) isServed(address string) {
	u.t.Helper()
	u.await(address, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %w", response.Status, err)
		}
		return nil
	})
}

// sees waits until the output of a command holds a text.
func (u *user) sees(step, line, text string) {
	u.t.Helper()
	u.await(step, func(ctx context.Context) error {
		out, err := it.Shell(ctx, line)
		if err == nil && !strings.Contains(out, text) {
			err = fmt.Errorf("%q is not in %q", text, out)
		}
		return err
	})
}

func (u *user) await(step string, condition func(context.Context) error) {
	u.t.Helper()
	if err := it.Await(2*time.Minute, step, condition); err != nil {
		u.t.Fatal(err)
	}
}

// printed checks the output of the last command.
func (u *user) printed(step string, texts ...string) {
	u.t.Helper()
	var missing []string
	for _, text := range texts {
		if !strings.Contains(u.out, text) {
			missing = append(missing, text)
		}
	}
	it.Saw(u.t, step, "the output of the page", fmt.Sprintf("missing are %q", missing), len(missing) == 0)
	if len(missing) > 0 {
		u.t.Log(u.out)
	}
}
