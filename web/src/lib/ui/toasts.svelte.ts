// Short messages that come and go, and the one live region that screen readers listen to.

interface Toast {
  id: number;
  text: string;
  meaning: 'good' | 'bad' | 'info';
  /** The language of the text, where it is another one than the page's. */
  lang?: string | undefined;
  action?: { label: string; run: () => void };
}

const SHOWN_FOR_MS = 6_000;

class Toasts {
  shown = $state<Toast[]>([]);
  /** What the live region says. */
  announcement = $state('');
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Shows a message for a few seconds; one with an action or a failure stays longer. */
  show(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
    const toast: Toast = { id: this.#next++, text, meaning: 'info', ...options };
    this.shown = [...this.shown.slice(-2), toast];
    this.#leaveLater(toast);
  }

  /** Shows what went wrong. */
  fail(problem: { title: string; lang: string | undefined }): void {
    this.show(problem.title, { meaning: 'bad', lang: problem.lang });
  }

  /** Keeps what is shown while somebody reads it or is about to press something in it. */
  hold(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Lets it go after its time, which begins anew. */
  release(): void {
    for (const toast of this.shown) this.#leaveLater(toast);
  }

  #leaveLater(toast: Toast): void {
    const lasts = toast.action || toast.meaning === 'bad' ? SHOWN_FOR_MS * 2 : SHOWN_FOR_MS;
    clearTimeout(this.#timers.get(toast.id));
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), lasts),
    );
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
    this.#timers.delete(id);
  }

  /** Says something without showing it: the result of a move by keyboard. */
  announce(text: string): void {
    this.announcement = text;
  }
}

export const toasts = new Toasts();
