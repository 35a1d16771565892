// The units, kept for the whole client: the scope switcher, breadcrumbs and pickers read them.

import { listUnits, type Unit } from '#lib/api/organisation.ts';
import { flatten, pathTo } from './tree.ts';

class Organisation {
  units = $state.raw<Unit[]>([]);
  isLoaded = $state(false);
  placed = $derived(flatten(this.units));
  tops = $derived(this.placed.filter((it) => it.depth === 0).map((it) => it.unit));
  /** The unit that holds all others, where there is one. */
  top = $derived(this.tops.length === 1 ? this.tops[0] : undefined);

  async load(): Promise<Unit[]> {
    this.units = (await listUnits()).units;
    this.isLoaded = true;
    return this.units;
  }

  byKey(key: string): Unit | undefined {
    return this.units.find((unit) => unit.key === key);
  }

  byId(id: string): Unit | undefined {
    return this.units.find((unit) => unit.id === id);
  }

  path(id: string): Unit[] {
    return pathTo(this.units, id);
  }
}

export const organisation = new Organisation();
