package catalog

import (
	"io/fs"
	"maps"
	"path"
	"slices"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/strict"
)

// A block is what services share, authored and worded once: pages with their fields, documents, rules and texts in
// blocks/<name>/. A service names it among its pages, and it is as if the service said all of it itself.
type blockYAML struct {
	Pages []pageYAML  `yaml:"pages"`
	Field []fieldYAML `yaml:"fields"`
}

// block is one block as read.
type block struct {
	name     string
	yaml     blockYAML
	docs     []evidenceYAML
	rules    rulesYAML
	main     strict.File
	evidence strict.File
	follows  strict.File                // rules.yaml
	texts    map[string]map[string]text // language → key → text
	words    map[string]strict.File     // language → their file
}

func (b *builder) blockFile(name, file string) string { return path.Join("blocks", name, file) }

// readBlock reads a block for one service: merging changes its trees.
func (b *builder) readBlock(name string) (*block, bool) {
	x := &block{name: name, texts: map[string]map[string]text{}, words: map[string]strict.File{}}
	ok := true
	for _, f := range []struct {
		name     string
		into     any
		src      *strict.File
		optional bool
	}{{"block.yaml", &x.yaml, &x.main, false}, {"evidence.yaml", &x.docs, &x.evidence, true}, {"rules.yaml", &x.rules, &x.follows, true}} {
		file := b.blockFile(name, f.name)
		if f.optional && !exists(b.fsys, file) {
			continue
		}
		src, err := decode(b.fsys, file, f.into)
		if err != nil {
			b.found.add(b.tag, file, err)
			ok = false
		}
		b.number(&src)
		*f.src = src
	}
	for _, lang := range languages() {
		x.texts[lang], x.words[lang] = readTexts(b.fsys, b.blockFile(name, "texts/"+lang+".yaml"), b.tag, b.found)
	}
	return x, ok
}

// blockLines parts the line numbers of a service's own files (below it) from those of its blocks: a line of the n-th
// file that was merged in is n*blockLines and more. So a merged tree still tells where each of its parts was written.
const blockLines = 1 << 20

func (b *builder) number(s *strict.File) {
	b.merged = append(b.merged, s.Name)
	var shift func(*yaml.Node)
	shift = func(n *yaml.Node) {
		n.Line += len(b.merged) * blockLines
		for _, part := range n.Content {
			shift(part)
		}
	}
	if s.Root != nil {
		shift(s.Root)
	}
}

// where turns a numbered line back into file and line.
func (b *builder) where(s strict.File, line int) (string, int) {
	if n := line / blockLines; n > 0 {
		return b.merged[n-1], line % blockLines
	}
	return s.Name, line
}

// merge puts the blocks that a service names among its pages in their place.
func (b *builder) merge(y *serviceYAML, docs *[]evidenceYAML, rules *rulesYAML) bool {
	ok := true
	pages, nodes := make([]pageYAML, 0, len(y.Pages)), []*yaml.Node{}
	old := strict.Child(orMapping(b.service.Root), "pages")
	for i, p := range y.Pages {
		if p.Block == "" {
			pages, nodes = append(pages, p), append(nodes, old.Content[i])
			continue
		}
		if p.ID != "" || p.Kind != "" || len(p.Fields) > 0 {
			b.say(b.service, b.service.Line("pages", i), "block %s: a page that names a block says when and without, nothing else", p.Block)
			ok = false
			continue
		}
		if slices.ContainsFunc(b.blocks, func(x *block) bool { return x.name == p.Block }) {
			b.say(b.service, b.service.Line("pages", i), "block %s is there twice", p.Block)
			ok = false
			continue
		}
		x, read := b.readBlock(p.Block)
		b.blocks = append(b.blocks, x)
		if !read {
			ok = false
			continue
		}
		b.without(x, p, i)
		for j, of := range x.yaml.Pages {
			of.dated = within(of.dated, p.dated)
			of.When = both(p.When, of.When)
			pages, nodes = append(pages, of), append(nodes, strict.Child(strict.Child(x.main.Root, "pages"), j))
		}
		y.Field = append(y.Field, x.yaml.Field...)
		join(b.service.Root, "fields", strict.Child(x.main.Root, "fields"))
		*docs = append(*docs, x.docs...)
		joinLists(&b.evidence.Root, x.evidence.Root)
		rules.Notices = append(rules.Notices, x.rules.Notices...)
		rules.Checks = append(rules.Checks, x.rules.Checks...)
		rules.Fees = append(rules.Fees, x.rules.Fees...)
		rules.Bases = append(rules.Bases, x.rules.Bases...)
		rules.Filing = append(rules.Filing, x.rules.Filing...)
		if b.rules.Root == nil {
			b.rules.Root = &yaml.Node{Kind: yaml.MappingNode}
		}
		for _, list := range []string{"notices", "checks", "fees", "bases", "filing"} {
			join(b.rules.Root, list, strict.Child(orMapping(x.follows.Root), list))
		}
	}
	y.Pages = pages
	if old != nil {
		old.Content = nodes
	}
	return ok
}

func orMapping(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	return n
}

// both is the conjunction of two rules, either of which may be absent.
func both(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return "(" + a + ") && (" + b + ")"
}

// join appends the entries of a list to the list of that key.
func join(to *yaml.Node, key string, from *yaml.Node) {
	if from == nil {
		return
	}
	list := strict.Child(to, key)
	if list == nil {
		to.Content = append(to.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.SequenceNode})
		list = to.Content[len(to.Content)-1]
	}
	list.Content = append(list.Content, from.Content...)
}

func joinLists(to **yaml.Node, from *yaml.Node) {
	if from == nil {
		return
	}
	if *to == nil {
		*to = &yaml.Node{Kind: yaml.SequenceNode}
	}
	(*to).Content = append((*to).Content, from.Content...)
}

// without leaves out the parts of a block that a service does not want; each must be there.
func (b *builder) without(x *block, p pageYAML, at int) {
	gone := map[string]bool{}
	for _, id := range p.Without {
		gone[id] = false
	}
	drop := func(id string) bool {
		_, named := gone[id]
		if named {
			gone[id] = true
		}
		return named
	}
	x.yaml.Pages = filter(x.yaml.Pages, strict.Child(orMapping(x.main.Root), "pages"), func(p pageYAML) bool { return drop(p.ID) })
	for i := range x.yaml.Pages {
		x.yaml.Pages[i].Fields = slices.DeleteFunc(x.yaml.Pages[i].Fields, drop)
	}
	x.yaml.Field = filter(x.yaml.Field, strict.Child(orMapping(x.main.Root), "fields"), func(f fieldYAML) bool {
		return drop(f.ID) || !slices.ContainsFunc(x.yaml.Pages, func(p pageYAML) bool { return slices.Contains(p.Fields, f.ID) })
	})
	x.docs = filter(x.docs, x.evidence.Root, func(e evidenceYAML) bool { return drop(e.ID) })
	rules := orMapping(x.follows.Root)
	x.rules.Notices = filter(x.rules.Notices, strict.Child(rules, "notices"), func(n noticeYAML) bool { return drop(n.ID) })
	x.rules.Checks = filter(x.rules.Checks, strict.Child(rules, "checks"), func(c checkYAML) bool { return drop(c.ID) })
	x.rules.Filing = filter(x.rules.Filing, strict.Child(rules, "filing"), func(f filingYAML) bool { return drop(f.ID) })
	x.rules.Fees = filter(x.rules.Fees, strict.Child(rules, "fees"), func(f feeYAML) bool { return drop(f.Code) })
	for _, id := range p.Without {
		if !gone[id] {
			b.say(b.service, b.service.Line("pages", at), "block %s: there is no %q to leave out", x.name, id)
		}
	}
}

// filter drops entries from a list and from its tree alike.
func filter[T any](list []T, tree *yaml.Node, drop func(T) bool) []T {
	var kept []T
	var nodes []*yaml.Node
	for i, e := range list {
		if drop(e) {
			continue
		}
		kept, nodes = append(kept, e), append(nodes, strict.Child(tree, i))
	}
	if tree != nil {
		tree.Content = nodes
	}
	return kept
}

// lintBlocks finds blocks that no service uses, and texts of a block that belong to nothing in it.
func lintBlocks(fsys fs.FS, used map[string]bool, found *Findings) {
	entries, err := fs.ReadDir(fsys, "blocks")
	if err != nil {
		return // a data directory without blocks is fine
	}
	for _, e := range entries {
		b := &builder{fsys: fsys, found: found}
		if !used[e.Name()] {
			b.say(strict.File{Name: b.blockFile(e.Name(), "block.yaml")}, 0, "no service uses this block")
			continue
		}
		b.lintBlockTexts(e.Name())
	}
}

func (b *builder) lintBlockTexts(name string) {
	var silent Findings // the services that use the block have told what is wrong with its files
	quiet := &builder{fsys: b.fsys, found: &silent}
	x, ok := quiet.readBlock(name)
	if !ok {
		return
	}
	needed, optional := textKeys(x.body())
	for _, lang := range languages() {
		for _, key := range slices.Sorted(maps.Keys(x.texts[lang])) {
			if b.owned(key) && !needed[key] && !optional[key] {
				b.say(x.words[lang], x.words[lang].Line(key), "text %s belongs to nothing; %s", key, meant(key, needed, optional))
			}
		}
	}
}

// body is as much of a document as tells which texts a block needs.
func (x *block) body() *body {
	out := &body{}
	for _, p := range x.yaml.Pages {
		y := page{}
		y.ID = p.ID
		out.Pages = append(out.Pages, y)
	}
	for _, f := range x.yaml.Field {
		y := field{}
		y.ID = f.ID
		for _, o := range f.Options {
			z := option{}
			z.Value = o.Value
			y.Options = append(y.Options, z)
		}
		out.Fields = append(out.Fields, y)
	}
	for _, e := range x.docs {
		y := evidence{}
		y.ID = e.ID
		out.Evidence = append(out.Evidence, y)
	}
	for _, n := range x.rules.Notices {
		y := notice{}
		y.ID = n.ID
		out.Notices = append(out.Notices, y)
	}
	for _, c := range x.rules.Checks {
		y := check{}
		y.ID = c.ID
		out.Checks = append(out.Checks, y)
	}
	for _, f := range x.rules.Filing {
		y := filing{}
		y.ID = f.ID
		out.Filing = append(out.Filing, y)
	}
	for _, s := range x.rules.Bases {
		y := basis{}
		y.ID = s.ID
		for _, c := range s.Conditions {
			z := condition{}
			z.ID = c.ID
			y.Conditions = append(y.Conditions, z)
		}
		out.Bases = append(out.Bases, y)
	}
	return out
}
