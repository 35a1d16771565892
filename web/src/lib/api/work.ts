// Items and imports.

import { api, take, type Schemas } from './client.ts';

export type Item = Schemas['Item'];
export type Import = Schemas['Import'];
export type ImportCounts = Schemas['ImportCounts'];
export type Dialect = Schemas['DialectBody'];
export type Mapping = Schemas['MappingBody'];
export type MappingPage = Schemas['MappingPage'];

/** What can be asked of an import by a person. */
export type ImportStep = 'dry_run' | 'start' | 'pause' | 'resume' | 'approve' | 'roll_back' | 'abandon';

export interface ItemQuery {
  progress?: string;
  work_type?: string;
  stage?: string;
  label?: string;
  q?: string;
  sort?: string;
  cursor?: string;
  limit?: number;
}

export const listItems = (unit: string, query: ItemQuery) =>
  take(api.GET('/api/v1/units/{unit}/items', { params: { path: { unit }, query } }));
export const getItem = (item: string) =>
  take(api.GET('/api/v1/items/{item}', { params: { path: { item } } }));

export const listImports = (cursor?: string) =>
  take(api.GET('/api/v1/imports', { params: { query: { cursor } } }));
export const getImport = (id: string) =>
  take(api.GET('/api/v1/imports/{import}', { params: { path: { import: id } } }));
export const getMapping = (id: string) =>
  take(api.GET('/api/v1/imports/{import}/mapping', { params: { path: { import: id } } }));
export const putMapping = (id: string, body: Mapping) =>
  take(api.PUT('/api/v1/imports/{import}/mapping', { params: { path: { import: id } }, body }));
export const putMappingText = (id: string, body: string) =>
  take(
    api.PUT('/api/v1/imports/{import}/mapping.toml', {
      params: { path: { import: id } },
      body,
      bodySerializer: (text) => text,
      headers: { 'content-type': 'application/toml; charset=utf-8' },
    }),
  );
/** One entry a file, in the order of the files; `null` keeps what was detected. The files are then checked again. */
export const putDialects = (id: string, body: (Dialect | null)[]) =>
  take(api.PUT('/api/v1/imports/{import}/dialects', { params: { path: { import: id } }, body }));
export const stepImport = (id: string, step: ImportStep) =>
  take(api.POST('/api/v1/imports/{import}/steps', { params: { path: { import: id } }, body: { step } }));
export const getReport = (
  id: string,
  query: { severity?: string; code?: string; cursor?: string; limit?: number },
) => take(api.GET('/api/v1/imports/{import}/report', { params: { path: { import: id }, query } }));
export const getQuality = (id: string) =>
  take(api.GET('/api/v1/imports/{import}/quality', { params: { path: { import: id } } }));
