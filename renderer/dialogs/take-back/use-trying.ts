import { useEffect, useState } from 'react';
import type { Problem } from '../../../host/api/api.ts';
import type { CorrectionsFound, TriedRow, Trying } from '../../model/corrections.ts';
import { api } from '../../stores/host.ts';
import { toProblem } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';

const NONE: Trying = { state: 'trying', rows: new Map() };

/**
 * Tries the corrected items of a file, as many at a time as the host does, and anew when a file of the workflow is saved. It ends when
 * nobody looks any more. `allow` says that their steps may be executed.
 */
export function useTrying(
  run: number | undefined,
  { id, corrected }: CorrectionsFound,
): { readonly trying: Trying; readonly allow: () => void } {
  const [trying, setTrying] = useState(NONE);
  const [isAllowed, setIsAllowed] = useState(false);
  const workspace = useStudio(state => state.workspace);
  const isEmpty = corrected.length === 0;
  useEffect(() => {
    let isWanted = !isEmpty;
    const rows = new Map<number, TriedRow>();
    const note = (news: Omit<Trying, 'rows'>) => {
      if (isWanted) setTrying({ ...news, rows: new Map(rows) });
    };
    const refused = ({ message }: Problem) => note({ state: 'refused', why: message });
    const tryAll = async (): Promise<void> => {
      let from: number | null = 0;
      while (isWanted && from !== null && run !== undefined) {
        const outcome = await api().tryCorrections({ run, id, from, allow: isAllowed });
        if (!outcome.ok) return refused(outcome.problem);
        const { asks, tried, next } = outcome.value;
        for (const row of tried) rows.set(row.row, row);
        if (asks) return note({ state: 'asks' });
        note({ state: next === null ? 'ended' : 'trying' });
        from = next;
      }
    };
    setTrying(NONE);
    tryAll().catch((error: unknown) => refused(toProblem(error)));
    return () => {
      isWanted = false;
    };
  }, [run, id, isEmpty, isAllowed, workspace]);
  return { trying, allow: () => setIsAllowed(true) };
}
