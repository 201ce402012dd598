package catalog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/internal/form"
)

// shared is the good service with a block of its own for contact and documents.
func shared(t *testing.T) fstest.MapFS {
	t.Helper()
	m := good(t)
	put := func(name, text string) { m[name] = &fstest.MapFile{Data: []byte(text)} }
	put("blocks/contact/block.yaml", `pages:
  - {id: contact, fields: [mail, call]}
fields:
  - {id: mail, type: email, basis: ["§ 1 AufenthG"]}
  - {id: call, type: phone, required: false, when: 'answered(mail)', basis: ["§ 1 AufenthG"]}
`)
	put("blocks/contact/evidence.yaml", "- {id: BILL, level: helpful, when: 'answered(call)', place: nachweis, basis: [\"§ 2 AufenthG\"]}\n")
	put("blocks/contact/rules.yaml", `notices:
  - {id: no_call, page: contact, kind: hint, when: '!answered(call)', basis: "§ 3 AufenthG"}
filing:
  - {id: soon, effect: none, basis: "§ 4 AufenthG"}
`)
	put("blocks/contact/mapping.yaml", "elements:\n  mail_element: mail\n")
	for lang, no := range map[string]string{"de": "kein", "en": "no"} {
		put("blocks/contact/texts/"+lang+".yaml", "page.contact.title: Contact\nfield.mail.label: Mail\nfield.call.label: Call\nevidence.BILL.name: Bill\n"+
			"notice.no_call.lead: "+no+"\nnotice.no_call.text: x\nfiling.soon: soon\n")
	}
	service := m["services/at-test/service.yaml"]
	text := strings.Replace(string(service.Data), "\nfields:\n", "  - {block: contact}\nfields:\n", 1)
	if text == string(service.Data) {
		t.Fatal("the good service has no fields")
	}
	m["services/at-test/service.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return m
}

// A block's parts stand in the service as if it had written them itself, texts and elements included.
func TestBlock(t *testing.T) {
	_, d := loaded(t, shared(t))
	def := on(t, d, "2026-05-01")
	if !slices.ContainsFunc(def.Fields(), func(f form.Field) bool { return f.ID == "call" }) || def.Text("en", "notice.no_call.lead") != "no" {
		t.Error("field or text of the block is missing")
	}
	if _, ok := def.EvidenceByID("BILL"); !ok || len(def.Filing) != 1 {
		t.Error("document or filing of the block is missing")
	}
	if !strings.Contains(string(d.Mapping()), `"mail_element":"mail"`) {
		t.Errorf("mapping %s", d.Mapping())
	}
}

func TestBlockWithout(t *testing.T) {
	m := shared(t)
	replace(t, m, "services/at-test/service.yaml", "{block: contact}", "{block: contact, without: [call, BILL, no_call]}")
	_, d := loaded(t, m)
	def := on(t, d, "2026-05-01")
	if _, ok := def.Field("call"); ok || def.Text("de", "field.call.label") != "" || def.Text("de", "field.mail.label") == "" {
		t.Error("what was left out is there, or its text, or more was left out")
	}
}

// A mistake in a block is told at its place in the block's file.
func TestBlockMistakes(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, want string }{
		"rule":         {"blocks/contact/block.yaml", "answered(mail)", "answered(male)", "blocks/contact/block.yaml:5: "},
		"evidence":     {"blocks/contact/evidence.yaml", "level: helpful", "level: nice", `blocks/contact/evidence.yaml:1: evidence BILL: level: "nice"`},
		"notice":       {"blocks/contact/rules.yaml", "kind: hint", "kind: hit", `blocks/contact/rules.yaml:2: notice no_call: kind: "hit"`},
		"effect":       {"blocks/contact/rules.yaml", "effect: none", "effect: all", `blocks/contact/rules.yaml:4: filing soon: effect: "all"`},
		"unknown key":  {"blocks/contact/block.yaml", "type: email", "typ: email", `blocks/contact/block.yaml:4: there is no key "typ" here; did you mean "type"?`},
		"idle text":    {"blocks/contact/texts/de.yaml", "filing.soon: soon", "filing.soon: soon\nfield.fax.label: Fax", "blocks/contact/texts/de.yaml:8: text field.fax.label belongs to nothing; take it away"},
		"twice":        {"services/at-test/service.yaml", "  - {block: contact}\n", "  - {block: contact}\n  - {block: contact}\n", "block contact is there twice"},
		"more":         {"services/at-test/service.yaml", "{block: contact}", "{block: contact, id: x}", "says when and without, nothing else"},
		"absent":       {"services/at-test/service.yaml", "{block: contact}", "{block: fax}", "blocks/fax/block.yaml: there is no such file"},
		"nothing left": {"services/at-test/service.yaml", "{block: contact}", "{block: contact, without: [fax]}", `there is no "fax" to leave out`},
		"unused":       {"services/at-test/service.yaml", "  - {block: contact}\n", "", "blocks/contact/block.yaml: no service uses this block"},
	} {
		m := shared(t)
		replace(t, m, c.file, c.old, c.new)
		found := Lint(m)
		if !slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.String(), c.want) }) {
			t.Errorf("%s: want %q among\n%v", name, c.want, Findings(found))
		}
	}
}

func replace(t *testing.T, m fstest.MapFS, file, old, new string) {
	t.Helper()
	text := string(m[file].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", file, old)
	}
	m[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
}

// What is not confirmed is no fact: no document is asked for, nothing is told, a condition stays unknown. It is listed.
func TestDoubts(t *testing.T) {
	m := good(t)
	replace(t, m, "services/at-test/evidence.yaml", "certainty: confirmed", "certainty: unconfirmed")
	_, d := loaded(t, m)
	def := on(t, d, "2026-05-01")
	if _, ok := def.EvidenceByID("CV"); ok {
		t.Error("an unconfirmed document is asked for")
	}
	if len(def.Doubts) != 1 || def.Doubts[0].Kind != "evidence" || def.Doubts[0].ID != "CV" || len(def.Doubts[0].Basis) == 0 {
		t.Errorf("doubts %+v", def.Doubts)
	}
}
