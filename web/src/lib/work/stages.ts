// Stages as they are edited: renaming, moving, and the order that the server asks for. Pure.

export interface StageLike {
  name: string;
  category: string;
}

export const categories = ['todo', 'active', 'waiting', 'done', 'cancelled'];

const ranks: Record<string, number> = { todo: 0, active: 1, waiting: 1, done: 2, cancelled: 3 };

/** The list with one entry moved. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  const [entry] = next.splice(from, 1);
  if (entry === undefined) return list;
  next.splice(Math.min(Math.max(to, 0), next.length), 0, entry);
  return next;
}

/** The stages that stand after a later one: not started, in progress, done, cancelled is the order. */
export function outOfOrder(stages: StageLike[]): Set<string> {
  const wrong = new Set<string>();
  stages.forEach((stage, index) => {
    const before = stages[index - 1];
    if (before && (ranks[stage.category] ?? 0) < (ranks[before.category] ?? 0)) wrong.add(stage.name);
  });
  return wrong;
}

/** A name that no stage has yet. */
export function freeName(stages: StageLike[], wanted: string): string {
  const taken = new Set(stages.map((stage) => stage.name));
  if (!taken.has(wanted)) return wanted;
  let n = 2;
  while (taken.has(`${wanted} ${n}`)) n += 1;
  return `${wanted} ${n}`;
}

/** Where a new stage stands: after the last one in progress. */
export function placeForNew(stages: StageLike[]): number {
  const firstExit = stages.findIndex((stage) => (ranks[stage.category] ?? 0) >= 2);
  return firstExit < 0 ? stages.length : firstExit;
}
