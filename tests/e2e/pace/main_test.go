// Package pace compares a day with what simulate says of it: HPAs look every 15 seconds and wait five minutes before they scale in, as they
// do by default.
package pace

import (
	"testing"

	"e2e/cluster"
)

var it *cluster.Cluster

func TestMain(m *testing.M) {
	cluster.Main(m, "pace", cluster.DefaultPace, func(c *cluster.Cluster) { it = c })
}
