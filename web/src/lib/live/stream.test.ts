import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Stream, type StreamState } from './stream.ts';

/** A source that does what a test says. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 0;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;

  constructor() {
    super();
    Source.all.push(this);
    this.addEventListener('open', () => this.onopen?.());
    this.addEventListener('error', () => this.onerror?.());
  }

  static get last(): Source {
    return Source.all.at(-1) as Source;
  }

  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  breaks(readyState: number) {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }

  says(kind: string, data: object = {}) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }

  close() {
    this.readyState = Source.CLOSED;
  }
}

class Page extends EventTarget {
  hidden = false;

  turns(hidden: boolean) {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

class Live extends Stream {
  state: StreamState = 'connecting';
  isSignedIn = true;

  protected stands(state: StreamState) {
    this.state = state;
  }

  protected mayListen() {
    return Promise.resolve(this.isSignedIn);
  }
}

let page: Page;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  page = new Page();
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('document', page);
  live = new Live();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the first page', () => {
  test('waits for the stream', async () => {
    const opening = live.open();
    expect(live.state).toBe('connecting');
    Source.last.opens();
    await opening;
    expect(live.state).toBe('live');
  });

  test('does not wait for long', async () => {
    const opening = live.open();
    await vi.advanceTimersByTimeAsync(1_000);
    await opening;
    expect(live.state).toBe('connecting');
  });
});

describe('what came between an answer and its listener', () => {
  test('is known', () => {
    void live.open();
    Source.last.opens();
    const asked = live.now();
    expect(live.changedSince(asked, ['import', 'items'])).toBe(false);
    Source.last.says('import', { import_id: 'i' });
    expect(live.changedSince(asked, ['import'])).toBe(true);
    expect(live.changedSince(asked, ['items'])).toBe(false);
    expect(live.changedSince(live.now(), ['import'])).toBe(false);
  });

  test('may be anything when the stream was not open yet', () => {
    void live.open();
    const asked = live.now();
    Source.last.opens();
    expect(live.changedSince(asked, ['units'])).toBe(true);
  });
});

describe('a listener to kinds', () => {
  test('hears of its kinds only, at once and then twice a second', () => {
    void live.open();
    Source.last.opens();
    const heard = vi.fn();
    const stop = live.onKinds(['import'], heard);
    Source.last.says('items');
    expect(heard).toHaveBeenCalledTimes(0);
    for (let count = 0; count < 5; count += 1) Source.last.says('import');
    expect(heard).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(600);
    expect(heard).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5_000);
    expect(heard).toHaveBeenCalledTimes(2);
    Source.last.says('import');
    expect(heard).toHaveBeenCalledTimes(3);
    Source.last.says('import');
    stop();
    vi.advanceTimersByTime(5_000);
    Source.last.says('import');
    expect(heard).toHaveBeenCalledTimes(3);
  });

  test('is told when the stream begins, and begins again', () => {
    void live.open();
    const heard = vi.fn();
    live.onKinds(['units'], heard);
    Source.last.opens();
    expect(heard).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    Source.last.breaks(0);
    expect(live.state).toBe('reconnecting');
    Source.last.opens();
    expect(heard).toHaveBeenCalledTimes(2);
    expect(Source.all).toHaveLength(1);
  });

  test('is told when the server no longer knows what was missed', () => {
    void live.open();
    Source.last.opens();
    const heard = vi.fn();
    live.onKinds(['units'], heard);
    Source.last.says('reload');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('is told when a stream that the browser gave up on is opened anew', async () => {
    void live.open();
    Source.last.opens();
    const heard = vi.fn();
    live.onKinds(['units'], heard);
    Source.last.breaks(Source.CLOSED);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(Source.all).toHaveLength(2);
    Source.last.opens();
    expect(live.state).toBe('live');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('is not asked for by somebody whose session is over, until they have signed in again', async () => {
    void live.open();
    Source.last.opens();
    live.isSignedIn = false;
    Source.last.breaks(Source.CLOSED);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Source.all).toHaveLength(1);
    expect(live.state).toBe('reconnecting');
    live.isSignedIn = true;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(Source.all).toHaveLength(2);
  });
});

test('what moves by itself is asked for while nothing is heard, and not while it is', () => {
  void live.open();
  const ask = vi.fn();
  const stop = live.whileQuiet(['import'], ask);
  vi.advanceTimersByTime(10_000);
  expect(ask).toHaveBeenCalledTimes(3);
  Source.last.opens();
  for (let second = 0; second < 10; second += 1) {
    Source.last.says('import');
    vi.advanceTimersByTime(1_000);
  }
  expect(ask).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(6_000);
  expect(ask.mock.calls.length).toBeGreaterThan(3);
  stop();
  const before = ask.mock.calls.length;
  vi.advanceTimersByTime(60_000);
  expect(ask).toHaveBeenCalledTimes(before);
});

describe('a page that nobody sees', () => {
  test('gives its connection back after a while, and begins again when it is seen', () => {
    void live.open();
    Source.last.opens();
    const heard = vi.fn();
    live.onKinds(['items'], heard);
    page.turns(true);
    vi.advanceTimersByTime(1_000);
    page.turns(false);
    vi.advanceTimersByTime(120_000);
    expect(Source.last.readyState).toBe(1);
    page.turns(true);
    vi.advanceTimersByTime(120_000);
    expect(Source.last.readyState).toBe(Source.CLOSED);
    page.turns(false);
    expect(Source.all).toHaveLength(2);
    Source.last.opens();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('opens none before it is seen', async () => {
    page.hidden = true;
    await live.open();
    expect(Source.all).toHaveLength(0);
    page.turns(false);
    expect(Source.all).toHaveLength(1);
  });
});
