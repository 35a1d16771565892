// One stream for the whole client; whether it is live is always on screen.

import { session } from '#lib/state/session.svelte.ts';
import { Stream, type StreamState } from './stream.ts';

class Live extends Stream {
  state = $state<StreamState>('connecting');

  protected stands(state: StreamState): void {
    this.state = state;
  }

  /** A session that is over is told once, and the stream goes on when somebody has signed in again. */
  protected async mayListen(): Promise<boolean> {
    try {
      await session.ask();
    } catch {
      return false;
    }
    return !session.isOver;
  }
}

export const live = new Live();
