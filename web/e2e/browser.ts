// The browser of the journeys: the system's own Chromium, without network beyond this machine.

import { chromium, type Browser } from 'playwright-core';
import { onPath } from './path.ts';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath:
      process.env['HEADWAY_CHROMIUM'] ?? onPath('chromium', 'chromium-browser', 'google-chrome'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}
