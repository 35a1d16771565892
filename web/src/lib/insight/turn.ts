// One chart after the other: drawing is heavy, and between two of them the page answers.

let last = Promise.resolve();

/** Resolves when those who asked before have had their turn. */
export function turn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}
