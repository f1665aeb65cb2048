import { appLink } from '../../common/app-link.ts';
import { currentAddress } from './address.ts';
import { studio } from './studio.ts';

/** A link to what is on screen, in whichever shell it is; undefined while nothing is open. */
export function currentLink(): string | undefined {
  const address = currentAddress();
  return address === undefined ? undefined : linkTo(address);
}

/** @param address As the page has it: `#/run/4` */
export function linkTo(address: string): string {
  const { shell, workspace } = studio.getState();
  if (shell === 'electron') return appLink({ address, folder: workspace?.folder });
  return new URL(address, location.href).href;
}
