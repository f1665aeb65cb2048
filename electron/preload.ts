import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { COMMAND, MESSAGE, OPEN } from './channels.ts';

/*
 * All that the page gets from Electron: a pipe for messages (StudioPipe in renderer/client/channel.ts). Named functions only:
 * `ipcRenderer` itself, whose events carry a sender to call back, stays in here.
 */

/** Commands that came before the page listened. */
const early: unknown[] = [];
let onCommand: ((command: unknown) => void) | undefined;
listen(COMMAND, command => {
  if (onCommand) onCommand(command);
  else early.push(command);
});

contextBridge.exposeInMainWorld('studio', {
  send: (message: unknown): void => ipcRenderer.send(MESSAGE, message),
  onMessage: (listener: (message: unknown) => void): (() => void) => {
    const off = listen(MESSAGE, listener);
    // From here on the page hears answers.
    ipcRenderer.send(OPEN);
    return off;
  },
  onCommand: (listener: (command: unknown) => void): (() => void) => {
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
