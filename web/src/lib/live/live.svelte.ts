// One stream for the whole client; whether it is live is always on screen.

import { Stream, type StreamState } from './stream.ts';

class Live extends Stream {
  state = $state<StreamState>('connecting');

  protected stands(state: StreamState): void {
    this.state = state;
  }
}

export const live = new Live();
