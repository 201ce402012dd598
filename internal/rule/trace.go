package rule

import "slices"

// Trace explains a result: every operation of the rule with its own result, as a tree.
type Trace struct {
	Expr   string   // the part in CEL; no facts
	Value  Value    // its result
	Fields []string // field ids read in this part, sorted, each once
	Parts  []*Trace // the operations inside it, as far as they were needed
	open   []string // unanswered fields that are direct operands
}

// EvalTrace is Eval with an explanation. Of "if", or_else and only_if only the operands that were needed are there; of
// "and" and "or" all operands, also behind a deciding one. No trace for no rule.
func EvalTrace(t Tree, f Facts) (Value, *Trace) {
	if t.root == nil {
		return Value{}, nil
	}
	tr := t.root.trace(f)
	return tr.Value, tr
}

func (n *node) trace(f Facts) *Trace {
	tr := &Trace{Expr: n.text(0), Value: n.eval(f), Fields: Tree{root: n}.Fields()}
	if n.op == opField && !tr.Value.Known() {
		tr.open = []string{n.name}
	}
	for _, a := range n.needed(f) {
		switch {
		case a.op == opField && !a.eval(f).Known():
			tr.open = append(tr.open, a.name)
		case a.op == opAnswered || !a.op.leaf():
			tr.Parts = append(tr.Parts, a.trace(f))
		}
	}
	return tr
}

// needed gives the operands that the result depends on.
func (n *node) needed(f Facts) []*node {
	var list []*node
	for i := range n.args {
		list = append(list, &n.args[i])
	}
	if !n.op.lazy() {
		return list
	}
	first := n.args[0].eval(f)
	switch {
	case n.op == opOrElse && !first.Known() && !first.bad:
		return list
	case n.op != opOrElse && first.IsTrue():
		return list[:2]
	case n.op == opIf && first.IsFalse():
		return []*node{list[0], list[2]}
	}
	return list[:1]
}

// Unanswered lists the fields that keep the result unknown: what to ask next. Nothing when the result is known.
func (tr *Trace) Unanswered() []string {
	if tr == nil || tr.Value.Known() {
		return nil
	}
	names := slices.Clone(tr.open)
	for _, p := range tr.Parts {
		names = append(names, p.Unanswered()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
