package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Simulated is what simulate says of a load curve.
type Simulated struct {
	// AtFirst is the number of replicas before the first change.
	AtFirst int
	Changes []SimulatedChange
}

// SimulatedChange is a number of replicas and the second from which there are that many.
type SimulatedChange struct {
	Second   int
	Replicas int
}

// Simulate plays a curve through the settings of a ScaledObject.
func (c *Cluster) Simulate(t *testing.T, curve, scaledObject string) Simulated {
	t.Helper()
	directory := t.TempDir()
	csv, yaml := filepath.Join(directory, "curve.csv"), filepath.Join(directory, "scaledobject.yaml")
	for file, text := range map[string]string{csv: curve, yaml: scaledObject} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(filepath.Join(root, "redis-session-scaler"),
		"simulate", "--from", csv, "--scaledobject", yaml, "--output", "json")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	var said struct {
		Setups []struct {
			ReplicasAtFirst int
			Changes         []struct {
				At       string
				Replicas int
			}
		}
	}
	if err := json.Unmarshal(out, &said); err != nil || len(said.Setups) != 1 {
		t.Fatalf("simulate says %s: %v", out, err)
	}
	simulated := Simulated{AtFirst: said.Setups[0].ReplicasAtFirst}
	for _, change := range said.Setups[0].Changes {
		var hours, minutes, seconds int
		if _, err := fmt.Sscanf(change.At, "%d:%d:%d", &hours, &minutes, &seconds); err != nil {
			t.Fatalf("%q: %v", change.At, err)
		}
		simulated.Changes = append(simulated.Changes, SimulatedChange{Second: hours*3600 + minutes*60 + seconds, Replicas: change.Replicas})
	}
	return simulated
}
