// Units and settings of the installation.

import { api, done, take, type Schemas } from './client.ts';

export type Unit = Schemas['Unit'];
export type Workflow = Schemas['WorkflowBody'];
export type Settings = Schemas['Settings'];

export const getStart = () => take(api.GET('/api/v1/start'));
export const loadSample = () => take(api.POST('/api/v1/sample'));
export const search = (q: string) => take(api.GET('/api/v1/search', { params: { query: { q, limit: 12 } } }));

export const getSettings = () => take(api.GET('/api/v1/settings'));
export const putSettings = (body: Settings) => take(api.PUT('/api/v1/settings', { body }));

export const listUnits = () => take(api.GET('/api/v1/units'));
export const createUnit = (body: Schemas['NewUnit']) => take(api.POST('/api/v1/units', { body }));
export const patchUnit = (unit: string, body: Schemas['UnitPatch']) =>
  take(api.PATCH('/api/v1/units/{unit}', { params: { path: { unit } }, body }));
export const deleteUnit = (unit: string) =>
  done(api.DELETE('/api/v1/units/{unit}', { params: { path: { unit } } }));

export const getWorkflow = (unit: string) =>
  take(api.GET('/api/v1/units/{unit}/workflow', { params: { path: { unit } } }));
export const putWorkflow = (unit: string, body: Workflow) =>
  take(api.PUT('/api/v1/units/{unit}/workflow', { params: { path: { unit } }, body }));
