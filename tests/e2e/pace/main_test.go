// Package pace has HPAs that look every 15 seconds and wait five minutes before they scale in, as they do by default. It compares a day with
// what simulate says of it, and follows the quick start.
package pace

import (
	"testing"

	"e2e/cluster"
)

var it *cluster.Cluster

func TestMain(m *testing.M) {
	cluster.Main(m, "pace", cluster.DefaultPace, func(c *cluster.Cluster) { it = c })
}
