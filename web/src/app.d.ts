declare global {
  namespace App {
    interface Error {
      message: string;
      /** What is safe and what to do. */
      detail?: string;
      /** The stable code of the problem. */
      code?: string;
    }

    interface PageState {
      /** Whether the side panel was opened from the page below it, so that closing it goes back. */
      panelOpenedHere?: boolean;
    }
  }
}

export {};
