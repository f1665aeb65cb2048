import { copyText } from './clipboard.ts';
import { linkTo } from './link.ts';
import { notice } from './notice.ts';

export function copyRunLink(run: number): void {
  copyText(linkTo(`#/run/${run}`)).catch(notice);
}
