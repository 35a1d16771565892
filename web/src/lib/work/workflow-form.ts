// A team's process as a form: text that a person types, and back. Pure.

import type { Workflow } from '#lib/api/organisation.ts';

export interface WorkflowForm {
  stages: Workflow['stages'];
  states: Workflow['states'];
  kinds: Workflow['kinds'];
  blockedLinks: boolean;
  blockedStates: string[];
  /** One a line, as the days off are. */
  blockedLabels: string;
  blockedFlags: string;
  cancelled: string;
  start: string;
  finish: string;
  zone: string;
  workdays: boolean[];
  holidays: string;
  count: string;
  slePercent: string;
  sleDays: string;
  wipLimit: string;
  stalledAfter: string;
}

const text = (value: number | null | undefined) => value?.toString() ?? '';
const lines = (value: string) => [
  ...new Set(
    value
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];
const number = (value: string) => (value.trim() === '' ? null : Number(value));

export function toForm(workflow: Workflow): WorkflowForm {
  return {
    stages: workflow.stages,
    states: workflow.states,
    kinds: workflow.kinds,
    blockedLinks: workflow.blocked?.links ?? false,
    blockedStates: workflow.blocked?.states ?? [],
    blockedLabels: (workflow.blocked?.labels ?? []).join('\n'),
    blockedFlags: (workflow.blocked?.flags ?? []).join('\n'),
    cancelled: (workflow.cancelled_resolutions ?? []).join('\n'),
    start: workflow.start,
    finish: workflow.finish,
    zone: workflow.zone,
    workdays: workflow.workdays,
    holidays: (workflow.holidays ?? []).join('\n'),
    count: workflow.count_days,
    slePercent: text(workflow.sle_percent),
    sleDays: text(workflow.sle_days),
    wipLimit: text(workflow.wip_limit),
    stalledAfter: text(workflow.stalled_after_days),
  };
}

/** The lines of the days off. */
function holidaysOf(form: WorkflowForm): string[] {
  return form.holidays.split(/[\s,;]+/).filter(Boolean);
}

/** The first line that is no day. */
export function wrongHoliday(form: WorkflowForm): string | undefined {
  return holidaysOf(form).find((day) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return true;
    const parsed = new Date(`${day}T00:00:00Z`);
    return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day;
  });
}

/** Whether only one half of the service level is given. */
export function hasHalfSle(form: WorkflowForm): boolean {
  return (form.slePercent.trim() === '') !== (form.sleDays.trim() === '');
}

/** The process that the form describes; what it does not show stays as it was. */
export function fromForm(form: WorkflowForm, before: Workflow): Workflow {
  return {
    ...before,
    stages: form.stages,
    states: form.states,
    kinds: form.kinds,
    blocked: {
      links: form.blockedLinks,
      states: form.blockedStates,
      labels: lines(form.blockedLabels),
      flags: lines(form.blockedFlags),
    },
    cancelled_resolutions: lines(form.cancelled),
    start: form.start,
    finish: form.finish,
    zone: form.zone.trim(),
    workdays: form.workdays,
    holidays: holidaysOf(form),
    count_days: form.count,
    sle_percent: number(form.slePercent),
    sle_days: number(form.sleDays),
    wip_limit: number(form.wipLimit),
    stalled_after_days: number(form.stalledAfter) ?? before.stalled_after_days,
  };
}
