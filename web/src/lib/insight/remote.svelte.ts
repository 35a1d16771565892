// An answer that follows a question: asked anew when the question changes, with the old answer kept on screen meanwhile.

import { Problem } from '#lib/api/errors.ts';
import { live } from '#lib/live/live.svelte.ts';

export class Remote<Answer> {
  data = $state.raw<Answer>();
  problem = $state.raw<Problem>();
  isLoading = $state(true);
  #again = $state(0);

  /** `question` reads the state that the answer depends on, and asks. It may answer `undefined` to wait. */
  constructor(question: () => ((signal: AbortSignal) => Promise<Answer>) | undefined) {
    // What others import or change appears by itself.
    $effect(() => live.onKinds(['items', 'workflow'], () => this.retry()));
    $effect(() => {
      void this.#again;
      const ask = question();
      if (ask === undefined) return;
      const abort = new AbortController();
      this.isLoading = true;
      ask(abort.signal)
        .then((answer) => {
          if (abort.signal.aborted) return;
          this.data = answer;
          this.problem = undefined;
          this.isLoading = false;
        })
        .catch((cause: unknown) => {
          if (abort.signal.aborted) return;
          this.problem = Problem.of(cause);
          this.isLoading = false;
        });
      return () => abort.abort();
    });
  }

  retry(): void {
    this.#again += 1;
  }
}
