// Package checks checks what this repository says to GitHub and to Artifact Hub. go.mod also has crane, which publishes images, as
// a tool.
package checks

// Where the repository is, seen from here.
const root = "../.."
