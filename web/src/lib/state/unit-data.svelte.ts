// Which kinds of data a unit has, so that the navigation offers no page that must stay empty.

import { getOverview } from '#lib/api/insight.ts';

/** What a page can need beyond items. */
export type DataKind = 'deployments' | 'iterations';

interface Overview {
  data: { has_deployments: boolean; has_iterations: boolean };
}

class UnitData {
  #known = $state.raw<Record<string, readonly DataKind[]>>({});
  #asked = new Set<string>();

  /** Whether the unit has such data; `false` until it is known. */
  has(unit: string, kind: DataKind): boolean {
    return this.#known[unit]?.includes(kind) ?? false;
  }

  /** Takes note of an answer that a page has asked for anyway. */
  learn(unit: string, { data }: Overview): void {
    this.#asked.add(unit);
    const kinds: DataKind[] = [];
    if (data.has_deployments) kinds.push('deployments');
    if (data.has_iterations) kinds.push('iterations');
    this.#known = { ...this.#known, [unit]: kinds };
  }

  /** Asks about a unit of which nothing is known yet. */
  async ask(unit: string): Promise<void> {
    if (this.#asked.has(unit)) return;
    this.#asked.add(unit);
    try {
      this.learn(unit, await getOverview(unit, {}));
    } catch {
      // The pages stay reachable by their address; the next visit asks again.
      this.#asked.delete(unit);
    }
  }

  /** Items have changed: asks about the unit that is looked at, and about others when they are. */
  askAgain(unit: string | undefined): void {
    this.#asked.clear();
    if (unit !== undefined) void this.ask(unit);
  }
}

export const unitData = new UnitData();
