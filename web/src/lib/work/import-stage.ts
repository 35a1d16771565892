// Which step of the way an import is on.

const steps: Record<string, number> = {
  checking: 1,
  mapping: 2,
  dry_running: 3,
  ready: 3,
  running: 4,
  paused: 4,
  review: 5,
  rolling_back: 5,
  approved: 5,
  rolled_back: 5,
  abandoned: 1,
};

/** The step on the rail: files, check, mapping, dry run, import, review. */
export function stepOf(state: string): number {
  return steps[state] ?? 1;
}

/** Whether the server works on it now, so that it moves on without a person. */
export function movesByItself(state: string): boolean {
  return ['checking', 'dry_running', 'running', 'rolling_back'].includes(state);
}

/** How far it is, from 0 to 1; `undefined` while nobody knows. */
export function shareDone(it: { position: number; total?: number | null }): number | undefined {
  return it.total ? Math.min(it.position / it.total, 1) : undefined;
}

/** The size of what was uploaded: an archive counts once, however many files are in it. */
export function uploadedBytes(files: { upload: number; bytes: number }[]): number {
  const sizes = new Map(files.map((file) => [file.upload, file.bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
