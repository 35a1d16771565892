// What roles, people and doers are called on screen.

import type { AuditEntry, Grant, Held } from '#lib/api/people.ts';
import { m } from '#lib/messages/index.ts';

export function roleName(role: string): string {
  return m.people.roles[role] ?? role;
}

export function throughName(held: Held): string {
  if (held.group) return m.people.person.throughGroup(held.group.name);
  return m.people.person.through[held.through] ?? held.through;
}

/** To whom a role was given. */
export function granteeName(grant: Grant): string {
  return grant.person?.name ?? grant.group?.name ?? m.people.everybody;
}

/** Who did what an entry of the log tells of. */
export function doerName(entry: AuditEntry): string {
  if (entry.doer !== 'person') return m.people.audit.doers[entry.doer] ?? entry.doer;
  return entry.person ?? m.people.left;
}

/** The roles, from the one with most permissions, as options of a list. */
export function roleOptions(): { value: string; label: string }[] {
  return ['owner', 'administrator', 'pmo', 'lead', 'coach', 'member', 'viewer'].map((value) => ({
    value,
    label: roleName(value),
  }));
}
