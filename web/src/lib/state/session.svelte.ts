// Who is signed in, and what they may. Asked before anything else, and again when somebody's access changes.

import { getSession, type SessionBody } from '#lib/api/account.ts';
import { whenUnknown } from '#lib/api/client.ts';
import { mayAt, maySomewhere } from '#lib/can.ts';
import { organisation } from './organisation.svelte.ts';

class Session {
  #body = $state.raw<SessionBody>();
  /** Whether the session of somebody who was signed in is over: what is on screen stays until they sign in again. */
  isOver = $state(false);

  person = $derived(this.#body?.person ?? undefined);
  rights = $derived(this.#body?.rights ?? []);

  /** Asks who is signed in, if that is not known yet. */
  async known(): Promise<SessionBody> {
    return this.#body?.state === 'signed_in' ? this.#body : this.ask();
  }

  /** Asks again. */
  async ask(): Promise<SessionBody> {
    const body = await getSession();
    if (this.person && body.state !== 'signed_in') this.isOver = true;
    else this.begin(body);
    return body;
  }

  /** Somebody has signed in. */
  begin(body: SessionBody): void {
    const before = this.person?.id;
    // Nothing of one person's pages is left for another.
    if (before !== undefined && body.person?.id !== before) location.reload();
    this.#body = body;
    this.isOver = false;
  }

  /** Whether they may do this to a unit and what is below it; without one, to the whole organisation. */
  may(permission: string, unit?: string): boolean {
    const path = unit === undefined ? [] : organisation.path(unit).map(({ id }) => id);
    return mayAt(this.rights, permission, path);
  }

  /** Whether they may do this anywhere. */
  maySomewhere(permission: string): boolean {
    return maySomewhere(this.rights, permission);
  }
}

export const session = new Session();

whenUnknown(() => {
  if (session.person) session.isOver = true;
});
