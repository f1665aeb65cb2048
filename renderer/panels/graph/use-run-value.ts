import { useEffect, useState } from 'react';
import type { ShownValue } from '../../../host/api/api.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { whenAnswered } from './when-answered.ts';

/** The beginning of what the run was given, or of what came out of it. */
export function useRunValue(which: 'payload' | 'result'): string | undefined {
  const run = useStudio(state => (state.detail ? state.runId : undefined));
  const completed = useStudio(state => state.progress?.status === 'completed');
  const [known, setKnown] = useState<{ readonly key: string; readonly json: string }>();
  const key = run !== undefined && (which === 'payload' || completed) ? `${run} ${which}` : undefined;
  useEffect(() => {
    if (key === undefined || run === undefined) return undefined;
    const request = (): Promise<ShownValue | null> =>
      which === 'payload' ? api().getPayload({ run }) : api().getResult({ run });
    return whenAnswered(request, value => setKnown({ key, json: inShort(value?.json ?? '') }));
  }, [key, run, which]);
  return known?.key === key ? known?.json : undefined;
}

/** As much of a value as a card has room for, in one line. */
function inShort(json: string): string {
  const line = json.slice(0, 400).replaceAll(/\s+/g, ' ');
  return line.length <= SHORT ? line : `${line.slice(0, SHORT)}…`;
}

const SHORT = 60;
