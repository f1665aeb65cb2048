import { EventEmitter } from 'node:events';
import type { WebContents } from './web-contents.ts';

type PermissionHandler = (
  contents: WebContents,
  permission: string,
  answer: (allowed: boolean) => void,
  details: object,
) => void;

class Session extends EventEmitter {
  #onRequest: PermissionHandler | null = null;

  setPermissionRequestHandler(handler: PermissionHandler | null): void {
    this.#onRequest = handler;
  }

  setPermissionCheckHandler(): void {
    // Chromium's own checks do not come this way.
  }

  setDevicePermissionHandler(): void {
    // There are no devices.
  }

  /** For the stand-in itself. As in Electron: without a handler, everything is allowed. */
  async allows(contents: WebContents, permission: string): Promise<boolean> {
    const handler = this.#onRequest;
    if (!handler) return true;
    return await new Promise(resolve => handler(contents, permission, resolve, {}));
  }
}

export const session = { defaultSession: new Session() };
