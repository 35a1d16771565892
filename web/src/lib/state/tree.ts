// The questions one asks a tree of units. Pure.

export interface TreeUnit {
  id: string;
  key: string;
  name: string;
  kind: string;
  parent_id?: string | null;
}

export interface Placed<T extends TreeUnit> {
  unit: T;
  depth: number;
  childCount: number;
}

function childrenOf<T extends TreeUnit>(units: T[], parent: string | null): T[] {
  return units
    .filter((unit) => (unit.parent_id ?? null) === parent)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** All units as one list, parents before children, each with its depth. */
export function flatten<T extends TreeUnit>(
  units: T[],
  parent: string | null = null,
  depth = 0,
): Placed<T>[] {
  return childrenOf(units, parent).flatMap((unit) => {
    const below = flatten(units, unit.id, depth + 1);
    const childCount = below.filter((it) => it.depth === depth + 1).length;
    return [{ unit, depth, childCount }, ...below];
  });
}

/** From the top down to the unit itself. */
export function pathTo<T extends TreeUnit>(units: T[], id: string): T[] {
  const path: T[] = [];
  let next = units.find((unit) => unit.id === id);
  while (next && !path.includes(next)) {
    path.unshift(next);
    const parent: string | null = next.parent_id ?? null;
    next = units.find((unit) => unit.id === parent);
  }
  return path;
}

/** The unit and everything below it. */
export function withDescendants<T extends TreeUnit>(units: T[], id: string): T[] {
  const self = units.filter((unit) => unit.id === id);
  return [...self, ...flatten(units, id).map((it) => it.unit)];
}

/** The units whose name or key holds the words, with everything above them, so that the tree stays readable. */
export function findInTree<T extends TreeUnit>(units: T[], words: string): T[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (wanted === '') return units;
  const hits = units.filter(
    (unit) => unit.name.toLocaleLowerCase().includes(wanted) || unit.key.toLocaleLowerCase().includes(wanted),
  );
  const kept = new Set(hits.flatMap((unit) => pathTo(units, unit.id)));
  return units.filter((unit) => kept.has(unit));
}
