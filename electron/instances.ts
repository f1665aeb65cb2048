import { app } from 'electron';
import { z } from 'zod';
import { openingInArguments, openingOf, type Opening } from './opening.ts';

const passedOn = z.object({
  opening: z
    .object({ folder: z.string(), file: z.string().optional(), trustForThisLaunch: z.boolean().optional() })
    .optional(),
});

/**
 * Only one of us runs on the same settings, and thereby on the same runs. A second start hands over what it was to open, and
 * ends. Returns whether this is the first.
 */
export function isFirstInstance(opening: Opening | undefined): boolean {
  return app.requestSingleInstanceLock({ opening });
}

/** Where this start was told to open something. */
export function openingOfThisStart(): Opening | undefined {
  return openingInArguments(process.argv, process.cwd());
}

/** Later wishes to open something: by another start, and by a file or folder dropped on the app's icon. */
export function setupFurtherOpenings(open: (opening: Opening | undefined) => void): void {
  app.on('second-instance', (_event, _argv, _from, data) => {
    const parsed = passedOn.safeParse(data);
    open(parsed.success ? parsed.data.opening : undefined);
  });
  app.on('open-file', (event, place) => {
    event.preventDefault();
    open(openingOf(place, process.cwd()));
  });
}
