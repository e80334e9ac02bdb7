package checks

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"
)

func TestActionlintFindsNothing(t *testing.T) {
	var report strings.Builder
	linter, err := actionlint.NewLinter(&report, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := linter.LintFiles(workflows(t), nil); err != nil || len(problems) > 0 {
		t.Errorf("%v\n%s", err, &report)
	}
}

// A tag can be moved to other code; a commit cannot.
func TestEveryActionIsPinnedByItsCommit(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	used := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	versions := map[string]string{}
	for _, file := range workflows(t) {
		for _, found := range used.FindAllStringSubmatch(read(t, file), -1) {
			if !pinned.MatchString(found[1]) {
				t.Errorf("%s uses %s, which is not a commit with its version", file, found[1])
			}
			action, version, _ := strings.Cut(found[1], "@")
			if other, known := versions[action]; known && other != version {
				t.Errorf("%s is used as %s and as %s", action, other, version)
			}
			versions[action] = version
		}
	}
	if len(versions) == 0 {
		t.Error("no action is used")
	}
}

// A job has only the permissions that it names, ends in time, and fails when a command does.
func TestEveryJobNamesItsPermissionsTimeoutAndShell(t *testing.T) {
	for _, file := range workflows(t) {
		workflow, problems := actionlint.Parse([]byte(read(t, file)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if all := workflow.Permissions; all == nil || all.All != nil || len(all.Scopes) > 0 {
			t.Errorf("%s does not begin with permissions: {}", file)
		}
		// Without a name, a failure on the left of a pipe is ignored.
		if workflow.Defaults == nil || workflow.Defaults.Run.Shell.Value != "bash" {
			t.Errorf("%s does not name its shell", file)
		}
		for name, job := range workflow.Jobs {
			if job.Permissions == nil || job.Permissions.All != nil || len(job.Permissions.Scopes) == 0 {
				t.Errorf("the job %s of %s does not name its permissions", name, file)
			}
			if job.TimeoutMinutes == nil {
				t.Errorf("the job %s of %s has no timeout", name, file)
			}
			for _, step := range job.Steps {
				if action, ok := step.Exec.(*actionlint.ExecAction); ok && strings.HasPrefix(action.Uses.Value, "actions/checkout@") {
					if credentials := action.Inputs["persist-credentials"]; credentials == nil || credentials.Value.Value != "false" {
						t.Errorf("the checkout of %s in %s keeps its token for later steps", name, file)
					}
				}
			}
		}
	}
}

// What a workflow runs can be run on any machine: a script of this repository, but for a few commands around it.
func TestWorkflowsRunScriptsOfTheRepository(t *testing.T) {
	around := regexp.MustCompile(`^(apt-get|git config|gh release create) `)
	scripts := 0
	for _, file := range workflows(t) {
		workflow, _ := actionlint.Parse([]byte(read(t, file)))
		for _, job := range workflow.Jobs {
			for _, step := range job.Steps {
				run, ok := step.Exec.(*actionlint.ExecRun)
				if !ok || around.MatchString(run.Run.Value) {
					continue
				}
				script := filepath.Join(root, strings.Fields(run.Run.Value)[0])
				if info, err := os.Stat(script); err != nil || info.Mode()&0o111 == 0 {
					t.Errorf("%s runs %q, which does not begin with a script: %v", file, run.Run.Value, err)
				}
				scripts++
			}
		}
	}
	if scripts == 0 {
		t.Error("no script is run")
	}
}

// Each kind of file that names dependencies has its entry, whose globs reach the file.
func TestDependabotKnowsEveryFileOfDependencies(t *testing.T) {
	var config struct {
		Updates []struct {
			Ecosystem   string `json:"package-ecosystem"`
			Directory   string
			Directories []string
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, root+"/.github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	folders := map[string][]string{}
	for _, update := range config.Updates {
		folders[update.Ecosystem] = append(update.Directories, update.Directory)
	}
	files := map[string]string{
		"go.mod": "gomod", "package.json": "npm", "requirements.txt": "pip", "Dockerfile": "docker",
	}
	each(t, func(path string) {
		ecosystem, known := files[filepath.Base(path)]
		if known && !reached(folders[ecosystem], "/"+filepath.ToSlash(filepath.Dir(path))) {
			t.Errorf("dependabot.yml does not reach %s by %v", path, folders[ecosystem])
		}
	})
	for _, atRoot := range []string{"maven", "github-actions"} {
		if !reached(folders[atRoot], "/") {
			t.Errorf("dependabot.yml has no %s", atRoot)
		}
	}
}

// A glob does not reach a folder whose name begins with a dot unless it says so.
func reached(globs []string, folder string) bool {
	for _, glob := range globs {
		if glob == folder || glob == "/**/*" && folder != "/" && !strings.Contains(folder, "/.") {
			return true
		}
		if match, err := filepath.Match(glob, folder); err == nil && match && glob != "" {
			return true
		}
	}
	return false
}

func TestTheTemplatesAreYaml(t *testing.T) {
	forms, err := filepath.Glob(root + "/.github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(forms) == 0 {
		t.Fatal("no templates", err)
	}
	for _, file := range forms {
		var form struct {
			Name, Description  string
			Body               []map[string]any
			BlankIssuesEnabled *bool `json:"blank_issues_enabled"`
		}
		if err := yaml.Unmarshal([]byte(read(t, file)), &form); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if form.BlankIssuesEnabled == nil && (form.Name == "" || form.Description == "" || len(form.Body) == 0) {
			t.Errorf("%s is not a form: %+v", file, form)
		}
	}
}

func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(root + "/.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no workflows", err)
	}
	return files
}

// each calls for every file of the repository, by its path from the root.
func each(t *testing.T, call func(path string)) {
	t.Helper()
	made := map[string]bool{"target": true, "node_modules": true, "venv": true, ".git": true}
	if err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && made[entry.Name()] {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			call(relative)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// the returns the only file of the repository whose path ends so.
func the(t *testing.T, end string) string {
	t.Helper()
	var found []string
	each(t, func(path string) {
		if path == end || strings.HasSuffix(path, "/"+end) {
			found = append(found, path)
		}
	})
	if len(found) != 1 {
		t.Fatalf("%s is %q", end, found)
	}
	return root + "/" + found[0]
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
