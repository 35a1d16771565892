// The stream of events.
//
// What is on screen was asked for at some moment, and whatever changed since then must reach it. So the stream counts
// what it hears, and says whether something came after a moment. A stream that begins cannot know what happened before:
// then everything counts as changed, and whoever listens asks again. The browser reconnects by itself.

import { apiPaths } from '#lib/paths.ts';
import { kinds, parseEvent, type Kind, type LiveEvent } from './events.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting';

/** How long the first page waits for the stream: what is asked behind it needs not be asked twice. */
const START_MS = 500;
const RETRY_MS = 5_000;
/** How often a listener is told at most: a running import changes much at once. */
const PAUSE_MS = 500;
/** When what moves by itself is asked for although nothing was heard. */
const QUIET_MS = 3_000;
/** Browsers allow few connections to a server: a page that nobody sees gives its own back. */
const HIDDEN_MS = 60_000;

export abstract class Stream {
  #source: EventSource | undefined;
  #isOpen = false;
  #listeners = new Set<(event: LiveEvent) => void>();
  #watchers = new Set<(kinds: readonly Kind[]) => void>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #leave: ReturnType<typeof setTimeout> | undefined;
  #moment = 0;
  #changedAt = new Map<Kind, number>();

  /** Opens the stream for as long as the page lives; resolves when it is open, or when that takes too long. */
  open(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    this.#isOpen = true;
    document.addEventListener('visibilitychange', () => this.#look());
    if (document.hidden) return Promise.resolve();
    this.#connect();
    return new Promise((resolve) => {
      this.#source?.addEventListener('open', () => resolve());
      this.#source?.addEventListener('error', () => resolve());
      setTimeout(resolve, START_MS);
    });
  }

  /** Hears every event; returns what ends it. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears that something of these kinds changed, or may have changed unheard. */
  onKinds(wanted: readonly Kind[], listener: () => void): () => void {
    let pause: ReturnType<typeof setTimeout> | undefined;
    let isOwed = false;
    const tell = () => {
      isOwed = false;
      pause = setTimeout(() => {
        pause = undefined;
        if (isOwed) tell();
      }, PAUSE_MS);
      listener();
    };
    const watcher = (changed: readonly Kind[]) => {
      if (!changed.some((kind) => wanted.includes(kind))) return;
      if (pause === undefined) tell();
      else isOwed = true;
    };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      clearTimeout(pause);
    };
  }

  /** Calls every few seconds in which nothing of these kinds is heard: for what moves by itself, should the stream be held up. */
  whileQuiet(wanted: readonly Kind[], listener: () => void): () => void {
    let since = this.now();
    const timer = setInterval(() => {
      const isQuiet = !this.changedSince(since, wanted);
      since = this.now();
      if (isQuiet) listener();
    }, QUIET_MS);
    return () => clearInterval(timer);
  }

  /** This moment of the stream, to be taken before something is asked for. */
  now(): number {
    return this.#moment;
  }

  /** Whether something of these kinds changed after that moment, or may have changed unheard. */
  changedSince(moment: number, wanted: readonly Kind[]): boolean {
    return wanted.some((kind) => (this.#changedAt.get(kind) ?? 0) > moment);
  }

  /** Takes note of how the stream stands. */
  protected abstract stands(state: StreamState): void;

  /** Whether asking for the stream makes sense, after the server refused it. */
  protected abstract mayListen(): Promise<boolean>;

  #connect(): void {
    clearTimeout(this.#retry);
    const source = new EventSource(apiPaths.events);
    this.#source = source;
    source.onopen = () => {
      this.stands('live');
      this.#changed(kinds);
    };
    source.onerror = () => {
      this.stands('reconnecting');
      // A browser gives up on some answers for good; then a new stream is needed.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => void this.#again(source), RETRY_MS);
      }
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (frame) => {
        const event = parseEvent(kind, String(frame.data));
        if (!event) return;
        for (const listener of this.#listeners) listener(event);
        // What was missed is not there any more: anything may have changed.
        this.#changed(kind === 'reload' ? kinds : [kind]);
      });
    }
  }

  /** Tries again in place of a stream that was refused, once that makes sense. */
  async #again(refused: EventSource): Promise<void> {
    const may = await this.mayListen();
    // The page may have been hidden meanwhile, or shown again with a stream of its own.
    if (this.#source !== refused) return;
    if (may) this.#connect();
    else this.#retry = setTimeout(() => void this.#again(refused), RETRY_MS);
  }

  #changed(changed: readonly Kind[]): void {
    this.#moment += 1;
    for (const kind of changed) this.#changedAt.set(kind, this.#moment);
    for (const watcher of this.#watchers) watcher(changed);
  }

  /** Whether somebody sees the page has changed. */
  #look(): void {
    clearTimeout(this.#leave);
    if (document.hidden) {
      this.#leave = setTimeout(() => {
        clearTimeout(this.#retry);
        this.#source?.close();
        this.#source = undefined;
      }, HIDDEN_MS);
    } else if (this.#source === undefined) {
      this.stands('connecting');
      this.#connect();
    }
  }
}
