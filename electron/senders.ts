import { ipcMain, type IpcMainEvent, type WebContents, type WebFrameMain } from 'electron';
import { isOurs } from './page-files.ts';

/** Hears a channel, from our own page only: whatever else could run in the window, a frame inside the page too, has no say. */
export function fromPage(channel: string, listener: (sender: WebContents, message: unknown) => void): () => void {
  const onEvent = (event: IpcMainEvent, message: unknown) => {
    if (isFromPage(event.senderFrame)) listener(event.sender, message);
  };
  ipcMain.on(channel, onEvent);
  return () => {
    ipcMain.off(channel, onEvent);
  };
}

function isFromPage(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurs(frame.url);
}
