import { nameBefore, type ChangedWork } from '../common/changed-work.ts';

/** How a command line says what becomes of stored work whose node has changed. */
export function changedWorkHint([first]: readonly ChangedWork[]): string {
  if (!first) return '';
  const { path, now, candidates } = first;
  const isWay = now === 'lost way';
  return [
    '',
    `If ${isWay ? 'it' : 'a node'} was renamed, say so: --renamed ${nameBefore(first)}=${candidates[0] ?? '<new name>'}`,
    isWay
      ? `To have the condition asked again: --discard ${path}`
      : `To take its work out of use, so that it is done anew or not at all: --discard ${path}`,
  ].join('\n');
}
