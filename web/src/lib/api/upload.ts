// Files on their way to the server. `fetch` cannot tell how far an upload is, so this one call is an older kind.

import { apiPaths } from '#lib/paths.ts';
import { heed, type Schemas } from './client.ts';
import { Problem } from './errors.ts';

export interface NewImport {
  /** The key of the unit. */
  unit: string;
  /** The name of the tracker; the server derives one when it is empty. */
  tracker: string;
  files: File[];
}

/** Uploads files as a new import; `onProgress` hears how much is sent, from 0 to 1. */
export function uploadImport(
  { unit, tracker, files }: NewImport,
  onProgress: (share: number) => void,
): Promise<Schemas['Import']> {
  const body = new FormData();
  for (const file of files) body.append('files', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPaths.newImport(unit, tracker));
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = () => reject(Problem.unreachable());
    request.onload = () => {
      heed(request.status, request.responseURL);
      if (request.status >= 200 && request.status < 300) resolve(request.response as Schemas['Import']);
      else reject(Problem.from(request.status, request.response));
    };
    request.send(body);
  });
}
