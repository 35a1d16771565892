// One stream for the whole client. The browser reconnects by itself and sends `Last-Event-ID`, so nothing is missed;
// whether the stream is live is always on screen.

import { apiPaths } from '#lib/paths.ts';
import { kinds, parseEvent, type Kind, type LiveEvent } from './events.ts';

type LiveState = 'connecting' | 'live' | 'reconnecting';

const RETRY_MS = 5_000;

class Live {
  state = $state<LiveState>('connecting');
  #source: EventSource | undefined;
  #listeners = new Set<(event: LiveEvent) => void>();
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Opens the stream; returns what closes it. */
  open(): () => void {
    this.#connect();
    return () => {
      clearTimeout(this.#retry);
      this.#source?.close();
      this.#source = undefined;
    };
  }

  /** Hears every event; returns what ends it. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears that something of these kinds changed, at most twice a second: a running import changes much at once. */
  onKinds(wanted: Kind[], listener: () => void): () => void {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const stop = this.listen((event) => {
      if (!wanted.includes(event.kind) || waiting !== undefined) return;
      waiting = setTimeout(() => {
        waiting = undefined;
        listener();
      }, 500);
    });
    return () => {
      stop();
      clearTimeout(waiting);
    };
  }

  #connect(): void {
    const source = new EventSource(apiPaths.events);
    this.#source = source;
    source.onopen = () => (this.state = 'live');
    source.onerror = () => {
      this.state = 'reconnecting';
      // A browser gives up on some answers for good; then a new stream is needed.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
      }
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (frame) => {
        const event = parseEvent(kind, String(frame.data));
        if (event) for (const listener of this.#listeners) listener(event);
      });
    }
  }
}

export const live = new Live();
