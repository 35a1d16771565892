// Answers the API in `npm run dev` when no server is named: an organisation in memory, for work on pages and for
// screenshots. `?empty` behind the address of `/api/v1/mock` empties it, for the first visit.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import * as imports from './imports.ts';
import { answerInsight } from './insight.ts';
import * as items from './items.ts';
import * as organisation from './organisation.ts';

interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  text: string;
  body: Record<string, unknown>;
}

let workflow: unknown = organisation.workflow;
let sample = { state: 'absent', progress: 0 };
let settings: unknown = { keep_names: false };

/** The answer to a request; `undefined` when the mock does not know it. */
function answer(ask: Ask): unknown {
  const [noun, id = '', part, sub] = ask.path.split('/');
  const isRead = ask.method === 'GET';
  switch (noun) {
    case 'mock':
      organisation.clear();
      return {};
    case 'start':
      return {
        version: '0.1.0',
        top: organisation.units.filter((it) => it.parent_id === null),
        has_items: organisation.units.some((it) => it.items > 0),
        sample,
        database: 'sqlite',
      };
    case 'session':
      return organisation.session;
    case 'sample':
      sample = { state: 'loading', progress: 0.42 };
      return sample;
    case 'settings':
      if (!isRead) settings = ask.body;
      return settings;
    case 'search':
      return {
        hits: items
          .list(ask.query)
          .items.slice(0, 6)
          .map((it) => ({ ...it, kind: 'item' })),
      };
    case 'items':
      return items.find(id);
    case 'units':
      return answerUnit(ask, id, part, sub);
    case 'imports':
      return answerImport(ask, id, part);
    default:
      return undefined;
  }
}

function answerUnit(ask: Ask, id: string, part: string | undefined, sub: string | undefined): unknown {
  if (id === '') return ask.method === 'POST' ? organisation.create(ask.body) : { units: organisation.units };
  if (part === 'items') return items.list(ask.query);
  if (part === 'workflow') {
    if (ask.method === 'PUT') workflow = ask.body;
    return workflow;
  }
  if (part === 'measures') return { ...organisation.explanation, measure: sub ?? '' };
  if (part === undefined && ask.method === 'PATCH') return organisation.patch(id, ask.body);
  if (part === undefined && ask.method === 'DELETE') {
    organisation.remove(id);
    return null;
  }
  return answerInsight(`/api/v1/units/${[id, part, sub].filter(Boolean).join('/')}`, ask.body);
}

function answerImport(ask: Ask, id: string, part: string | undefined): unknown {
  if (id === '') return ask.method === 'POST' ? imports.create('New tracker') : imports.list();
  if (part === undefined || part === 'dialects') return imports.find(id);
  if (part === 'steps') return imports.step(id, String(ask.body['step']));
  if (part === 'mapping') {
    const mapping = ask.method === 'PUT' ? ask.body : imports.mapping.mapping;
    return { ...imports.mapping, mapping, gaps: ask.method === 'PUT' ? [] : imports.mapping.gaps };
  }
  if (part === 'report') {
    const [severity, code] = [ask.query.get('severity'), ask.query.get('code')];
    const entries = imports.report.entries.filter(
      (it) => (!severity || it.severity === severity) && (!code || it.code === code),
    );
    return { ...imports.report, entries };
  }
  return part === 'quality' ? imports.quality : undefined;
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': open\n\n');
}

function read(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api/v1/')) return next();
  const path = decodeURIComponent(url.pathname.slice('/api/v1/'.length));
  if (path === 'events') return stream(response);
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const text = Buffer.concat(parts).toString();
    const ask: Ask = {
      method: request.method ?? 'GET',
      path,
      query: url.searchParams,
      text,
      body: read(text),
    };
    const found = answer(ask) ?? answerInsight(url.pathname, ask.body);
    response.statusCode = found === undefined ? 404 : found === null ? 204 : 200;
    response.setHeader('content-type', found === undefined ? 'application/problem+json' : 'application/json');
    const missing = { type: 'about:blank', title: 'not found', detail: path, status: 404, code: 'not_found' };
    response.end(found === null ? undefined : JSON.stringify(found ?? missing));
  });
}

export function mockApi(): Plugin {
  return {
    name: 'mock-api',
    configureServer(server) {
      server.middlewares.use(handle);
    },
    configurePreviewServer(server) {
      server.middlewares.use(handle);
    },
  };
}
