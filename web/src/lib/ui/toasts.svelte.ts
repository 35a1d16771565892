// Short messages that come and go, and the one live region that screen readers listen to.

interface Toast {
  id: number;
  text: string;
  meaning: 'good' | 'bad' | 'info';
  action?: { label: string; run: () => void };
}

const SHOWN_FOR_MS = 6_000;

class Toasts {
  shown = $state<Toast[]>([]);
  /** What the live region says. */
  announcement = $state('');
  #next = 1;

  /** Shows a message for a few seconds; one with an action or a failure stays longer. */
  show(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
    const toast: Toast = { id: this.#next++, text, meaning: 'info', ...options };
    this.shown = [...this.shown.slice(-2), toast];
    const lasts = toast.action || toast.meaning === 'bad' ? SHOWN_FOR_MS * 2 : SHOWN_FOR_MS;
    setTimeout(() => this.dismiss(toast.id), lasts);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** Says something without showing it: the result of a move by keyboard. */
  announce(text: string): void {
    this.announcement = text;
  }
}

export const toasts = new Toasts();
