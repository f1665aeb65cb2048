import { copyText } from './clipboard.ts';
import { currentLink, linkTo } from './link.ts';
import { notice } from './notice.ts';

export function copyRunLink(run: number): void {
  copyText(linkTo(`#/run/${run}`)).catch(notice);
}

/** To what is on screen, as it was at the moment that is shown. */
export function copyMomentLink(): void {
  const link = currentLink();
  if (link !== undefined) copyText(link).catch(notice);
}
