package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aufenthalt/data"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/official"
	"aufenthalt/internal/rule"
	"aufenthalt/internal/strict"
)

// schemas are the files of docs/schema that follow from our types: the document that the hash addresses, and what authors write.
var schemas = []struct {
	file, tag, title, about string
	of                      any
}{
	{"definition", "json", "Definition of a service",
		"One service through time: canonical JSON (RFC 8785), addressed by \"sha256-\" and the SHA-256 of its bytes. Entries hold on the days from \"from\" to \"until\", both included. Unconfirmed ones are shown to nobody as fact.", body{}},
	{"service", "yaml", "service.yaml", "Pages and questions of a service, as authors write them.", serviceYAML{}},
	{"block", "yaml", "block.yaml", "Pages and questions that services share.", blockYAML{}},
	{"evidence", "yaml", "evidence.yaml", "Documents of a service or block.", []evidenceYAML{}},
	{"rules", "yaml", "rules.yaml", "What follows from the answers.", rulesYAML{}},
}

// meanings describe keys: of one kind of entry ("field max"), or of all.
var meanings = map[string]string{
	"format": "Version of this shape; a key that loses its meaning raises it.", "service": "Tag of the service, e.g. at-erwerbstaetigkeit.",
	"pages": "Screens in their order.", "fields": "Questions.", "page fields": "Ids of the questions on the page, in their order.",
	"household": "Ids of questions of an application before, of the same family: the first that was answered there is proposed here.",
	"evidence":  "Documents that the authority needs. None of them ever blocks a submission (§ 82 Abs. 1 AufenthG).", "notices": "Explanations on pages. None of them stops anybody.",
	"checks": "Contradictions between answers.", "fees": "Acts of the tariff that may be due.", "bases": "Paragraphs under which a title may be granted.",
	"filing": "When to file and what filing does (§ 81 AufenthG); the first whose rule is true counts.", "routes": "Ways to services, of the router only; the last one has no rule.",
	"codes": "Coded elements of the message that follow from the answers.", "parameters": "Figures of the law that rules and texts use, as far as they are confirmed.",
	"tariffs": "Prices of the acts, as far as they are confirmed.", "mapping": "The way of the answers into the XAusländer message; for the composer alone.",
	"texts": "Language, then key: all words. German (de) is binding. {name} stands for a figure.", "dated_texts": "Language, then key: texts that change, without gap or overlap over the days of the service.",
	"from": "First day.", "until": "Last day.", "id": "Name of the entry, the same on other days when it changes.", "service id": "Tag of the service, the name of its folder.",
	"kind": "What it is.", "when": "Rule that lets it be; without one it always is.", "type": "What is asked for, or what a figure is.", "required": "Must be answered before sending; true when absent.",
	"options": "Answers of a choice, in their order.", "option value": "Name of the answer.", "style": "How a choice is shown.", "max": "At most: characters, entries, whole number or whole euros, by type.", "min": "At least, like max.",
	"evidence max": "At most so many files.", "evidence min": "At least so many files.", "latin": "A name or text that goes to a register: DIN 91379.", "declaration": "A box that must be ticked.",
	"autocomplete": "What the browser may fill in (HTML autocomplete).", "width": "Of the input.", "period": "Of an amount.", "past": "The date may not lie after the day of submission.",
	"future": "\"warn\": a date not after the day of submission raises a warning.", "basis": "Citations that end with a law of law/sources.yaml: § 18g Abs. 1 AufenthG.",
	"certainty": "unconfirmed: left out, and listed as a doubt.", "level": "Needed to submit, to decide, or helpful.", "place": "Where it goes in the message.", "page": "Id of the page on which it stands.",
	"link": "Tag of a service, or address, to which it leads.", "field": "Id of the question at which it is told.", "code": "Code in law/fees.yaml.", "minor_when": "Rule: the person is under 18 (§ 50 AufenthV).",
	"minor": "Rule: the person is under 18 (§ 50 AufenthV).", "price minor": "For persons under 18, like 50.00.", "paragraph": "The citation of the paragraph.", "nature": "What the law says once the conditions are met.",
	"conditions": "Conditions of the paragraph. Deciding is the authority's.", "given": "The paragraph comes into question only for those who meet it, or have not said yet; it is there for its citation.",
	"discretion": "No rule can tell whether it is met; the authority weighs.", "effect": "What filing does.",
	"earliest": "Rule for the first day on which to file.", "latest": "Rule for the last day on which to file.", "answers": "Choices of that service that are answered already.",
	"name": "Name.", "rule": "Rule whose result is the text.", "unit": "Of the figure.", "values": "Through time, without overlap.", "figure value": "The figure: an amount like 50700.00, a whole number, or a text.",
	"source": "Where it was published.", "published": "Day of the gazette.", "checked": "Day of the last comparison with the source.", "adult": "For grown persons, like 100.00.", "text": "The words.",
	"block": "Name of a block whose pages stand here.", "without": "Parts of the block that are left out.",
}

// schema gives the JSON Schema of a type.
func schema(t *testing.T, file, tag, title, about string, of any) []byte {
	s := schemaBuilder{t: t, tag: tag, defs: map[string]any{}}
	root := s.of(reflect.TypeOf(of), "service", "")
	if ref, ok := root["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		root = s.defs[name].(map[string]any)
		delete(s.defs, name)
	}
	root["$schema"], root["title"], root["description"] = "https://json-schema.org/draft/2020-12/schema", title, about
	root["$id"] = "https://aufenthalt.example/schema/" + file + ".schema.json"
	if len(s.defs) > 0 {
		root["$defs"] = s.defs
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type schemaBuilder struct {
	t    *testing.T
	tag  string
	defs map[string]any
}

// of gives the schema of a value of a type under a key of a kind of entry.
func (s *schemaBuilder) of(t reflect.Type, kind, key string) map[string]any {
	switch t {
	case reflect.TypeFor[civil.Day]():
		return map[string]any{"type": "string", "format": "date", "pattern": `^\d{4}-\d\d-\d\d$`}
	case reflect.TypeFor[rule.Tree]():
		s.defs["rule"] = map[string]any{
			"description": "A checked rule: an operation, then its parts, each of them a rule, or a name or constant.",
			"type":        "array", "minItems": 1, "prefixItems": []any{map[string]any{"type": "string"}},
			"items": map[string]any{"anyOf": []any{map[string]any{"$ref": "#/$defs/rule"}, map[string]any{"type": []any{"string", "integer", "boolean"}}}},
		}
		return map[string]any{"$ref": "#/$defs/rule"}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{"type": "object"}
	case reflect.TypeFor[several]():
		return map[string]any{"anyOf": []any{map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), kind, key)
	case reflect.String:
		out := map[string]any{"type": "string"}
		if words := s.words(t, kind, key); words != nil {
			out["enum"] = words
		}
		return out
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), kind, key)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), kind, key)}
	case reflect.Struct:
		return s.object(t)
	}
	s.t.Fatalf("a %v has no schema", t)
	return nil
}

// words lists those that a key takes.
func (s *schemaBuilder) words(t reflect.Type, kind, key string) (out []string) {
	switch {
	case kind == "field" && key == "type":
		for _, x := range form.Types() {
			out = append(out, string(x))
		}
	case t == reflect.TypeFor[law.Type]():
		out = []string{string(law.Money), string(law.Int), string(law.Text)}
	default:
		out = slices.DeleteFunc(slices.Clone(vocabulary(kind, key)), func(w string) bool { return w == "" })
	}
	return out
}

func (s *schemaBuilder) object(t reflect.Type) map[string]any {
	name := strings.ToLower(strings.TrimSuffix(t.Name(), "YAML"))
	if s.defs[name] == nil {
		properties, required := map[string]any{}, []string{}
		s.defs[name] = map[string]any{} // it may hold itself
		s.properties(t, name, properties, &required)
		def := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
		if len(required) > 0 {
			slices.Sort(required)
			def["required"] = required
		}
		s.defs[name] = def
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

// properties adds the keys of a struct; those of an embedded one only where the outer has none, as the encoders do.
func (s *schemaBuilder) properties(t reflect.Type, kind string, into map[string]any, required *[]string) {
	var embedded []reflect.Type
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get(s.tag), ",")
		if f.Anonymous {
			embedded = append(embedded, f.Type)
			continue
		}
		if key == "" || key == "-" || into[key] != nil {
			continue
		}
		value := s.of(f.Type, kind, key)
		value["description"] = s.meaning(kind, key)
		into[key] = value
		if s.tag == "json" && !strings.Contains(options, "omit") || s.tag == "yaml" && (key == "id" && kind != "page" || key == "code" || key == "value") {
			*required = append(*required, key)
		}
	}
	for _, e := range embedded {
		s.properties(e, kind, into, required)
	}
}

func (s *schemaBuilder) meaning(kind, key string) string {
	for _, k := range []string{kind + " " + key, key} {
		if m := meanings[k]; m != "" {
			return m
		}
	}
	s.t.Errorf("nobody says what %s of %s is", key, kind)
	return ""
}

// The published schemas follow from the types.
func TestSchemaFiles(t *testing.T) {
	for _, s := range schemas {
		name := schemaFile(s.file)
		got := schema(t, s.file, s.tag, s.title, s.about, s.of)
		if *update {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s does not follow from the types (%v); write it with go test ./internal/catalog -run TestSchemaFiles -update", name, err)
		}
	}
}

func schemaFile(name string) string {
	return filepath.Join("..", "..", "docs", "schema", name+".schema.json")
}

// Every document, and every file that authors wrote, is as its schema says; what is broken is not.
func TestSchemas(t *testing.T) {
	dir := t.TempDir()
	instances := map[string][]string{} // by schema
	put := func(schema, name string, raw []byte) string {
		t.Helper()
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".json")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		instances[schema] = append(instances[schema], file)
		return file
	}
	c, err := Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Definitions() {
		d, _ := c.Service(tag)
		put("definition", tag, d.JSON())
	}
	err = fs.WalkDir(data.FS, ".", func(name string, e fs.DirEntry, err error) error {
		kind := strings.TrimSuffix(path.Base(name), ".yaml")
		if err != nil || e.IsDir() || !slices.Contains([]string{"service", "block", "evidence", "rules"}, kind) || strings.Contains(name, "/cases/") {
			return err
		}
		file, err := strict.Read(data.FS, name)
		if err != nil || file.Root == nil {
			return err
		}
		raw, err := json.Marshal(plain(file.Root))
		put(kind, name, raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schemas {
		if len(instances[s.file]) == 0 {
			t.Errorf("nothing to compare with %s", s.file)
		}
		official.JSONSchema(t, schemaFile(s.file), instances[s.file], nil)
	}
	var broken []string
	d, _ := c.Service("at-erwerbstaetigkeit")
	for i, change := range [][2]string{
		{`"format":1`, `"format":"1"`}, {`"kind":"form"`, `"kind":"zebra"`}, {`"type":"text"`, `"type":"string"`}, {`"latin":true`, `"latim":true`}, {`"when":["`, `"when":[7,"`},
		{`"from":"20`, `"from":"in 20`}, {`"required":false`, `"required":0`}, {`"level":"decide"`, `"level":"must"`}, {`"texts":{"de"`, `"words":{"de"`},
	} {
		raw := string(d.JSON())
		if !strings.Contains(raw, change[0]) {
			t.Fatalf("nothing like %s", change[0])
		}
		broken = append(broken, put("broken", fmt.Sprint("broken", i), []byte(strings.Replace(raw, change[0], change[1], 1))))
	}
	official.JSONSchema(t, schemaFile("definition"), nil, broken)
}

// Every word that is described is there.
func TestMeanings(t *testing.T) {
	used := map[string]bool{}
	for _, s := range schemas {
		raw := string(schema(t, s.file, s.tag, s.title, s.about, s.of))
		for k, m := range meanings {
			quoted, _ := json.Marshal(m)
			used[k] = used[k] || strings.Contains(raw, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted)))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(meanings)) {
		if !used[k] {
			t.Errorf("%s is described and nowhere", k)
		}
	}
}
