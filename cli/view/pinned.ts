import { counted } from '../../common/format.ts';
import { oneLine, safe } from '../../common/safe-text.ts';
import type { PinnedFile } from '../../engine/runner/probe/pin-items.ts';
import type { PinnedTest } from '../../engine/runner/probe/pinned-test.ts';
import type { SmallestItem } from '../../engine/runner/probe/shrink-item.ts';
import { errorOf } from '../../engine/store/json-line.ts';
import { toCaller } from '../caller-paths.ts';
import type { CliEvent } from './json.ts';
import { shellWord } from '../shell-word.ts';

/** The line of `cronflow probe --pin --json`. */
export function pinnedEvent({ file, wasThere, missing }: PinnedFile, test: PinnedTest): CliEvent {
  const { node, batch, places, error, left } = test;
  return { event: 'pinned', node, batch, items: places, file, wasThere, missing, left, error: errorOf(error) };
}

export function pinnedText(
  { file, wasThere, missing }: PinnedFile,
  { error, left }: Pick<PinnedTest, 'error' | 'left'>,
  smallest: SmallestItem | undefined,
): string {
  const shown = toCaller(file);
  return [
    wasThere ? `  ${safe(shown)} is there already, and is this very test.` : `  ${safe(shown)} is written.`,
    `    fails with ${oneLine(error.explain ?? error.message)}`,
    ...(smallest
      ? [`    for only ${oneLine(smallest.text, 500)} (${counted(smallest.probes, ['probe', 'probes'])})`]
      : []),
    ...left.map(
      name =>
        `    It reads the output of ${oneLine(name, 80)}, which is too large for a test: add what it needs of it.`,
    ),
    ...(missing.length > 0
      ? [
          `    ${missing.join(' and ')} cannot be found from there: install ${missing.length === 1 ? 'it' : 'them'} first.`,
        ]
      : []),
    `    Run it with: npx vitest run ${shellWord(shown)}`,
  ].join('\n');
}
