package checks

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// Artifact Hub's metadata of a package, as its documentation of artifacthub-pkg.yml has it; its own linter is not published as a
// module that can be had everywhere.
type artifactHubPackage struct {
	Version, Name, DisplayName, CreatedAt, Description string // required
	AppVersion, Category, LogoURL, License, HomeURL    string
	Install                                            string
	Keywords                                           []string
	Links                                              []artifactHubLink
	ContainersImages                                   []artifactHubImage
	Provider                                           struct{ Name string }
}

type artifactHubLink struct{ Name, URL string }

type artifactHubImage struct {
	Name, Image string
	Platforms   []string
}

var categories = []string{
	"ai-machine-learning", "database", "integration-delivery", "monitoring-logging", "networking", "security", "storage",
	"streaming-messaging", "skip-prediction",
}

func TestThePackageForArtifactHub(t *testing.T) {
	var metadata artifactHubPackage
	file := the(t, "artifacthub-pkg.yml")
	if err := yaml.UnmarshalStrict([]byte(read(t, file)), &metadata); err != nil {
		t.Fatal(err)
	}

	for key, value := range map[string]string{
		"displayName": metadata.DisplayName, "description": metadata.Description, "license": metadata.License,
		"logoURL": metadata.LogoURL, "homeURL": metadata.HomeURL, "install": metadata.Install,
	} {
		if value == "" {
			t.Errorf("%s has no %s", file, key)
		}
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9-]+$`).MatchString(metadata.Name) {
		t.Errorf("the name is %q", metadata.Name)
	}
	if _, err := time.Parse(time.RFC3339, metadata.CreatedAt); err != nil {
		t.Error(err)
	}
	if !slices.Contains(categories, metadata.Category) {
		t.Errorf("the category is %q", metadata.Category)
	}
	checkLinks(t, metadata.Links)
	checkImages(t, metadata.ContainersImages)
}

func TestTheRepositoryForArtifactHub(t *testing.T) {
	var metadata struct {
		RepositoryID string
		Owners       []struct{ Name, Email string }
		Ignore       []struct{ Name, Version string }
	}
	if err := yaml.UnmarshalStrict([]byte(read(t, the(t, "artifacthub-repo.yml"))), &metadata); err != nil {
		t.Error(err)
	}
}

// What the chart says to Artifact Hub is YAML within YAML.
func TestTheAnnotationsOfTheChart(t *testing.T) {
	var chart struct{ Annotations map[string]string }
	if err := yaml.Unmarshal([]byte(read(t, the(t, "redis-session-scaler/Chart.yaml"))), &chart); err != nil {
		t.Fatal(err)
	}
	var links []artifactHubLink
	var images []artifactHubImage
	var recommended []struct{ URL string }
	for key, into := range map[string]any{"links": &links, "images": &images, "recommendations": &recommended} {
		if err := yaml.UnmarshalStrict([]byte(chart.Annotations["artifacthub.io/"+key]), into); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	checkLinks(t, links)
	checkImages(t, images)
	if len(recommended) == 0 || !slices.Contains(categories, chart.Annotations["artifacthub.io/category"]) {
		t.Errorf("the annotations are %v", chart.Annotations)
	}
	known := []string{"category", "images", "license", "links", "recommendations"}
	for key := range chart.Annotations {
		if !slices.ContainsFunc(known, func(name string) bool { return key == "artifacthub.io/"+name }) {
			t.Errorf("%s is unknown", key)
		}
	}
}

func checkLinks(t *testing.T, links []artifactHubLink) {
	t.Helper()
	for _, link := range links {
		if link.Name == "" || !regexp.MustCompile(`^https://\S+$`).MatchString(link.URL) {
			t.Errorf("the link %+v", link)
		}
	}
	if !slices.ContainsFunc(links, func(link artifactHubLink) bool { return link.Name == "support" }) {
		t.Error("no link leads to support")
	}
}

func checkImages(t *testing.T, images []artifactHubImage) {
	t.Helper()
	if len(images) != 1 || !slices.Equal(images[0].Platforms, []string{"linux/amd64", "linux/arm64"}) {
		t.Errorf("the images are %+v", images)
	}
}
