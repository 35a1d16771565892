// Pure: (state, event) → state. A page applies its own changes and those of others in the same way.

import type { LiveEvent } from './events.ts';

interface RunningImport {
  id: string;
  state: string;
  position: number;
  total?: number | null;
}

/** An import after an event about it: how far it is. What it did is asked from the server. */
export function reduceImport<T extends RunningImport>(current: T, event: LiveEvent): T {
  if (event.kind !== 'import' || event.data['import_id'] !== current.id) return current;
  const { position, total } = event.data;
  return {
    ...current,
    position: typeof position === 'number' ? position : current.position,
    total: typeof total === 'number' ? total : current.total,
  };
}

interface Sample {
  state: string;
  progress: number;
}

/** The sample organisation after an event about it. */
export function reduceSample(current: Sample, event: LiveEvent): Sample {
  if (event.kind !== 'sample') return current;
  const { state, progress } = event.data;
  return {
    state: typeof state === 'string' ? state : current.state,
    progress: typeof progress === 'number' ? Math.min(Math.max(progress, 0), 1) : current.progress,
  };
}
