import { useState } from 'react';
import type { Chapter } from '../../model/presentation/chapters.ts';
import { useStudio } from '../../stores/studio.ts';

const KEY = 'cronflow.notes';
const SIZE_KEY = 'cronflow.notes.size';
const SIZES = { least: 14, usual: 24, most: 64 };

/** What somebody has written down for a chapter of the open workflow; it stays on this computer. */
export function useNotes(chapter: Chapter): readonly [string, (text: string) => void] {
  const workflow = useStudio(state => state.workflow ?? state.detail?.item);
  const key = `${KEY} ${JSON.stringify([workflow?.workflow, chapter])}`;
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const write = (text: string) => {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    setWritten(before => ({ ...before, [key]: text }));
  };
  return [written[key] ?? localStorage.getItem(key) ?? '', write];
}

/** How large they are shown, in CSS pixels. */
export function useTextSize(): readonly [number, (size: number) => void] {
  const [size, setSize] = useState(() => within(Number(localStorage.getItem(SIZE_KEY) ?? SIZES.usual)));
  return [
    size,
    wanted => {
      localStorage.setItem(SIZE_KEY, String(within(wanted)));
      setSize(within(wanted));
    },
  ];
}

function within(size: number): number {
  return Number.isFinite(size) ? Math.min(SIZES.most, Math.max(SIZES.least, size)) : SIZES.usual;
}
