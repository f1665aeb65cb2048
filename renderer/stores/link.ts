import { appLink } from '../../common/app-link.ts';
import { currentAddress } from './address.ts';
import { studio } from './studio.ts';

/** A link to what is on screen, in whichever shell it is; undefined while nothing is open. */
export function currentLink(): string | undefined {
  const address = currentAddress();
  if (address === undefined) return undefined;
  const { shell, workspace } = studio.getState();
  if (shell === 'electron') return appLink({ address, folder: workspace?.folder });
  return new URL(address, location.href).href;
}
