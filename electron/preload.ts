import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { COMMAND, MESSAGE, OPEN } from './channels.ts';

/*
 * All that the page gets from Electron: a pipe for messages (StudioPipe in renderer/client/channel.ts). Named functions only:
 * `ipcRenderer` itself, whose events carry a sender to call back, stays in here.
 */

/** Commands that came before the page was there to hear them. */
const early: string[] = [];
let onCommand: ((command: string) => void) | undefined;
listen(COMMAND, command => {
  if (onCommand) onCommand(String(command));
  else early.push(String(command));
});

contextBridge.exposeInMainWorld('studio', {
  send: (message: unknown): void => ipcRenderer.send(MESSAGE, message),
  onMessage: (listener: (message: unknown) => void): (() => void) => {
    const off = listen(MESSAGE, listener);
    // From here on there is somebody to answer to.
    ipcRenderer.send(OPEN);
    return off;
  },
  onCommand: (listener: (command: string) => void): (() => void) => {
    onCommand = listener;
    for (const command of early.splice(0)) listener(command);
    return () => {
      onCommand = undefined;
    };
  },
});

function listen(channel: string, listener: (value: unknown) => void): () => void {
  const onEvent = (_event: IpcRendererEvent, value: unknown) => listener(value);
  ipcRenderer.on(channel, onEvent);
  return () => {
    ipcRenderer.off(channel, onEvent);
  };
}
