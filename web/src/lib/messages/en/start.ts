// The first visit, and the organisation as a whole.

import { list } from '../catalogue.ts';
import { count, formatNumber } from '../format.ts';

export const start = {
  first: {
    title: 'See how your work flows',
    text: 'Headway reads the histories of your trackers and tells what is finished when, how sure that is, and what needs attention. Nothing leaves this machine, and nobody is measured as a person.',
    sample: 'Load the sample organisation',
    sampleHint: 'Twelve teams with two years of history, invented. It takes about a minute.',
    import: 'Import histories',
    importHint: 'Files from Jira, GitHub, GitLab, Azure DevOps, Redmine, Trello, Git, or a table.',
    loading: 'Building the sample organisation',
    steps: {
      bring: {
        title: 'Bring a history',
        text: 'An export of your tracker. The format is recognised from the content.',
      },
      map: {
        title: 'Say what its words mean',
        text: 'Which state is a queue, which is work, which is done. A proposal is made from the data.',
      },
      see: {
        title: 'See before anything is stored',
        text: 'A dry run counts what would change. After the import you approve it, or roll it back exactly.',
      },
    },
    example: 'What you get',
    exampleTexts: list(
      'Forecasts that show how often they held',
      'Work that grows old, by stage',
      'Signals with their evidence and a next step',
    ),
  },
  organisation: {
    title: 'Organisation',
    answer: 'Where attention is needed in each part.',
    caption: 'The units at the top, each with its key figures',
    unit: 'Unit',
    items: (n: number) => count(n, 'item'),
    signals: (n: number) => (n === 0 ? 'nothing needs attention' : `${formatNumber(n)} to look at`),
    noItems: 'no items yet',
  },
};
