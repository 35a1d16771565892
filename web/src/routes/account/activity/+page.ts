import { forPage } from '#lib/api/page.ts';
import { listOwnActivity } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => ({ page: await forPage(listOwnActivity()) });
