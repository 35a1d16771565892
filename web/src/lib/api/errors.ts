// problem+json (RFC 9457) as something to show: what happened, what is safe, what to do.

import { sentence } from '#lib/messages/format.ts';
import { m } from '#lib/messages/index.ts';

interface ProblemBody {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
  pointer?: unknown;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string | undefined;
  /** The field at fault, as a JSON pointer. */
  readonly pointer: string | undefined;
  /** The language of the words of the server; none where they are the client's own. */
  readonly lang: 'en' | undefined;

  constructor(
    status: number,
    title: string,
    detail: string,
    server?: { code: string | undefined; pointer: string | undefined },
  ) {
    super(title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.code = server?.code;
    this.pointer = server?.pointer;
    this.lang = server && 'en';
  }

  static from(status: number, body: unknown): Problem {
    if (typeof body === 'object' && body !== null) {
      const { title, detail, code, pointer } = body as ProblemBody;
      if (typeof title === 'string') {
        return new Problem(status, sentence(title), sentence(text(detail)), {
          code: text(code) || undefined,
          pointer: text(pointer) || undefined,
        });
      }
    }
    if (status === 404) return new Problem(status, m.frame.errors.notFound, m.frame.errors.notFoundHint);
    if (status >= 502 && status <= 504) return Problem.unreachable();
    return new Problem(status, m.frame.errors.unexpected, m.frame.errors.unexpectedHint);
  }

  static unreachable(): Problem {
    return new Problem(0, m.frame.errors.unreachable, m.frame.errors.unreachableHint);
  }

  /** What a notice shows of it. */
  get notice() {
    return { title: this.title, detail: this.detail, code: this.code, lang: this.lang };
  }

  /** Whatever was thrown, as a problem. */
  static of(thrown: unknown): Problem {
    return thrown instanceof Problem
      ? thrown
      : new Problem(-1, m.frame.errors.unexpected, m.frame.errors.unexpectedHint);
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
