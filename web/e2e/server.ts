// A server of its own for each journey: the real program, in a folder that is thrown away.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from './path.ts';

const READY_MS = 200_000;

/** The owner of every server that is started with one. */
export const owner = { name: 'Olga Owner', email: 'olga@example.org', password: 'four words and a bird' };

export interface Server {
  /** Its address, without a slash at the end. */
  base: string;
  /** A token of the owner, for what is asked without a browser; empty where there is no owner. */
  token: string;
  /** What it said when it started. */
  said: string;
  /** Runs the program with `people` and these arguments on the same data, and returns what it printed. */
  people: (args: string[], input?: string) => Promise<string>;
  /** Ends the program and keeps its data. */
  halt: () => Promise<void>;
  /** Starts it again where it was. */
  resume: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface ServerOptions {
  /** With the sample organisation. */
  sample?: boolean;
  /** Without an owner, so that it has to be set up. */
  isNew?: boolean;
}

/** Starts a server without data, or with the sample organisation; resolves when it answers. */
export async function startServer({ sample = false, isNew = false }: ServerOptions = {}): Promise<Server> {
  const program = process.env['HEADWAY_SERVER'] ?? onPath('headway');
  const folder = await mkdtemp(join(tmpdir(), 'headway-e2e-'));
  const more = sample ? ['--sample'] : [];
  const start = (listen: string) =>
    spawn(program, ['serve', '--data', folder, '--listen', listen, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const people = (args: string[], input = '') => ran(program, ['people', '--data', folder, ...args], input);
  let token = '';
  if (!isNew) {
    const { name, email, password } = owner;
    const add = ['add', '--email', email, '--name', name, '--role', 'owner', '--password-stdin'];
    await people(add, password);
    token = await people(['token', email]);
  }
  let child = start('127.0.0.1:0');
  const halt = () => ended(child);
  const stop = async () => {
    await halt();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { base, said } = await address(child);
    await answers(base, token, sample);
    const resume = async () => {
      child = start(new URL(base).host);
      await address(child);
      await answers(base, token, sample);
    };
    return { base, token, said, people, halt, resume, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Runs a program to its end; its output. */
function ran(program: string, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, (error, output) =>
      error ? reject(error) : resolve(output.trim()),
    );
    child.stdin?.end(input);
  });
}

function address(child: ChildProcess): Promise<{ base: string; said: string }> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found && said.includes('\n')) resolve({ base: found[0], said });
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

/** What shows whose a request is. */
export function bearer(token: string): Record<string, string> {
  return token === '' ? {} : { Authorization: `Bearer ${token}` };
}

/** Waits until the server answers, and until the sample organisation is there when it was asked for. */
async function answers(base: string, token: string, sample: boolean): Promise<void> {
  const end = Date.now() + READY_MS;
  while (Date.now() < end) {
    const path = token === '' ? '/health' : '/api/v1/start';
    const start = await fetch(base + path, { headers: bearer(token) }).then(
      (response) => response.json() as Promise<{ sample?: { state: string } }>,
      () => undefined,
    );
    if (start && (!sample || start.sample?.state === 'loaded')) return;
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
