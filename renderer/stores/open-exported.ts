import { partsIn } from '../../common/recording/html.ts';
import { METHODS, RECORDING } from '../../host/api/api.ts';
import type { CheckAnswer } from '../client/recording/client.ts';
import { openRecording } from '../client/recording/open.ts';
import { notice } from './notice.ts';
import { showRecording } from './session.ts';

/* An exported file that is opened in the Studio. Of the file only the run is read: none of its script is executed. */

/** Shows a file that somebody has handed over, in the place of the workspace. */
export async function openExportedFile(file: File): Promise<void> {
  try {
    const parts = partsIn(await file.text());
    if (parts.length === 0)
      throw new Error(
        `${file.name} is no run that Cronflow has exported. Export one with: cronflow export <run> --html <file>`,
      );
    const recording = await openRecording(part => parts[part]);
    const checked = RECORDING.safeParse(recording);
    if (!checked.success) throw new Error(`${file.name} is damaged. Ask for it again.`);
    // The address before is one of the workspace.
    history.replaceState(null, '', location.pathname + location.search);
    showRecording(checked.data, part => parts[part], check);
  } catch (error) {
    notice(error);
  }
}

const check: CheckAnswer = (method, answer) => {
  const result = METHODS[method].result.safeParse(answer);
  if (!result.success) throw new Error('This part of the file is damaged. Ask for the file again.');
  return result.data;
};
