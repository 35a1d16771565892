// What the server's stream says, read without trusting it.

/** All kinds of event that the server sends. */
export const kinds = ['items', 'units', 'workflow', 'import', 'sample', 'access', 'reload'] as const;

export type Kind = (typeof kinds)[number];

export interface LiveEvent {
  kind: Kind;
  /** The ids of the units it concerns; empty when it concerns all. */
  units: string[];
  /** The rest, by kind. */
  data: Record<string, unknown>;
}

/** An event from a frame of the stream; `undefined` when it is none. */
export function parseEvent(kind: Kind, text: string): LiveEvent | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const fields = data as Record<string, unknown>;
  const units = Array.isArray(fields['unit_ids'])
    ? fields['unit_ids'].filter((id) => typeof id === 'string')
    : [];
  return { kind, units, data: fields };
}
