import { partSelector } from '../../common/recording/html.ts';
import { openRecording, type Parts } from '../client/recording/open.ts';
import { showRecording } from './session.ts';

/* The page as it is in an exported file: the run stands in the same page, in the place of a host. */

const parts: Parts = part => document.querySelector(partSelector(part))?.textContent;

export function isExportedPage(): boolean {
  return parts(0) !== undefined;
}

/** @throws where the file is damaged */
export async function openExportedPage(): Promise<void> {
  showRecording(await openRecording(parts), parts);
}
