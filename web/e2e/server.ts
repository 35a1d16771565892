// A server of its own for each journey: the real program, in a folder that is thrown away.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from './path.ts';

const READY_MS = 200_000;

export interface Server {
  /** Its address, without a slash at the end. */
  base: string;
  /** Ends the program and keeps its data. */
  halt: () => Promise<void>;
  /** Starts it again where it was. */
  resume: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a server without data, or with the sample organisation; resolves when it answers. */
export async function startServer({ sample = false } = {}): Promise<Server> {
  const program = process.env['HEADWAY_SERVER'] ?? onPath('headway');
  const folder = await mkdtemp(join(tmpdir(), 'headway-e2e-'));
  const more = sample ? ['--sample'] : [];
  const start = (listen: string) =>
    spawn(program, ['serve', '--data', folder, '--listen', listen, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  let child = start('127.0.0.1:0');
  const halt = () => ended(child);
  const stop = async () => {
    await halt();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const base = await address(child);
    await answers(base, sample);
    const resume = async () => {
      child = start(new URL(base).host);
      await address(child);
      await answers(base, sample);
    };
    return { base, halt, resume, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

/** Waits until the server answers, and until the sample organisation is there when it was asked for. */
async function answers(base: string, sample: boolean): Promise<void> {
  const end = Date.now() + READY_MS;
  while (Date.now() < end) {
    const start = await fetch(`${base}/api/v1/start`).then(
      (response) => response.json() as Promise<{ sample: { state: string } }>,
      () => undefined,
    );
    if (start && (!sample || start.sample.state === 'loaded')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not get ready');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(patience);
}
