// What a rule that is true rests on.
import { evaluate, isTrue, type Facts, type Tree } from "./rule";

/** The questions whose answers make a rule true, in the order in which it reads them. Of several ways to be true the first counts. */
export function grounds(tree: Tree, facts: Facts): string[] {
  const [op, ...args] = tree;
  switch (op) {
    case "f":
    case "answered":
      return [args[0] as string];
    case "or": {
      const true_ = (args as Tree[]).find((a) => isTrue(evaluate(a, facts, "bool")));
      return true_ ? grounds(true_, facts) : [];
    }
    case "if": {
      const [condition, yes, no] = args as [Tree, Tree, Tree];
      return [...grounds(condition, facts), ...grounds(isTrue(evaluate(condition, facts, "bool")) ? yes : no, facts)];
    }
  }
  return args.flatMap((a) => (Array.isArray(a) ? grounds(a as Tree, facts) : []));
}
